import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import { readYamlText } from '../lib/yaml-text.js';
import { valueAt } from '../lib/read-unknown.js';
import { maskText, type ResolvedComponent, type SecretTable } from '../model/index.js';
import type { EngineDiagnostic } from './engine-protocol.js';

/** Codes of the engine and what the catalog calls them; most have one name. */
const codes = {
  'chart-deprecated': 'chart-deprecated',
  'chart-invalid': 'chart-broken',
  'chart-kube-version': 'chart-kube-version',
  'chart-not-found': 'chart-not-found',
  'dependency-missing': 'dependency-missing',
  'hook-unknown': 'hook-unknown',
  'kustomize-error': 'kustomize-failed',
  'lookup-used': 'lookup-used',
  'manifest-invalid': 'manifest-invalid',
  'now-used': 'now-used',
  'path-leaves-root': 'path-leaves-root',
  'plugin-refused': 'plugin-refused',
  'remote-base': 'remote-base',
  'template-error': 'template-error',
  'values-invalid': 'values-invalid',
  'values-schema': 'values-schema',
  'yaml-duplicate-key': 'rendered-key-twice',
  'yaml-syntax': 'rendered-yaml',
} as const;

export interface Finding {
  component: ResolvedComponent;
  secrets: SecretTable;
  /** Shown paths are relative to this folder. */
  cwd: string;
}

/** Says in the catalog's words what the engine found. Paths become those a user writes, secret values are masked. */
export async function fromEngine(found: EngineDiagnostic, context: Finding): Promise<Diagnostic> {
  const { component, secrets, cwd } = context;
  const message = maskText(found.message, secrets).replaceAll(cwd + sep, '');
  const hint = found.rendered ? maskText(excerpt(found.rendered), secrets) : '';
  const at = await placeOf(found, context);
  const code = Object.hasOwn(codes, found.code) ? codes[found.code as keyof typeof codes] : undefined;
  const diagnostic = code ? diagnose(code, { component: component.name, message, hint }, at) : diagnose('render-problem', { component: component.name, code: found.code, message }, at);
  return { ...diagnostic, severity: found.severity };
}

async function placeOf(found: EngineDiagnostic, { component, cwd }: Finding): Promise<Location> {
  if (found.file) return { file: shownPath(found.file, cwd), ...(found.line ? { line: found.line } : {}), ...(found.column ? { column: found.column } : {}) };
  return found.path ? placeOfValue(component, found.path, cwd) : component.at;
}

/** Where the value that counts was written: in the platform file, else in the last values file that has it, else the component. */
async function placeOfValue(component: ResolvedComponent, path: readonly string[], cwd: string): Promise<Location> {
  for (let end = path.length; end > 0; end--) {
    const above = path.slice(0, end);
    if (valueAt(component.values, ...steps(above)) !== undefined) return component.locate(['values', ...above]);
    for (const file of [...component.files].reverse()) {
      const place = readYamlText(await readFile(file, 'utf8').catch(() => ''), 'kubernetes').place(steps(above));
      if (place) return { file: shownPath(file, cwd), ...place };
    }
  }
  return component.at;
}

/** Indexes of lists come as texts. */
function steps(path: readonly string[]): (string | number)[] {
  return path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function excerpt({ first, line, lines }: NonNullable<EngineDiagnostic['rendered']>): string {
  const width = String(first + lines.length - 1).length;
  const numbered = lines.map((text, i) => `${first + i === line ? '>' : ' '} ${String(first + i).padStart(width)} | ${text}`);
  return `rendered:\n${numbered.join('\n')}`;
}
