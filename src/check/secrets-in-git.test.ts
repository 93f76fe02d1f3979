import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatDiagnostics } from '../diagnostics/format.js';
import { platformOf } from '../render/platform.fixture.js';
import { desired } from './objects.fixture.js';
import { findSecretsInGit, secretsInGit } from './secrets-in-git.js';
import { scanHistory } from './secrets/history.js';

const value = 'Tr0ub4dor&3';

describe('secrets in Git', () => {
  let root: string;
  let cache: string;
  const before = process.env['XDG_CACHE_HOME'];
  const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, GIT_COMMITTER_DATE: '2027-01-31T12:00:00Z', GIT_AUTHOR_DATE: '2027-01-31T12:00:00Z' } }).trim();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const commit = (message: string): string => {
    git('add', '-A');
    git('commit', '-q', '-m', message);
    return git('rev-parse', 'HEAD').slice(0, 10);
  };
  const platform = (more: object = {}) => platformOf({}, { dir: join(root, 'shop'), root, ...more });
  const found = async (more: object = {}) => (await secretsInGit(platform(more), desired())).map(({ severity, code, message }) => `${severity} ${code} ${message.replaceAll(root, '')}`);

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'mostik-secrets-')));
    cache = mkdtempSync(join(tmpdir(), 'mostik-cache-'));
    process.env['XDG_CACHE_HOME'] = cache;
    git('init', '-q');
    write('shop/platform.yaml', 'a: 1\n');
  });
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    for (const dir of [root, cache]) rmSync(dir, { recursive: true, force: true });
  });

  test('are errors in files that Git has, warnings in those it would take, nothing in ignored ones and elsewhere', async () => {
    write('shop/values.yaml', `a: 1\npassword: ${value}\n`);
    write('other/values.yaml', `password: ${value}\n`);
    commit('first');
    write('shop/new.yaml', `password: ${value}\n`);
    write('shop/.env', `PASSWORD=${value}\n`);
    write('.gitignore', '.env\n');
    expect(await found()).toEqual([
      'error secret-in-git /shop/values.yaml:2: the value of password (***) is in Git in plain text',
      'warning secret-before-git /shop/new.yaml:1: the value of password (***) is not in Git yet, and the next `git add` would take it',
    ]);
    expect(await found({ inputs: [join(root, 'other/values.yaml')] })).toHaveLength(3);
  });

  test('never have their value or their line shown', async () => {
    write('shop/values.yaml', `password: ${value}\n`);
    commit('first');
    const text = formatDiagnostics(await secretsInGit(platform(), desired()));
    expect(text).toContain('values.yaml:1');
    expect(text).not.toContain(value);
    expect(readdirSync(join(cache, 'mostik', 'secrets-in-git')).map((name) => readFileSync(join(cache, 'mostik', 'secrets-in-git', name), 'utf8')).join('')).not.toContain(value);
  });

  test('that were taken out are found in history with the commit that brought them, until they are allowed', async () => {
    commit('first');
    write('shop/values.yaml', `a: 1\npassword: ${value}\n`);
    const brought = commit('second');
    write('shop/values.yaml', `a: 1\nb: 2\npassword: ${value}\n`);
    commit('moved');
    write('shop/values.yaml', 'a: 1\n');
    commit('removed');
    const [message = '', ...more] = await found();
    expect(more).toEqual([]);
    expect(message).toBe(`error secret-in-history /shop/values.yaml: the value of password (***) is in the history of Git: commit ${brought} of 2027-01-31 has it on line 2`);
    const [{ hint = '' } = {}] = await secretsInGit(platform(), desired());
    const id = /id: ([0-9a-f]{12})/.exec(hint)?.[1] ?? '';
    expect(await found({ checks: { severity: {}, allowSecrets: [{ id, reason: 'changed on the same day' }] } })).toEqual([]);
  });

  test('in history are looked for once: later runs look at new commits alone, and again after history was rewritten', async () => {
    write('shop/values.yaml', `password: ${value}\n`);
    commit('first');
    write('shop/values.yaml', 'a: 1\n');
    commit('second');
    expect(await found()).toHaveLength(1);
    // With what is remembered gone wrong, only what is new is found.
    const file = join(cache, 'mostik', 'secrets-in-git', readdirSync(join(cache, 'mostik', 'secrets-in-git'))[0]!);
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), secrets: [] }));
    expect(await found()).toEqual([]);
    write('shop/more.yaml', 'token: kX9#mq2Lw8\n');
    commit('third');
    write('shop/more.yaml', 'a: 1\n');
    commit('fourth');
    expect(await found()).toEqual([expect.stringMatching(/^error secret-in-history \/shop\/more\.yaml: the value of token/)]);
    git('checkout', '-q', '--orphan', 'anew');
    commit('rewritten');
    expect(await found()).toEqual([]);
  });

  test('in a long history are looked for as long as there is time, and the next run goes on', async () => {
    for (const i of [1, 2, 3]) {
      write('shop/values.yaml', `password: ${value}${i}\n`);
      commit(String(i));
    }
    const scan = (budgetMs: number) => scanHistory(root, { paths: ['shop'], budgetMs, least: 1, cache });
    expect(await scan(-1)).toMatchObject({ left: 3 });
    expect(await scan(-1)).toMatchObject({ left: 2 });
    expect((await scan(60_000)).left).toBe(0);
    expect((await scan(-1)).secrets).toHaveLength(3);
    const told = async (options: object) => (await findSecretsInGit(platform(), { budgetMs: -1, ...options })).map(({ severity, code, message }) => `${severity} ${code} ${message}`);
    write('shop/more.yaml', 'a: 1\n');
    write('shop/more.yaml', 'c: 1\n');
    write('shop/most.yaml', 'b: 1\n');
    commit('more');
    expect(await told({ least: 1 })).toContain('info secret-history-cut the history of Git is long: 5 versions of files are not looked at yet');
    expect((await told({})).filter((line) => line.startsWith('info'))).toEqual([]);
  });

  test('brought by a merge are found too, files with odd names, large and binary ones do no harm', async () => {
    commit('first');
    git('checkout', '-q', '-b', 'side');
    write('shop/ünd "so".yaml', `password: ${value}\n`);
    commit('side');
    git('checkout', '-q', '-');
    write('shop/big.yaml', 'x'.repeat(2_000_000));
    write('shop/binary.yaml', `\0password: ${value}`);
    commit('main');
    git('merge', '-q', '--no-ff', '--no-commit', 'side');
    // What only the merge itself brings is in no other commit.
    write('shop/merged.yaml', 'token: kX9#mq2Lw8\n');
    commit('merge');
    for (const name of ['ünd "so".yaml', 'merged.yaml']) rmSync(join(root, 'shop', name));
    commit('removed');
    expect((await found()).sort()).toEqual([
      expect.stringMatching(/^error secret-in-history \/shop\/merged\.yaml: the value of token/),
      expect.stringMatching(/^error secret-in-history \/shop\/ünd "so"\.yaml: the value of password/),
    ]);
  });

  test('outside of Git nothing is looked at', async () => {
    rmSync(join(root, '.git'), { recursive: true });
    write('shop/values.yaml', `password: ${value}\n`);
    expect(await found()).toEqual([]);
  });
});
