import { posix } from 'node:path';

/** Where an entry of an archive goes, below the target; or why it is refused. */
export type EntryPlace = { at: string[] } | { problem: string };

/** Reads the name of an entry: its parts below the target. What would lead elsewhere is refused, never bent into shape. */
export function placeOf(name: string): EntryPlace {
  if (name.includes('\0')) return { problem: 'its name holds a zero byte' };
  // On Windows a drive and a backslash lead elsewhere too.
  if (name.startsWith('/') || (process.platform === 'win32' && /^[a-z]:|\\/i.test(name))) return { problem: 'its name is absolute' };
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { problem: 'its name leads out with ..' };
  return { at: parts };
}

/**
 * Tells whether a symbolic link stays below the target. `..` may stand at its start only, where it climbs real folders: after a
 * name it would climb from wherever that name leads, which another link may decide (`a -> .`, `b -> a/..`).
 */
export function staysInside(at: readonly string[], target: string): boolean {
  if (target === '' || target.includes('\0') || posix.isAbsolute(target) || (process.platform === 'win32' && /^[a-z]:|\\/i.test(target))) return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const names = parts.findIndex((part) => part !== '..');
  const climbs = names < 0 ? parts.length : names;
  return climbs <= at.length - 1 && !parts.slice(climbs).includes('..');
}
