import { accessSync, constants, existsSync, readdirSync, readFileSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';

/** Where relative paths of a platform start, and what they may not leave. Both are real paths. */
export interface Ground {
  dir: string;
  root: string;
}

/** A path as a platform names it. */
export interface NamedPath {
  path: string;
  /** `components.web.chart`: heads messages. */
  where: string;
  at: Location;
  /** What to do instead when it is a URL. */
  remoteHint: string;
}

/** Makes a path of the platform absolute; it exists, and it does not lead out of the root, not even through a link. */
export function findPath(named: NamedPath, ground: Ground): { path: string; folder: boolean } | { diagnostic: Diagnostic } {
  const { path, where, at, remoteHint } = named;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return { diagnostic: diagnose('path-remote', { where, path, hint: remoteHint }, at) };
  const full = resolve(ground.dir, path);
  const outside = () => ({ diagnostic: diagnose('path-outside', { where, path, root: ground.root }, at) });
  if (!isInside(full, ground.root)) return outside();
  if (!existsSync(full)) return { diagnostic: diagnose('file-not-found', { what: where, path, hint: missingHint(path, full, ground.dir) }, at) };
  if (!isInside(realpathSync(full), ground.root)) return outside();
  const found = statSync(full);
  const problem = found.isFile() || found.isDirectory() ? (mayRead(full) ? undefined : 'this user may not read it') : 'it is not an ordinary file';
  if (problem !== undefined) return { diagnostic: diagnose('file-unreadable', { what: where, path, problem, hint: '' }, at) };
  return { path: full, folder: found.isDirectory() };
}

/** The text of an ordinary file of at most 2 MiB; undefined for anything else. What is wrong with it is told elsewhere. */
export function textOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= 2 * 1024 * 1024 && mayRead(path) ? readFileSync(path, 'utf8') : undefined;
}

function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tells whether a real path is the root or lies below it. */
export function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

/** Every file below a folder, links followed, sorted; `outside` are links that leave the root. `.git` and `node_modules` are left out. */
export function filesBelow(folder: string, root: string): { files: string[]; outside: string[] } {
  const files: string[] = [];
  const outside: string[] = [];
  const seen = new Set<string>();
  const visit = (dir: string): void => {
    const real = realpathSync(dir);
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of entriesOf(dir)) {
      const path = join(dir, entry.name);
      if (entry.name === '.git' || entry.name === 'node_modules') continue;
      const target = entry.isSymbolicLink() ? linked(path) : undefined;
      if (entry.isSymbolicLink() && target === undefined) continue;
      if (target !== undefined && !isInside(target, root)) outside.push(path);
      else if (entry.isDirectory() || (target !== undefined && statSync(target).isDirectory())) visit(path);
      else files.push(path);
    }
  };
  visit(folder);
  return { files, outside };
}

/** Entries by name; none of a folder that may not be read, which whoever needs it will tell. */
function entriesOf(dir: string): Dirent[] {
  return mayRead(dir) ? readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)) : [];
}

function linked(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Names the nearest entry of the first folder on the way that is there. */
function missingHint(path: string, full: string, dir: string): string {
  let missing = full;
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  const near = statSync(dirname(missing)).isDirectory() ? didYouMean(basename(missing), readdirSync(dirname(missing))) : undefined;
  if (near !== undefined) {
    return `did you mean ${relative(dir, join(dirname(missing), near, relative(missing, full)))}?`;
  }
  return /[*?[{]/.test(path) ? 'patterns are not expanded: name a folder to take every manifest in it' : 'paths start at the folder of the platform file';
}
