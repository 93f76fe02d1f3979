import type { Rehearsal } from '../rehearse/index.js';
import { plural } from './text.js';

type Service = Rehearsal['services'][number];

/** What a rehearsal started from, in words. */
export function baseText({ base }: Rehearsal): string {
  switch (base.kind) {
    case 'nothing':
      return 'from nothing';
    case 'generation':
      return `from generation ${base.generation} (${profiles(base.profiles)})`;
    case 'profile':
      return `from ${profiles(base.profiles)}, rendered from the files as they are`;
    case 'live':
      return base.generation === 0 ? 'from a copy of the live cluster' : `from a copy of the live cluster with generation ${base.generation}`;
  }
}

function profiles(names: readonly string[]): string {
  if (names.length === 0) return 'no profile';
  return `${names.length === 1 ? 'profile' : 'profiles'} ${names.join(', ')}`;
}

/** How it ended, in one sentence. */
export function outcomeText({ outcome, problems }: Rehearsal): string {
  switch (outcome) {
    case 'well':
      return 'The change would go well';
    case 'failed':
      return `The change would fail: ${plural(problems.length, 'problem')}`;
    case 'interrupted':
      return 'The rehearsal was interrupted';
  }
}

/** What became of a Service's ready endpoints: `2 ready, 1 at the fewest, 2 at the end`. */
export function serviceText({ before, least, after, wentEmpty }: Service): string {
  const emptied = wentEmpty === 0 ? '' : `; without any ${wentEmpty === 1 ? 'once' : `${wentEmpty} times`}`;
  return `${before} ready before, ${least} at the fewest, ${after} at the end${emptied}`;
}

/** Tells whether clients would have noticed. */
export function isDisrupted({ before, least, after }: Service): boolean {
  return least < before || after < before;
}

/** Who refused an object, in words. */
export function refuserText({ kind, name }: NonNullable<Rehearsal['problems'][number]['by']>): string {
  switch (kind) {
    case 'policy':
      return `refused by policy ${name ?? ''}`;
    case 'quota':
      return `refused by ResourceQuota ${name ?? ''}`;
    case 'limits':
      return 'refused by a LimitRange';
    case 'pod-security':
      return `refused by Pod Security ${name ?? ''}`;
    case 'webhook':
      return `refused by webhook ${name ?? ''}`;
    case 'server':
      return 'refused by the API server';
  }
}
