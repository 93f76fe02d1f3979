import { catalogEntry, type Code } from '../diagnostics/index.js';
import type { Look } from './look.js';

/** Says of a code what is said, why, and the way out. */
export function explainCode(code: Code, long: string, { style }: Look): string {
  const { severity, exit, message, hint } = catalogEntry(code);
  const shown = (text: string): string => text.replace(/%(\w+)%/g, '‹$1›');
  const colour = { error: style.bad, warning: style.warn, info: style.note }[severity];
  const head = `${colour(`${severity}[${code}]`)}: ${style.strong(shown(message))}`;
  const wayOut = hint === undefined ? [] : [`${style.note('way out:')} ${shown(hint)}`];
  const weigh = `${style.dim('severity:')} ${severity}, exit ${exit}; spec.checks.severity: { ${code}: ${severity === 'error' ? 'warning' : 'error'} } weighs it otherwise`;
  return [head, long, ...wayOut, weigh].join('\n\n');
}
