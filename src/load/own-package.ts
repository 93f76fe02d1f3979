import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../lib/version.js';

/** The module that `import ... from 'mostik'` means in a platform.ts: the built one where this runs from `dist`. */
export function ownEntry(): string {
  const built = join(packageRoot, 'dist', 'index.js');
  const source = join(packageRoot, 'src', 'index.ts');
  const isBuild = fileURLToPath(import.meta.url).startsWith(join(packageRoot, 'dist'));
  return isBuild || !existsSync(source) ? built : source;
}
