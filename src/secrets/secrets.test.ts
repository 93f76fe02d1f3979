import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seedSpec, type SecretSpec } from '../model/index.js';
import { envNameOf, readEnv, resolveSecrets, saveGenerated } from './index.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mostik-secrets-'));
});
afterEach(() => rm(dir, { recursive: true }));

const made: SecretSpec = { generate: { length: 24, alphabet: 'alphanumeric' } };
const none = new Map<string, string>();
const env = () => readFile(join(dir, '.env'), 'utf8');

describe('resolveSecrets', () => {
  test('takes .env first, then what the cluster keeps, and only then generates', async () => {
    await writeFile(join(dir, '.env'), 'FIRST=from-env\nEMPTY=\n', { mode: 0o600 });
    const specs = { first: made, second: made, third: made, empty: made };
    const stored = new Map([['first', 'from-state-1'], ['second', 'from-state-2']]);
    const { table, generated, differs, diagnostics } = await resolveSecrets({ specs, dir, stored });
    expect(table.get('first')).toBe('from-env');
    expect(table.get('second')).toBe('from-state-2');
    expect(table.get('third')).toMatch(/^[A-Za-z][A-Za-z0-9]{23}$/);
    expect(generated).toEqual(['third', 'empty']);
    expect(differs).toEqual(['first']);
    expect(diagnostics).toEqual([]);
  });

  test('generates with the alphabet and length asked for, never twice the same', async () => {
    const specs = { a: { generate: { length: 64, alphabet: 'hex' } }, b: { generate: { length: 8, alphabet: 'printable' } }, c: made, d: made } satisfies Record<string, SecretSpec>;
    const { table } = await resolveSecrets({ specs, dir, stored: none });
    expect(table.get('a')).toMatch(/^[a-f][0-9a-f]{63}$/);
    expect(table.get('b')).toHaveLength(8);
    expect(table.get('c')).not.toBe(table.get('d'));
  });

  test('names the variable of a secret that is nowhere, and the likely slip', async () => {
    await writeFile(join(dir, '.env'), 'API_TOKNE=x\n', { mode: 0o600 });
    const { table, diagnostics } = await resolveSecrets({ specs: { 'api-token': {}, other: { env: 'MY_KEY' } }, dir, stored: none });
    expect(table.size).toBe(0);
    expect(diagnostics.map((d) => [d.code, d.severity, d.message])).toEqual([
      ['secret-missing', 'error', 'secret api-token: no value: expected API_TOKEN in .env (.env has API_TOKNE: did you mean API_TOKEN?)'],
      ['secret-missing', 'error', 'secret other: no value: expected MY_KEY in .env'],
    ]);
  });

  test('secrets that share a name in .env share one value', async () => {
    const shared = { ...made, env: 'SHARED' };
    const { table, generated } = await resolveSecrets({ specs: { a: shared, b: shared }, dir, stored: none });
    expect(table.get('a')).toBe(table.get('b'));
    expect(generated).toEqual(['a']);
  });

  test('warns of a file that others may read, of lines it cannot read, of a value too short to be masked everywhere', async () => {
    await writeFile(join(dir, '.env'), 'PIN=4711\n???\n');
    await chmod(join(dir, '.env'), 0o640);
    const { diagnostics } = await resolveSecrets({ specs: { pin: {} }, dir, stored: none });
    expect(diagnostics.map((d) => `${d.severity} ${d.code} ${JSON.stringify(d.at ?? null)}`)).toEqual([
      'error env-syntax {"file":".env","line":2}',
      'warning env-mode {"file":".env"}',
      'warning secret-short null',
    ]);
  });
});

describe('saveGenerated', () => {
  const table = new Map([['db', 'abcdefgh'], ['odd', "it's $x"], ['mostik-seed', 'f00d']]);
  const specs = { db: made, odd: made, 'mostik-seed': seedSpec };

  test('writes a new file that only its owner may read', async () => {
    expect(saveGenerated({ dir, table, names: ['db', 'odd'], specs })).toEqual(['db', 'odd']);
    expect(await env()).toBe('DB=abcdefgh\nODD="it\'s \\$x"\n');
    expect((await stat(join(dir, '.env'))).mode & 0o777).toBe(0o600);
    expect(readEnv(dir).values.get('ODD')).toBe("it's $x");
    expect(await readdir(dir)).toEqual(['.env']);
  });

  test('keeps lines and comments, and a value that somebody wrote first', async () => {
    await writeFile(join(dir, '.env'), '# mine\nDB=theirs\nOTHER=1 # note');
    expect(saveGenerated({ dir, table, names: ['db', 'mostik-seed'], specs })).toEqual(['mostik-seed']);
    expect(await env()).toBe('# mine\nDB=theirs\nOTHER=1 # note\nMOSTIK_SEED=f00d\n');
    expect((await stat(join(dir, '.env'))).mode & 0o777).toBe(0o600);
  });

  test('fills a name that stands there empty', async () => {
    await writeFile(join(dir, '.env'), 'DB=\n');
    saveGenerated({ dir, table, names: ['db'], specs });
    expect(readEnv(dir).values.get('DB')).toBe('abcdefgh');
  });

  test('writes through a link and leaves it a link', async () => {
    await writeFile(join(dir, 'real.env'), 'A=1\n', { mode: 0o600 });
    await symlink('real.env', join(dir, '.env'));
    saveGenerated({ dir, table, names: ['db'], specs });
    expect((await lstat(join(dir, '.env'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, 'real.env'), 'utf8')).toBe('A=1\nDB=abcdefgh\n');
  });

  test('says what the system refuses', async () => {
    await mkdir(join(dir, '.env'));
    expect(() => saveGenerated({ dir, table, names: ['db'], specs })).toThrow('.env: cannot be read: it is a folder');
    expect(() => readEnv(dir)).toThrow('.env: cannot be read: it is a folder');
    expect(await readdir(dir)).toEqual(['.env']);
  });

  test('touches nothing when there is nothing to write', async () => {
    expect(saveGenerated({ dir, table, names: [], specs })).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });
});

test('a secret has its own name in .env, or its name in capitals', () => {
  expect(envNameOf('db-password', made)).toBe('DB_PASSWORD');
  expect(envNameOf('1st', made)).toBe('_1ST');
  expect(envNameOf('db', { env: 'X' })).toBe('X');
});
