// Writes generated files, or (without --write) compares them with what is committed and fails where they differ.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `files` maps a path below the root to its content; `command` is what a person runs to refresh them; `owned` are folders that hold nothing else. */
export function finish(files, command, { owned = [] } = {}) {
  const write = process.argv.includes('--write');
  const stale = [];
  for (const path of owned.flatMap(filesBelow)) {
    if (path in files) continue;
    if (write) {
      rmSync(join(root, path));
      console.log(`removed ${path}`);
    } else stale.push(path);
  }
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

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]));
}
