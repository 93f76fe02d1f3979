import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const mount = '/sys/fs/cgroup';

/** The folders of a cgroup: one in version 2, one in each hierarchy of version 1. */
export function cgroupFolders(path: string): string[] {
  if (existsSync(join(mount, 'cgroup.controllers'))) return [join(mount, path)];
  return readdirSync(mount, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(mount, entry.name, 'cgroup.procs')))
    .map((entry) => join(mount, entry.name, path));
}

/** The processes in a cgroup and all below it. */
export function processesIn(path: string): number[] {
  const found = new Set<number>();
  for (const folder of cgroupFolders(path)) for (const each of foldersBelow(folder)) for (const pid of pidsOf(each)) found.add(pid);
  return [...found];
}

/** Removes a cgroup and all below it, the deepest first; they must be empty of processes. */
export function removeCgroup(path: string): void {
  for (const folder of cgroupFolders(path)) {
    for (const each of foldersBelow(folder).reverse()) {
      try {
        rmdirSync(each);
      } catch {
        // A process is still ending in it; the caller tries again.
      }
    }
  }
}

function pidsOf(folder: string): number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A folder and those below it, parents first. */
function foldersBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...children.flatMap((entry) => foldersBelow(join(folder, entry.name)))];
}
