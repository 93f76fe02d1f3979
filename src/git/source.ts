import { dirname, relative } from 'node:path';
import type { PlatformSource } from '../model/index.js';
import { git } from './run.js';

/** Says where a platform file comes from: remote, path below the work tree's root, commit. Without Git, its name alone. */
export async function gitSource(file: string): Promise<PlatformSource> {
  const folder = dirname(file);
  const root = await workTreeRoot(folder);
  if (root === undefined) return { path: relative(folder, file) };
  const path = relative(root, file);
  const [remote, revision, changes] = await Promise.all([git(folder, 'config', '--get', 'remote.origin.url'), git(folder, 'rev-parse', 'HEAD'), git(folder, 'status', '--porcelain', '--untracked-files=no')]);
  const url = publicUrl(remote);
  return { ...(url === undefined ? {} : { remote: url }), path, ...(revision ? { revision: changes ? `${revision}-dirty` : revision } : {}) };
}

/** Root of the Git work tree that a folder is in; undefined without Git or outside of one. */
export async function workTreeRoot(folder: string): Promise<string | undefined> {
  return (await git(folder, 'rev-parse', '--show-toplevel')) || undefined;
}

/** The remote without user and password; a path of this machine says nothing elsewhere, so it counts as none. */
function publicUrl(remote: string): string | undefined {
  if (remote === '' || /^(file:|\.{0,2}\/|~)/.test(remote)) return undefined;
  const scp = /^[^/@:]+@([^/:]+):(.+)$/.exec(remote);
  if (scp) return `${scp[1] ?? ''}/${trimGit(scp[2] ?? '')}`;
  try {
    const url = new URL(remote);
    return `${url.host}${trimGit(url.pathname)}`;
  } catch {
    return undefined;
  }
}

/** One repository has one name, whether it was cloned over HTTPS or SSH, with `.git` or without. */
const trimGit = (path: string): string => path.replace(/\/+$/, '').replace(/\.git$/, '');
