import type { FormatOptions } from '../diagnostics/format.js';
import type { Diagnostic } from '../diagnostics/index.js';
import { codeQuality, junit, sarif, type Explain } from './check-formats.js';
import { diagnosticCounts, diagnosticsText } from './diagnostics.js';
import { diagnosticsJson } from './diagnostics-json.js';
import { jsonText } from './json.js';
import type { Look } from './look.js';
import { plural } from './text.js';

/** What a check found. */
export interface CheckFindings {
  diagnostics: readonly Diagnostic[];
  exitCode: number;
  components: number;
  objects: number;
}

export interface ReportOptions extends Pick<FormatOptions, 'read'> {
  look: Look;
  /** The long text of a code, for forms that carry it. */
  explain: Explain;
}

/** Writes what a check found for a person, or in the form a tool reads. */
export function checkReport(found: CheckFindings, form: 'text' | 'json' | 'sarif' | 'junit' | 'codequality', { look, explain, ...options }: ReportOptions): string {
  switch (form) {
    case 'text':
      return textReport(found, look, options);
    case 'json':
      return jsonText(diagnosticsJson(found.diagnostics, found.exitCode));
    case 'sarif':
      return jsonText(sarif(found.diagnostics, explain));
    case 'junit':
      return junit(found.diagnostics);
    case 'codequality':
      return jsonText(codeQuality(found.diagnostics));
  }
}

function textReport({ diagnostics, components, objects }: CheckFindings, look: Look, options: Pick<FormatOptions, 'read'>): string {
  const findings = byComponent(diagnostics).flatMap(([component, own]) => {
    const text = diagnosticsText(own, look, options);
    if (text === '') return [];
    return component === undefined ? [text] : [`${look.style.strong(component)}: ${diagnosticCounts(own) || 'notes'}\n\n${text}`];
  });
  const counts = diagnosticCounts(diagnostics);
  const notes = diagnostics.filter(({ severity }) => severity === 'info').length;
  const untold = notes === 0 || look.verbose ? '' : `, ${plural(notes, 'note')} (-v shows ${notes === 1 ? 'it' : 'them'})`;
  const counted = [...(components === 0 ? [] : [plural(components, 'component')]), ...(objects === 0 ? [] : [plural(objects, 'object')])].join(', ');
  const verdict = `${counted === '' ? '' : `${counted}: `}${counts || 'no findings'}${untold}`;
  const isBad = diagnostics.some(({ severity }) => severity === 'error');
  const last = counts === '' ? look.style.good(`✓ ${verdict}`) : isBad ? look.style.bad(`✗ ${verdict}`) : look.style.warn(`▲ ${verdict}`);
  return [...findings, last].join('\n\n');
}

/** What is of no component first, then the components in the order in which they are found. */
function byComponent(diagnostics: readonly Diagnostic[]): [string | undefined, Diagnostic[]][] {
  const groups = new Map<string | undefined, Diagnostic[]>([[undefined, []]]);
  for (const diagnostic of diagnostics) {
    const own = groups.get(diagnostic.component);
    if (own) own.push(diagnostic);
    else groups.set(diagnostic.component, [diagnostic]);
  }
  return [...groups];
}
