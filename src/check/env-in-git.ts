import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import { gitTracking } from '../git/index.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';

/** Finds a `.env` that Git has, or would take with the next `git add`. */
export function envInGit(platform: ResolvedPlatform, _desired: Desired): Diagnostic[] {
  const file = join(platform.dir, '.env');
  if (!existsSync(file)) return [];
  const at = { file: shownPath(file) };
  switch (gitTracking(file)) {
    case 'tracked':
      return [diagnose('env-in-git', {}, at)];
    case 'untracked':
      return [diagnose('env-not-ignored', {}, at)];
    case 'ignored':
    case 'outside':
      return [];
  }
}
