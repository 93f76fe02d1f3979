import type { RolledComponent, Rolled, RollVerb } from '../operate/roll.js';
import type { Look } from './look.js';
import { plural, printable } from './text.js';
import { simulatedNotice } from './words.js';

const doneWords: Readonly<Record<RollVerb, string>> = { restart: 'restarted', stop: 'stopped', start: 'started' };
const idleWords: Readonly<Record<RollVerb, string>> = { restart: 'is stopped, so it was left alone', stop: 'was stopped already', start: 'was running already' };

/** Shows what a restart, stop or start did to each component, and how it ended. */
export function rolledText(rolled: Rolled, look: Look): string {
  const lines = rolled.components.flatMap((component) => componentLines(component, rolled.verb, look));
  const done = rolled.components.filter(({ outcome }) => outcome === 'done').length;
  const total = `${plural(done, 'component')} ${doneWords[rolled.verb]}`;
  const notice = rolled.simulated ? ` ${look.style.warn(`(${simulatedNotice})`)}` : '';
  return [...lines, `${total}${notice}`].join('\n');
}

function componentLines({ name, outcome, reason, objects }: RolledComponent, verb: RollVerb, { style }: Look): string[] {
  const strong = style.strong(name);
  const why = reason === undefined ? '' : `: ${printable(reason)}`;
  switch (outcome) {
    case 'done':
      return [`${style.good('✓')} ${strong} ${doneWords[verb]}`, ...objects.map(({ object, what }) => `  ${object} ${what}`)];
    case 'unchanged':
      return [`${style.dim('·')} ${strong} ${idleWords[verb]}`];
    case 'skipped':
      return [`${style.warn('⊘ skipped')} ${strong}${why}`];
    case 'failed':
    case 'timeout':
      return [`${style.bad(`✗ ${outcome}`)} ${strong}${why}`];
  }
}

/** The published form of it. */
export function rolledJson(rolled: Rolled): object {
  return { version: 1, ...rolled };
}
