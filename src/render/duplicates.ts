import { diagnose, formatLocation, type Diagnostic } from '../diagnostics/index.js';
import { formatRef, keyOf, refOf } from '../model/index.js';
import type { Draft } from './draft.js';

/**
 * Finds objects that are declared twice, in one component or in two. Hooks are left out: a chart may declare one more than once
 * for different events, and each is made when its turn comes.
 */
export function checkDuplicates(drafts: readonly Draft[]): Diagnostic[] {
  const first = new Map<string, Draft>();
  const diagnostics: Diagnostic[] = [];
  for (const draft of drafts) {
    if (draft.hook) continue;
    const ref = refOf(draft.object);
    const other = first.get(keyOf(ref));
    if (!other) first.set(keyOf(ref), draft);
    else diagnostics.push(diagnose('object-twice', { object: formatRef(ref), component: draft.component.name, other: other.component.name, place: formatLocation(other.at) }, draft.at));
  }
  return diagnostics;
}
