import { formatRef, type ApplyResult, type ComponentResult, type ObjectRef } from '../model/index.js';
import { diagnosticsText } from './diagnostics.js';
import type { Look } from './look.js';
import { table, type Cell, type Column } from './table.js';
import { duration, printable } from './text.js';
import { countsText, phaseLook, simulatedNotice } from './words.js';

/** What the end of an apply says besides the result. */
export interface ResultNotes {
  simulated: boolean;
  /** The command that shows more, such as `mostik status -w`. */
  statusCommand?: string;
}

const columns: Column[] = [{ title: 'COMPONENT' }, { title: 'PHASE' }, { title: 'OBJECTS', right: true }, { title: 'TIME', right: true }, { title: 'REASON', flexible: true }];

/** The table of components as they ended. */
export function resultTable(result: ApplyResult, look: Look): string {
  if (result.components.length === 0) return '';
  return table(columns, result.components.map((component) => row(component, look)), look).join('\n');
}

/** How an apply ended: findings, then one line with the outcome, counts and seconds. */
export function resultText(result: ApplyResult, look: Look, notes: ResultNotes): string {
  const { style } = look;
  const lines: string[] = [];
  const findings = diagnosticsText(result.diagnostics, look);
  if (findings !== '') lines.push(findings, '');
  if (notes.simulated) lines.push(style.warn(simulatedNotice));
  const record = result.generation === null ? '' : `generation ${result.generation}, `;
  lines.push(`${outcome(result, look)}: ${record}${countsText(result.counts)} in ${seconds(result)}`);
  if (result.outcome === 'timeout' || result.outcome === 'failed') lines.push(`See what it waits for with: ${notes.statusCommand ?? 'mostik status'}`);
  return lines.join('\n');
}

/** Claims and other objects that stay though they are no longer declared. */
export function keptText(refs: ObjectRef[], look: Look): string {
  return refs.map((ref) => `${look.style.warn('= kept')} ${formatRef(ref)}`).join('\n');
}

function row(component: ComponentResult, look: Look): Cell[] {
  const { symbol, paint } = phaseLook(component.phase, look.style);
  const time = component.phase === 'unchanged' || component.phase === 'skipped' ? '' : duration(component.seconds);
  return [component.name, { text: `${symbol} ${component.phase}`, style: paint }, String(component.objects), time, printable(component.reason ?? '')];
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
