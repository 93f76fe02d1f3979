import { isAbsolute, relative, sep } from 'node:path';

/** A path as a person at `from` would write it: relative below that folder, absolute elsewhere. */
export function shownPath(file: string, from: string = process.cwd()): string {
  const path = relative(from, file);
  if (path === '') return '.';
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? file : path;
}
