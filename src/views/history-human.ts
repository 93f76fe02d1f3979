import { countChanges, formatRef, type Change, type Generation, type Phase } from '../model/index.js';
import { fieldLines } from './fields.js';
import type { Look, Style } from './look.js';
import { table, type Cell, type Column } from './table.js';
import { duration, indent, printable } from './text.js';
import { actionText, countsText, profilesText } from './words.js';

const columns: Column[] = [
  { title: 'GEN', right: true },
  { title: 'STARTED' },
  { title: 'TOOK', right: true },
  { title: 'KIND' },
  { title: 'PHASE' },
  { title: 'PROFILES' },
  { title: 'REVISION' },
  { title: 'BY' },
  { title: 'CHANGES', flexible: true },
];

/** Lists generations, the newest first. */
export function historyText(generations: Generation[], look: Look): string {
  if (generations.length === 0) return 'no generations: nothing has been applied yet';
  const newestFirst = [...generations].sort((a, b) => b.number - a.number);
  return table(columns, newestFirst.map((generation) => row(generation, look)), look).join('\n');
}

/** Shows what differs between two generations, by component and path. */
export function generationDiffText(changes: Change[], look: Look, { from, to }: { from: number; to: number }): string {
  const shown = changes.filter(({ action }) => look.verbose || action !== 'unchanged');
  const heading = `Generation ${from} -> ${to}: ${countsText(countChanges(changes), 'done')}`;
  const byComponent = new Map<string, string[]>();
  for (const change of shown) {
    const lines = [`${actionText(change.action, look)}  ${formatRef(change.ref)}`, ...indent(fieldLines(change.fields, { ...look, width: look.width - 6 }), 4)];
    byComponent.set(change.component, [...(byComponent.get(change.component) ?? []), ...indent(lines, 2)]);
  }
  const sections = [...byComponent].map(([component, lines]) => [look.style.strong(component), ...lines].join('\n'));
  return [look.style.strong(heading), ...sections].join('\n\n');
}

function row(generation: Generation, look: Look): Cell[] {
  const { startedAt, finishedAt, by, message } = generation;
  const took = finishedAt === undefined ? '' : duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  const changes = message === undefined ? countsText(generation.counts, generation.phase === 'succeeded' ? 'done' : 'planned') : `${countsText(generation.counts, generation.phase === 'succeeded' ? 'done' : 'planned')}: ${message}`;
  return [
    String(generation.number),
    startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z'),
    took,
    generation.kind,
    phaseCell(generation.phase, look.style),
    profilesText(generation.profiles),
    printable(shortRevision(generation.source.revision)),
    printable(`${by.user}@${by.host}`),
    printable(changes),
  ];
}

function phaseCell(phase: Phase, style: Style): Cell {
  switch (phase) {
    case 'succeeded':
      return { text: '✓ succeeded', style: style.good };
    case 'failed':
      return { text: '✗ failed', style: style.bad };
    case 'applying':
    case 'waiting':
      return { text: `… ${phase}`, style: style.note };
  }
}

/** Ten digits of a commit tell it apart; `-dirty` must stay readable. */
function shortRevision(revision: string | undefined): string {
  return revision === undefined ? '' : revision.replace(/^([0-9a-f]{10})[0-9a-f]+/, '$1');
}
