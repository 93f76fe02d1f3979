import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { shownPath } from '../lib/shown-path.js';

const names = ['platform.yaml', 'platform.yml', 'platform.ts'];

/** Finds the platform file of a folder, or takes the file itself. Throws a Diagnostic that says where else to look. */
export function findPlatformFile(dir: string, cwd: string): string {
  const path = resolve(cwd, dir);
  const shown = shownPath(path, cwd);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new MostikError([diagnose('file-not-found', { what: 'Platform', path: shown, hint: nearby(path, cwd) })]);
  if (!found.isDirectory()) return path;
  const files = names.filter((name) => existsSync(join(path, name)));
  if (files.length === 1) return join(path, files[0]!);
  if (files.length > 1) throw new MostikError([diagnose('platform-ambiguous', { dir: shown, files: files.join(' and ') })]);
  throw new MostikError([diagnose('platform-not-found', { dir: shown, hint: elsewhere(path, cwd) })]);
}

/** The root that no path may leave: the folder at or above `dir` that holds `.git`, else `dir`. */
export function workTreeRoot(dir: string): string {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return dir;
  }
}

/** Names the entry beside a missing path that it was probably meant to be. */
export function nearby(path: string, cwd: string): string {
  const near = didYouMean(basename(path), entries(dirname(path)));
  return near === undefined ? '' : `did you mean ${shownPath(join(dirname(path), near), cwd)}?`;
}

function elsewhere(dir: string, cwd: string): string {
  const inside = entries(dir);
  const slip = inside.find((name) => /^pl.{2,8}m\.(ya?ml|ts)$/i.test(name));
  if (slip) return `${slip} is there: the name has to be platform.yaml`;
  const below = inside.find((name) => names.some((file) => existsSync(join(dir, name, file))));
  if (below) return `there is one in ${shownPath(join(dir, below), cwd)}`;
  for (let folder = dirname(dir); folder !== dirname(folder); folder = dirname(folder)) {
    if (names.some((file) => existsSync(join(folder, file)))) return `there is one in ${folder}`;
  }
  return '`mostik init` writes a first one';
}

function entries(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
