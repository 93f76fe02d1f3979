import { execFile } from 'node:child_process';
import { dirname, relative } from 'node:path';
import { promisify } from 'node:util';
import type { PlatformSource } from '../model/index.js';

const run = promisify(execFile);

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

/**
 * Runs Git without a shell; what fails (no Git, no repository, no such value) reads as an empty answer. Variables of a
 * surrounding Git (a hook sets GIT_DIR) would make it answer for another repository; a monitor named in the repository's
 * configuration is a program of somebody else.
 */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const outer = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const env = { ...outer, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  try {
    const { stdout } = await run('git', ['-c', 'core.fsmonitor=false', ...args], { cwd, env, timeout: 10_000, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  } catch {
    return '';
  }
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
