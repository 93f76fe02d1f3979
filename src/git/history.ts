import { once } from 'node:events';
import { git, startGit, tryGit } from './run.js';

/** A version of a file, and the commit that brought it. */
export interface FileVersion {
  commit: string;
  /** Day of the commit, as 2027-01-31. */
  day: string;
  /** Path below the work tree's root. */
  path: string;
  blob: string;
}

/** Files below some paths: those that Git has, and those it would take with the next `git add`. Paths are below the root. */
export async function gitFiles(root: string, paths: readonly string[]): Promise<{ tracked: string[]; untracked: string[] }> {
  const list = async (...args: string[]): Promise<string[]> => (await git(root, 'ls-files', '-z', ...args, '--', ...paths)).split('\0').filter((path) => path !== '');
  const [tracked, untracked] = await Promise.all([list('--cached'), list('--others', '--exclude-standard')]);
  return { tracked: [...new Set(tracked)], untracked };
}

/** The commit that is checked out; undefined before the first one. */
export async function headCommit(root: string): Promise<string | undefined> {
  return (await tryGit(root, 'rev-parse', '--verify', '--quiet', 'HEAD')) || undefined;
}

/** Whether a commit is still in the history of HEAD; a rewritten history has it no more. */
export async function isAncestor(root: string, commit: string): Promise<boolean> {
  return (await tryGit(root, 'merge-base', '--is-ancestor', commit, 'HEAD')) !== undefined;
}

/**
 * Every version of the files below some paths in the history, the newest first; `since` leaves out what that commit can see.
 * Undefined where Git cannot tell in ten seconds.
 */
export async function fileVersions(root: string, { paths, since }: { paths: readonly string[]; since?: string | undefined }): Promise<FileVersion[] | undefined> {
  const range = since === undefined ? ['HEAD'] : [`${since}..HEAD`];
  const raw = await tryGit(root, 'log', '--raw', '-z', '--no-abbrev', '--no-renames', '--diff-merges=first-parent', '--diff-filter=AM', '--date=format:%Y-%m-%d', '--format=%x01%H %cd', ...range, '--', ...paths);
  if (raw === undefined) return undefined;
  const versions: FileVersion[] = [];
  let [commit, day] = ['', ''];
  const fields = raw.split('\0');
  for (let i = 0; i < fields.length; i++) {
    let field = fields[i]!.trim();
    const head = /\u0001([0-9a-f]+) (\S+)\s*/.exec(field);
    if (head) {
      [commit, day] = [head[1]!, head[2]!];
      field = field.slice(head.index + head[0].length);
    }
    const blob = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AM]/.exec(field)?.[1];
    const path = blob === undefined ? undefined : fields[++i];
    if (blob !== undefined && path !== undefined) versions.push({ commit, day, path, blob });
  }
  return versions;
}

/** Reads blobs one after the other; `onBlob` gets each, undefined for one that is too large, and returns false to stop. */
export async function readBlobs(root: string, blobs: readonly string[], { limit, onBlob }: { limit: number; onBlob: (blob: string, content: Buffer | undefined) => boolean }): Promise<void> {
  const child = startGit(root, ['cat-file', '--batch']);
  const { stdin, stdout } = child;
  if (!stdin || !stdout) return;
  stdin.on('error', () => undefined);
  const reader = new BlobReader();
  let stopped = false;
  stdout.on('data', (chunk: Buffer) => {
    if (stopped) return;
    for (const { id, content } of reader.read(chunk)) {
      stopped ||= !onBlob(id, content.length > limit ? undefined : content);
      if (stopped) break;
    }
    if (stopped) child.kill();
  });
  stdin.end(`${blobs.join('\n')}\n`);
  await once(child, 'close').catch(() => undefined);
}

/** Cuts the answer of `cat-file --batch` into its objects. */
class BlobReader {
  #rest: Buffer[] = [];
  #length = 0;
  #wanted = 0;

  read(chunk: Buffer): { id: string; content: Buffer }[] {
    this.#rest.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return [];
    let data = Buffer.concat(this.#rest);
    const found: { id: string; content: Buffer }[] = [];
    for (;;) {
      const end = data.indexOf(0x0a);
      if (end < 0) break;
      const [id = '', type = '', size = '0'] = data.toString('latin1', 0, end).split(' ');
      const length = type === 'missing' ? -1 : Number(size);
      this.#wanted = end + 1 + length + 1;
      if (data.length < this.#wanted) break;
      if (length >= 0) found.push({ id, content: Buffer.from(data.subarray(end + 1, end + 1 + length)) });
      data = data.subarray(this.#wanted);
      this.#wanted = 0;
    }
    this.#rest = [data];
    this.#length = data.length;
    return found;
  }
}
