import { actions, type Action, type ComponentPhase, type Counts, type Health } from '../model/index.js';
import type { Look, Style } from './look.js';

/** One symbol per action; the word always stands beside it. */
export const actionSymbols: Record<Action, string> = {
  conflict: '!',
  replace: '±',
  delete: '-',
  adopt: '⇐',
  create: '+',
  update: '~',
  run: '▸',
  keep: '=',
  unchanged: '·',
};

/** What a plan says after the number, and what is said once it was carried out. */
const countWords: Record<Action, { planned: string; done: string }> = {
  conflict: { planned: 'in conflict', done: 'in conflict' },
  replace: { planned: 'to replace', done: 'replaced' },
  delete: { planned: 'to delete', done: 'deleted' },
  adopt: { planned: 'to adopt', done: 'adopted' },
  create: { planned: 'to create', done: 'created' },
  update: { planned: 'to update', done: 'updated' },
  run: { planned: 'to run', done: 'run' },
  keep: { planned: 'kept', done: 'kept' },
  unchanged: { planned: 'unchanged', done: 'unchanged' },
};

/** `1 in conflict, 3 to create, 2 unchanged`: dangers first, zeros left out. */
export function countsText(counts: Counts, tense: 'planned' | 'done' = 'planned'): string {
  const parts = actions.filter((action) => counts[action] > 0).map((action) => `${counts[action]} ${countWords[action][tense]}`);
  return parts.length === 0 ? 'no objects' : parts.join(', ');
}

/** Symbol and word of an action in its style. */
export function actionText(action: Action, look: Look): string {
  return actionStyle(action, look.style)(`${actionSymbols[action]} ${action}`);
}

function actionStyle(action: Action, style: Style): (text: string) => string {
  switch (action) {
    case 'conflict':
    case 'replace':
    case 'delete':
      return style.bad;
    case 'create':
    case 'adopt':
      return style.good;
    case 'update':
    case 'keep':
      return style.warn;
    case 'run':
      return style.note;
    case 'unchanged':
      return style.dim;
  }
}

/** Symbol, word and style of each phase that a component goes through. */
export function phaseLook(phase: ComponentPhase, style: Style): { symbol: string; paint: (text: string) => string } {
  switch (phase) {
    case 'healthy':
      return { symbol: '✓', paint: style.good };
    case 'unchanged':
      return { symbol: '·', paint: style.dim };
    case 'failed':
    case 'timeout':
      return { symbol: '✗', paint: style.bad };
    case 'skipped':
      return { symbol: '⊘', paint: style.warn };
    case 'applying':
    case 'waiting':
      return { symbol: '…', paint: style.note };
    case 'pending':
      return { symbol: '○', paint: style.dim };
  }
}

/** Symbol, word and style of a health. */
export function healthLook(status: Health['status'], style: Style): { symbol: string; paint: (text: string) => string } {
  switch (status) {
    case 'healthy':
      return { symbol: '✓', paint: style.good };
    case 'failed':
      return { symbol: '✗', paint: style.bad };
    case 'progressing':
      return { symbol: '…', paint: style.note };
    case 'unknown':
      return { symbol: '?', paint: style.warn };
  }
}

/** What every table and summary of a cluster with simulated nodes says (design.md section 8). */
export const simulatedNotice = 'nodes are simulated: containers do not run';

/** A list of profiles in words. */
export function profilesText(profiles: string[]): string {
  return profiles.length === 0 ? 'none' : profiles.join(', ');
}
