import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';

/** What Git knows of a file: in its history, left out by an ignore rule, neither, or not in a work tree at all. */
export type Tracking = 'tracked' | 'ignored' | 'untracked' | 'outside';

/** Asks Git about one file; `outside` also where there is no Git. */
export function gitTracking(file: string): Tracking {
  if (ends(file, 'ls-files', '--error-unmatch') === 0) return 'tracked';
  const ignored = ends(file, 'check-ignore', '--quiet');
  if (ignored === 0) return 'ignored';
  return ignored === 1 ? 'untracked' : 'outside';
}

function ends(file: string, ...args: string[]): number | null {
  const options = { cwd: dirname(file), env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' }, stdio: 'ignore', timeout: 10_000 } as const;
  return spawnSync('git', [...args, '--', basename(file)], options).status;
}
