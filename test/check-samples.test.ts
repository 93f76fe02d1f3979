import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { check } from '../src/check/index.js';
import { formatDiagnostics } from '../src/diagnostics/format.js';
import { MostikError, type Diagnostic } from '../src/diagnostics/index.js';
import { load } from '../src/load/index.js';
import { standIns } from '../src/model/index.js';
import { renderPlatform } from '../src/render/index.js';
import { resolve } from '../src/resolve/index.js';

/**
 * samples/check/base is a good platform. Each other folder is that platform with one mistake, which the folder is named
 * after: `change.yaml` lists replacements (each text stands exactly once) and additions, other files are laid over the
 * base, `before/` is what an older commit had beside it; changes under `after` are not in Git. `expected.txt` is what a user sees.
 * `good-*` have no findings. UPDATE_SAMPLES=1 writes the expectations anew: read the difference before a commit.
 */
const samples = fileURLToPath(new URL('samples/check/', import.meta.url));
const engines = process.env['MOSTIK_ENGINE_DIR'];
const engine = { path: join(engines ?? '', 'mostik-render') };
const skip = engines ? '' : ' (skipped: MOSTIK_ENGINE_DIR names no folder with mostik-render)';
const names = readdirSync(samples).filter((name) => name !== 'base').sort();
const bad = names.filter((name) => !name.startsWith('good-'));

interface Change {
  file: string;
  replace?: string;
  by?: string;
  add?: string;
  remove?: true;
}

interface Case {
  changes?: Change[];
  /** Made after the commit. */
  after?: Change[];
  /** Symbolic links to make: path to target. */
  links?: Record<string, string>;
  profiles?: string[];
}

let work: string;
const cacheBefore = process.env['XDG_CACHE_HOME'];
beforeAll(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-check-')));
  process.env['XDG_CACHE_HOME'] = join(work, 'cache');
});
afterAll(() => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  rmSync(work, { recursive: true, force: true });
});

/** Puts a platform together in a Git repository of its own. */
function compose(name: string): { dir: string; profiles: string[] } {
  const dir = join(work, name);
  const own = join(samples, name);
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: dir, stdio: 'ignore', env: { ...process.env, GIT_COMMITTER_DATE: '2027-01-31T12:00:00Z', GIT_AUTHOR_DATE: '2027-01-31T12:00:00Z' } });
  cpSync(join(samples, 'base'), dir, { recursive: true });
  if (name !== 'base') cpSync(own, dir, { recursive: true, filter: (path) => !/\/(change\.yaml|expected\.txt|before)$/.test(path) });
  const file = join(own, 'change.yaml');
  const { changes = [], after = [], links = {}, profiles = [] } = name !== 'base' && existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Case) : {};
  for (const change of changes) apply(dir, change);
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    symlinkSync(target, join(dir, path));
  }
  git('init', '-q', '-b', 'main');
  const before = join(own, 'before');
  if (existsSync(before)) {
    cpSync(before, dir, { recursive: true });
    commit(git);
    for (const path of readdirSync(before, { recursive: true, encoding: 'utf8' })) if (!existsSync(join(samples, 'base', path))) rmSync(join(dir, path), { recursive: true, force: true });
  }
  commit(git);
  for (const change of after) apply(dir, change);
  return { dir, profiles };
}

function commit(git: (...args: string[]) => void): void {
  git('add', '-A', '-f');
  git('commit', '-q', '--allow-empty', '-m', 'platform');
}

function apply(dir: string, { file, replace, by = '', add, remove }: Change): void {
  const path = join(dir, file);
  if (remove) {
    rmSync(path);
    return;
  }
  if (add !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, add);
    return;
  }
  const text = readFileSync(path, 'utf8');
  expect(text.split(replace ?? '').length - 1, `${file} has ${JSON.stringify(replace)} once`).toBe(1);
  writeFileSync(path, text.replace(replace ?? '', () => by));
}

/** All that the pipeline says of a platform before it asks a cluster. */
async function findings(dir: string, profiles: string[]): Promise<Diagnostic[]> {
  try {
    const platform = resolve(await load({ dir }), { profiles, source: { path: 'platform.yaml' } });
    const desired = await renderPlatform(platform, { engine, secrets: standIns(platform) });
    return [...desired.diagnostics, ...(await check(platform, desired, { engine }))];
  } catch (error) {
    if (!(error instanceof MostikError)) throw error;
    return error.diagnostics;
  }
}

async function found(name: string): Promise<{ diagnostics: Diagnostic[]; text: string }> {
  const { dir, profiles } = compose(name);
  const diagnostics = await findings(dir, profiles);
  const text = formatDiagnostics(diagnostics).replaceAll(`${dir}/`, '').replaceAll(dir, '.').replace(/commit [0-9a-f]{10}/g, 'commit COMMIT');
  return { diagnostics, text: `${text}\n` };
}

describe.skipIf(!engines)(`a good platform has no findings${skip}`, () => {
  test.each(['base', ...names.filter((name) => name.startsWith('good-'))])('%s', async (name) => {
    expect((await found(name)).text).toBe('\n');
  });
});

describe.skipIf(!engines)(`one mistake is told with place and way out${skip}`, () => {
  test('in at least 60 samples', () => {
    expect(bad.length).toBeGreaterThanOrEqual(60);
  });
  test.each(bad)('%s', async (name) => {
    const { text, diagnostics } = await found(name);
    expect(diagnostics).not.toEqual([]);
    const file = join(samples, name, 'expected.txt');
    if (process.env['UPDATE_SAMPLES']) writeFileSync(file, text);
    expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
  });
});
