import { formatDiagnostics, type FormatOptions } from '../diagnostics/format.js';
import type { Diagnostic, Severity } from '../diagnostics/index.js';
import type { Look } from './look.js';
import { plural } from './text.js';

/** Shows Diagnostics grouped by file, in the order of lines; empty for none. Sources for the frames are read from the disk unless `read` is given. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], look: Look, options: Pick<FormatOptions, 'read'> = {}): string {
  const shown = diagnostics.filter((diagnostic) => look.verbose || diagnostic.severity !== 'info');
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of shown) {
    const group = groupOf(diagnostic);
    groups.set(group, [...(groups.get(group) ?? []), diagnostic]);
  }
  const ordered = [...groups.values()].flatMap((group) => [...group].sort(byPlace));
  return formatDiagnostics(ordered, { ...options, style: look.style, width: Math.min(look.width, 160) - 10 });
}

/** Counts findings in words: `2 errors, 1 warning`; empty for none. */
export function diagnosticCounts(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): number => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const parts = (['error', 'warning'] as const).filter((severity) => count(severity) > 0).map((severity) => plural(count(severity), severity));
  return parts.join(', ');
}

function groupOf({ at }: Diagnostic): string {
  if (at === undefined) return '';
  return 'file' in at ? `file ${at.file}` : `object ${at.object}`;
}

const severities: Severity[] = ['error', 'warning', 'info'];

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return lineOf(a) - lineOf(b) || severities.indexOf(a.severity) - severities.indexOf(b.severity);
}

function lineOf({ at }: Diagnostic): number {
  return at !== undefined && 'line' in at ? (at.line ?? 0) : 0;
}
