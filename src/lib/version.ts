import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the `mostik` package that runs: a checkout, or an installed package. */
export const packageRoot = findPackage(dirname(fileURLToPath(import.meta.url)));

/** Version of this program, from its package.json. */
export function ownVersion(): string {
  const data = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return data.version;
}

/** Walks up to the nearest package.json: sources and the bundle lie at different depths. */
function findPackage(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json above ${from}`);
  }
}
