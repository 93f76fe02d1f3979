import { readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { gitFiles, workTreeRoot } from '../git/index.js';
import { shownPath } from '../lib/shown-path.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { findSecrets, type FoundSecret } from './secrets/find-secrets.js';
import { scanHistory, type HistoryOptions, type PastSecret } from './secrets/history.js';

/** How long one run looks through history; the next one goes on from there. */
const budgetMs = 2000;
const largest = 1024 * 1024;

/**
 * Finds secrets in plain text among the files of the platform that Git has or would take, and in what these files were
 * before. A value is never printed, nor is the line that it stands on.
 */
export async function secretsInGit(platform: ResolvedPlatform, _desired: Desired): Promise<Diagnostic[]> {
  return findSecretsInGit(platform, { budgetMs });
}

/** The same with a time of one's own. */
export async function findSecretsInGit(platform: ResolvedPlatform, time: Pick<HistoryOptions, 'budgetMs' | 'least'>): Promise<Diagnostic[]> {
  const root = await workTreeRoot(platform.dir);
  if (root === undefined) return [];
  const paths = pathsOf(platform, root);
  const { tracked, untracked } = await gitFiles(root, paths);
  const isAllowed = allowance(platform);
  const current = [...tracked, ...untracked].flatMap((path) => secretsIn(root, path).filter((secret) => !isAllowed(secret)).map((secret) => ({ path, secret })));
  const isTracked = new Set(tracked);
  const now = current.map(({ path, secret }) => finding(root, { path, secret, tracked: isTracked.has(path) }));
  const known = new Set(current.map(({ secret }) => secret.id));
  const { secrets, left } = await scanHistory(root, { paths, ...time });
  const past = oncePerSecret(secrets.filter((secret) => !isAllowed(secret) && !known.has(secret.id))).map((secret) => pastFinding(root, secret));
  const cut = left === 0 ? [] : [diagnose('secret-history-cut', { left: Number.isFinite(left) ? left : 'all' })];
  return [...now, ...past, ...cut];
}

/** The platform's folder, and what it reads from elsewhere in the work tree. */
function pathsOf({ dir, inputs, components }: ResolvedPlatform, root: string): string[] {
  const sources = components.flatMap(({ source }) => (source.kind === 'manifests' ? source.paths : 'path' in source ? [source.path] : []));
  const inside = [dir, ...inputs, ...sources].map((path) => relative(root, path)).filter((path) => !path.startsWith(`..${sep}`) && path !== '..');
  // The work tree itself is the empty path.
  const all = [...new Set(inside.map((path) => (path === '' ? '.' : path)))].sort();
  return all.includes('.') ? ['.'] : all.filter((path) => !all.some((other) => other !== path && path.startsWith(other + sep)));
}

function secretsIn(root: string, path: string): FoundSecret[] {
  try {
    const file = join(root, path);
    const found = statSync(file);
    return found.isFile() && found.size <= largest ? findSecrets(path, readFileSync(file, 'utf8')) : [];
  } catch {
    // Deleted in the work tree, or not to be read: then it is not there to be found.
    return [];
  }
}

function allowance({ checks }: ResolvedPlatform): (secret: FoundSecret) => boolean {
  const ids = new Set((checks.allowSecrets ?? []).map(({ id }) => id));
  return ({ id }) => ids.has(id);
}

function finding(root: string, { path, secret, tracked }: { path: string; secret: FoundSecret; tracked: boolean }): Diagnostic {
  const file = shownPath(join(root, path));
  const at = { file, line: secret.line, column: secret.column };
  const params = { file, line: secret.line, what: secret.what, masked: secret.masked };
  return { ...(tracked ? diagnose('secret-in-git', params, at) : diagnose('secret-before-git', params, at)), sensitive: true };
}

function pastFinding(root: string, { path, what, masked, commit, day, line, id }: PastSecret): Diagnostic {
  const file = shownPath(join(root, path));
  return { ...diagnose('secret-in-history', { file, what, masked, commit: commit.slice(0, 10), day, line, id }, { file }), sensitive: true };
}

/** Of one secret over many versions the oldest is told: that commit brought it. */
function oncePerSecret(secrets: readonly PastSecret[]): PastSecret[] {
  const found = new Map<string, PastSecret>();
  for (const secret of secrets) {
    const other = found.get(secret.id);
    if (!other || secret.day <= other.day) found.set(secret.id, secret);
  }
  return [...found.values()];
}
