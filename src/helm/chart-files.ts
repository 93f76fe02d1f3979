import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readTar } from './tar.js';

const archiveLimit = 100 * 1024 * 1024;

/** Every file of a chart, folder or .tgz, by its path below the chart. Links are followed, each folder once. */
export async function chartFiles(path: string): Promise<Map<string, Uint8Array>> {
  if (!(await stat(path)).isDirectory()) return unpacked(await readFile(path));
  const files = new Map<string, Uint8Array>();
  await addFolder(path, '', { files, above: [] });
  return files;
}

async function unpacked(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const files = readTar(await promisify(gunzip)(bytes, { maxOutputLength: archiveLimit }));
  // The first folder of an archive is the chart's name; the paths below it are the chart's.
  return new Map([...files].map(([name, content]) => [posix.normalize(name).split('/').slice(1).join('/'), content]));
}

async function addFolder(folder: string, below: string, { files, above }: { files: Map<string, Uint8Array>; above: readonly string[] }): Promise<void> {
  const real = await realpath(folder);
  if (above.includes(real)) return;
  for (const name of (await readdir(folder)).sort()) {
    if (name === '.git' || name === 'node_modules') continue;
    const [path, inside] = [join(folder, name), posix.join(below, name)];
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) await addFolder(path, inside, { files, above: [...above, real] });
    else if (found?.isFile()) files.set(inside, await readFile(path));
  }
}
