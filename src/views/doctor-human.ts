import type { Look } from './look.js';
import { pad, widthOf } from './width.js';

/** One thing that was looked at. */
export interface Finding {
  name: string;
  /** `warning`: works without it, with less. */
  state: 'ok' | 'warning' | 'failed';
  detail: string;
  /** The way out, when it is not ok. */
  todo?: string;
}

/** Shows what was looked at, each with a word, and what to do where something is missing. */
export function doctorText(findings: Finding[], look: Look): string {
  const width = Math.max(...findings.map(({ name }) => widthOf(name)));
  const words = { ok: look.style.good('✓ ok     '), warning: look.style.warn('▲ warning'), failed: look.style.bad('✗ failed ') };
  const lines = findings.flatMap(({ name, state, detail, todo }) => [`${words[state]}  ${pad(name, width)}  ${detail}`, ...(todo === undefined ? [] : [`           ${' '.repeat(width)}  ${look.style.note('→')} ${todo}`])]);
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const verdict = count('failed') > 0 ? look.style.bad(`✗ ${count('failed')} failed`) : look.style.good('✓ everything that is needed is there');
  return [...lines, '', verdict].join('\n');
}
