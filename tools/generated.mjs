// Writes generated files, or (without --write) compares them with what is committed and fails where they differ.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `files` maps a path below the root to its content; `command` is what a person runs to refresh them. */
export function finish(files, command) {
  const write = process.argv.includes('--write');
  const stale = [];
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    if (existsSync(target) && readFileSync(target, 'utf8') === content) continue;
    if (write) {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      console.log(`wrote ${path}`);
    } else stale.push(path);
  }
  if (stale.length > 0) {
    console.error(`not up to date: ${stale.join(', ')}. Run ${command}`);
    process.exit(1);
  }
}
