import { readFileSync, realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import { readYamlText } from '../lib/yaml-text.js';
import type { SecretSpec } from '../model/index.js';
import { readSealedSecret, type SealedSecret } from './sealed-secret.js';

/** The file beside the platform file where Git keeps secret values, sealed. */
export const sealedFileName = 'secrets.sealed.yaml';

/** The certificate beside the platform file that they are sealed with. */
export const certificateFileName = 'secrets.crt';

/** Where a secret's sealed value is kept. */
export interface SealedPlace {
  /** Absolute. */
  file: string;
  /** Its key in the SealedSecret. */
  item: string;
  /** The platform names the file itself, so that a missing value is worth a word. */
  declared: boolean;
}

/** A sealed value with what it takes to open it. */
export interface SealedValue extends SealedPlace {
  sealed: string;
  target: SealedSecret['target'];
}

/** The folder of a platform file, and the root that no path leaves. */
export interface SecretsFolder {
  dir: string;
  root?: string | undefined;
}

/** Where the sealed value of a secret is, or will be. */
export function sealedPlaceOf(name: string, spec: SecretSpec | undefined, { dir }: SecretsFolder): SealedPlace {
  const declared = spec?.sealed;
  const { file, key } = typeof declared === 'object' ? declared : { file: declared ?? sealedFileName, key: undefined };
  return { file: resolve(dir, file), item: key ?? name, declared: declared !== undefined };
}

/** What Git keeps sealed, by the names of secrets. */
export interface SealedValues {
  values: ReadonlyMap<string, SealedValue>;
  diagnostics: Diagnostic[];
}

/** Reads the sealed files of a platform; nothing is opened. A file that is not there keeps nothing. */
export function readSealedValues(specs: Readonly<Record<string, SecretSpec>>, folder: SecretsFolder): SealedValues {
  const files = new Map<string, SealedSecret | undefined>();
  const values = new Map<string, SealedValue>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const place = sealedPlaceOf(name, spec, folder);
    if (leavesRoot(place.file, folder)) {
      diagnostics.push(diagnose('sealed-outside', { name, path: shownPath(place.file) }));
      continue;
    }
    if (!files.has(place.file)) files.set(place.file, readOrTell(place.file, diagnostics));
    const sealedSecret = files.get(place.file);
    const sealed = sealedSecret?.items[place.item];
    if (sealedSecret && sealed !== undefined) values.set(name, { ...place, sealed, target: sealedSecret.target });
    else if (place.declared && !diagnostics.some(({ at }) => at && 'file' in at && at.file === shownPath(place.file))) {
      diagnostics.push(diagnose('sealed-not-yet', { name, file: shownPath(place.file), item: place.item }));
    }
  }
  return { values, diagnostics };
}

/** Reads a file with one SealedSecret; undefined when there is no such file. */
export function readSealedFile(file: string): { sealedSecret: SealedSecret; text: string } | undefined {
  const shown = shownPath(file);
  const text = textOf(file, shown);
  if (text === undefined) return undefined;
  const { data, problems } = readYamlText(text, 'kubernetes');
  const [problem] = problems;
  const invalid = (what: string, line?: number): MostikError => new MostikError([diagnose('sealed-file-invalid', { file: shown, problem: what }, { file: shown, ...(line === undefined ? {} : { line }) })]);
  if (problem) throw invalid(problem.kind === 'documents' ? 'a second document begins here, expected one' : 'text' in problem ? problem.text : `${problem.kind} in YAML`, problem.line);
  const sealedSecret = readSealedSecret(data);
  if (typeof sealedSecret === 'string') throw invalid(sealedSecret);
  return { sealedSecret, text };
}

function readOrTell(file: string, diagnostics: Diagnostic[]): SealedSecret | undefined {
  try {
    return readSealedFile(file)?.sealedSecret;
  } catch (error) {
    if (!(error instanceof MostikError)) throw error;
    diagnostics.push(...error.diagnostics);
    return undefined;
  }
}

function textOf(file: string, shown: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return undefined;
    throw new MostikError([diagnose('file-unreadable', { what: 'sealed secrets', path: shown, problem: code, hint: '' }, { file: shown })], { cause: error });
  }
}

/** Links count by where they lead. */
function leavesRoot(file: string, { dir, root }: SecretsFolder): boolean {
  const path = relative(real(root ?? dir), real(file) === file ? resolve(real(dir), relative(dir, file)) : real(file));
  return path === '..' || path.startsWith(`..${sep}`);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
