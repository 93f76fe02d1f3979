import type { ApplyResult } from '../model/index.js';
import { diagnosticsText } from './diagnostics.js';
import type { Look } from './look.js';
import { duration, printable } from './text.js';
import { countsText, phaseLook, simulatedNotice } from './words.js';

/** What the end of an apply says besides the result. */
export interface ResultNotes {
  simulated: boolean;
  /** The command that shows more, such as `mostik status -w`. */
  statusCommand?: string;
}

/** How an apply ended: findings, what is not healthy with the whole reason, then one line with the outcome, counts and seconds. */
export function resultText(result: ApplyResult, look: Look, notes: ResultNotes): string {
  const { style } = look;
  const lines: string[] = [];
  const findings = diagnosticsText(result.diagnostics, look);
  if (findings !== '') lines.push(findings, '');
  for (const { name, phase, reason } of result.components) {
    if (phase !== 'failed' && phase !== 'timeout' && phase !== 'skipped') continue;
    const { symbol, paint } = phaseLook(phase, style);
    lines.push(`${paint(`${symbol} ${phase}`)} ${style.strong(name)}${reason === undefined ? '' : `: ${printable(reason)}`}`);
  }
  const record = result.generation === null ? '' : `generation ${result.generation}, `;
  lines.push(`${outcome(result, look)}: ${record}${countsText(result.counts, result.outcome === 'succeeded' ? 'done' : 'planned')} in ${seconds(result)}${notes.simulated ? ` ${style.warn(`(${simulatedNotice})`)}` : ''}`);
  if (result.outcome === 'timeout' || result.outcome === 'failed') lines.push(`See what it waits for with: ${notes.statusCommand ?? 'mostik status'}`);
  return lines.join('\n');
}

function outcome(result: ApplyResult, { style }: Look): string {
  switch (result.outcome) {
    case 'succeeded':
      return result.generation === null ? style.good('✓ Nothing changed') : style.good('✓ Done');
    case 'failed':
      return style.bad('✗ Failed');
    case 'timeout':
      return style.bad('✗ Timed out');
    case 'interrupted':
      return style.warn('✗ Interrupted');
  }
}

function seconds(result: ApplyResult): string {
  const round = (value: number) => (value < 10 ? `${Math.round(value * 10) / 10}s` : duration(value));
  return `${round(result.seconds.apply)} writing, ${round(result.seconds.wait)} waiting`;
}
