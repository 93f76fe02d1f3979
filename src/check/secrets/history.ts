import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileVersions, headCommit, isAncestor, readBlobs, type FileVersion } from '../../git/index.js';
import { digest } from '../../lib/canonical-json.js';
import { asDict, asList, asString, isDict } from '../../lib/read-unknown.js';
import { writeAtomically } from '../../lib/write-atomically.js';
import { findSecrets, rulesVersion, type FoundSecret } from './find-secrets.js';

/** A secret in an older version of a file. */
export interface PastSecret extends FoundSecret {
  path: string;
  commit: string;
  day: string;
}

/** What was found, and how many versions of files were not looked at in the time that was given. */
export interface HistoryScan {
  secrets: PastSecret[];
  left: number;
}

export interface HistoryOptions {
  /** Paths below the root. */
  paths: readonly string[];
  /** Milliseconds after which the rest is left to the next run. */
  budgetMs: number;
  /** How many versions are looked at whatever the time; 500 by default. */
  least?: number;
  /** Folder of what was found before. */
  cache?: string;
}

/** What is remembered between runs: never a value, only where it stands. */
interface Memory {
  /** Everything that this commit can see has been looked at. */
  tip: string | undefined;
  /** Blobs looked at since, where the time was up. */
  done: string[];
  secrets: PastSecret[];
}

const largest = 1024 * 1024;
/** Versions that are looked at whatever the time, so that a slow machine does not cut a short history. */
const always = 500;

/** `$XDG_CACHE_HOME/mostik/secrets-in-git`. */
export function historyCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mostik', 'secrets-in-git');
}

/** Looks through the versions of files that no run has seen before. */
export async function scanHistory(root: string, { paths, budgetMs, least = always, cache = historyCacheFolder() }: HistoryOptions): Promise<HistoryScan> {
  const head = await headCommit(root);
  if (head === undefined) return { secrets: [], left: 0 };
  const file = join(cache, `${digest({ root, paths: [...paths].sort(), rulesVersion })}.json`);
  const memory = await recall(file, root);
  if (memory.tip === head) return { secrets: memory.secrets, left: 0 };
  const versions = await fileVersions(root, { paths, since: memory.tip });
  if (!versions) return { secrets: memory.secrets, left: Number.POSITIVE_INFINITY };
  const done = new Set(memory.done);
  const fresh = byBlob(versions.filter(({ blob }) => !done.has(blob)));
  const secrets = [...memory.secrets];
  const until = Date.now() + budgetMs;
  let looked = 0;
  await readBlobs(root, [...fresh.keys()], {
    limit: largest,
    onBlob: (blob, content) => {
      for (const version of fresh.get(blob) ?? []) secrets.push(...secretsOf(version, content));
      done.add(blob);
      return ++looked < least || Date.now() < until;
    },
  });
  const left = [...fresh.keys()].filter((blob) => !done.has(blob)).length;
  remember(file, left === 0 ? { tip: head, done: [], secrets } : { tip: memory.tip, done: [...done], secrets });
  return { secrets, left };
}

/** One content may stand in several files; each counts once, with the commit that is named last: the one that brought it. */
function byBlob(versions: readonly FileVersion[]): Map<string, FileVersion[]> {
  const found = new Map<string, FileVersion[]>();
  for (const version of versions) found.set(version.blob, [...(found.get(version.blob) ?? []).filter(({ path }) => path !== version.path), version]);
  return found;
}

function secretsOf({ path, commit, day }: FileVersion, content: Buffer | undefined): PastSecret[] {
  if (!content || content.includes(0)) return [];
  return findSecrets(path, content.toString('utf8')).map((secret) => ({ ...secret, path, commit, day }));
}

async function recall(file: string, root: string): Promise<Memory> {
  const nothing: Memory = { tip: undefined, done: [], secrets: [] };
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return nothing;
  }
  if (!isDict(data)) return nothing;
  const tip = asString(data['tip']);
  // Where history was rewritten, what was seen may be gone.
  if (tip !== undefined && !(await isAncestor(root, tip))) return nothing;
  return { tip, done: asList(data['done']).map(String), secrets: asList(data['secrets']).map(readSecret) };
}

function readSecret(value: unknown): PastSecret {
  const { line, column, ...texts } = asDict(value);
  const text = (name: string): string => asString(texts[name]) ?? '';
  return { line: Number(line), column: Number(column), what: text('what'), masked: text('masked'), id: text('id'), path: text('path'), commit: text('commit'), day: text('day') };
}

/** A cache that cannot be written costs time and nothing else. */
function remember(file: string, memory: Memory): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeAtomically(file, JSON.stringify(memory));
  } catch {
    // The next run looks again.
  }
}
