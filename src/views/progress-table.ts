import type { Look } from './look.js';
import { isOver, objectText, openObjects, readiness, waitsFor, type ComponentProgress, type Progress } from './progress.js';
import { table, type Cell, type Column } from './table.js';
import { duration, plural, printable } from './text.js';
import { phaseLook, simulatedNotice } from './words.js';

/** When the table is drawn, how many lines there are for it, and what heads it. */
export interface TableFrame {
  now: number;
  /** Lines at hand; Infinity for a table that is written once. */
  rows: number;
  simulated: boolean;
}

const columns: Column[] = [{ title: 'COMPONENT' }, { title: 'PHASE' }, { title: 'READY', right: true }, { title: 'TIME', right: true }, { title: 'WAITING FOR', flexible: true }];
/** Objects shown below the component that waits for them. */
const objectsShown = 5;

/** Draws components by phase with ready/total, time and reason; in too few lines it leaves out objects, then what is done. */
export function progressTable(progress: Progress, look: Look, frame: TableFrame): string[] {
  const components = [...progress.components.values()];
  if (components.length === 0) return [];
  const head = frame.simulated ? [look.style.warn(simulatedNotice)] : [];
  for (const level of ['all', 'no objects', 'folded'] as const) {
    const lines = [...head, ...draw(components, progress, { look, frame, level })];
    if (lines.length <= frame.rows || level === 'folded') return lines.slice(0, Math.max(1, frame.rows));
  }
  return [];
}

interface Drawing {
  look: Look;
  frame: TableFrame;
  level: 'all' | 'no objects' | 'folded';
}

function draw(components: ComponentProgress[], progress: Progress, { look, frame, level }: Drawing): string[] {
  const folded = level === 'folded' ? components.filter((component) => isQuiet(component)) : [];
  const shown = components.filter((component) => !folded.includes(component));
  const rows = shown.flatMap((component) => [row(component, progress, { look, now: frame.now }), ...(level === 'all' ? objectRows(component, look) : [])]);
  return [...table(columns, rows, look), ...foldedLine(folded, look)];
}

function row(component: ComponentProgress, progress: Progress, { look, now }: { look: Look; now: number }): Cell[] {
  const { ready, total } = readiness(component);
  const { symbol, paint, word } = shownPhase(component, { look, isGone: ready === total });
  const seconds = component.startedAt === undefined ? '' : duration(((component.endedAt ?? now) - component.startedAt) / 1000);
  return [
    component.name,
    { text: `${symbol} ${word}`, style: paint },
    `${ready}/${total}`,
    component.phase === 'unchanged' || component.phase === 'skipped' ? '' : seconds,
    printable(waitsFor(component, progress)),
  ];
}

/** What leaves has no health: it is removed once all of it is gone. */
function shownPhase({ phase, leaving }: ComponentProgress, { look, isGone }: { look: Look; isGone: boolean }): { symbol: string; word: string; paint: (text: string) => string } {
  if (!leaving || phase !== 'pending') return { ...phaseLook(phase, look.style), word: phase };
  return isGone ? { symbol: '✓', word: 'removed', paint: look.style.good } : { symbol: '○', word: 'to remove', paint: look.style.dim };
}

function objectRows(component: ComponentProgress, look: Look): Cell[][] {
  if (component.phase !== 'waiting' && component.phase !== 'applying') return [];
  const open = openObjects(component);
  // One object stands in the component's own line.
  if (open.length < 2) return [];
  const rows = open.slice(0, objectsShown).map((object): Cell[] => {
    const paint = object.phase === 'failed' ? look.style.bad : look.style.dim;
    return ['', '', '', '', { text: printable(`${object.phase === 'failed' ? '✗' : '└'} ${objectText(object)}`), style: paint }];
  });
  if (open.length > objectsShown) rows.push(['', '', '', '', { text: `└ ${plural(open.length - objectsShown, 'more object')}`, style: look.style.dim }]);
  return rows;
}

function isQuiet(component: ComponentProgress): boolean {
  return component.phase === 'pending' || component.phase === 'skipped' || (isOver(component.phase) && component.phase !== 'failed' && component.phase !== 'timeout');
}

function foldedLine(components: ComponentProgress[], look: Look): string[] {
  if (components.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { phase } of components) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  return [look.style.dim(`and ${[...counts].map(([phase, count]) => `${count} ${phase}`).join(', ')}`)];
}
