import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of Mostik's own package, and the module that `import ... from 'mostik'` means: built where this runs from `dist`. */
export function ownPackage(): { root: string; entry: string } {
  const here = fileURLToPath(import.meta.url);
  for (let folder = dirname(here); folder !== dirname(folder); folder = dirname(folder)) {
    if (!isOwn(join(folder, 'package.json'))) continue;
    const built = join(folder, 'dist', 'index.js');
    const source = join(folder, 'src', 'index.ts');
    const fromBuild = here.startsWith(join(folder, 'dist')) || !existsSync(source);
    return { root: folder, entry: fromBuild ? built : source };
  }
  throw new Error(`no package.json of mostik above ${here}`);
}

function isOwn(file: string): boolean {
  if (!existsSync(file)) return false;
  const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown };
  return name === 'mostik';
}
