import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SecretSpec } from '../model/index.js';
import { readClusterKeys } from './key-files.js';
import type { FoundKeys } from './look-up.js';
import { resolveSecrets, type SecretSources } from './resolve-secrets.js';
import { sealInto } from './seal-into.js';
import { testKeys, type TestKeys } from './test-keys.js';

const made: SecretSpec = { generate: { length: 24, alphabet: 'alphanumeric' } };
const target = { scope: 'strict', namespace: 'shop', name: 'shop-secrets' } as const;

describe('secrets that Git keeps sealed', () => {
  let dir: string;
  let keys: TestKeys;
  let other: TestKeys;
  beforeAll(async () => {
    [keys, other] = await Promise.all([testKeys(), testKeys()]);
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mostik-sealed-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const found = (...pairs: TestKeys[]): FoundKeys => ({ keys: pairs.map(({ key }) => key), tried: `${pairs.length} keys` });
  const write = async (values: Record<string, string | Buffer>, file = 'secrets.sealed.yaml'): Promise<void> => {
    const bytes = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)]));
    const { text } = sealInto({ file, target, values: bytes, asked: new Set(), whole: true }, { certificate: keys.certificate, keys: [], again: false });
    await writeFile(join(dir, file), text!);
  };
  const resolve = (specs: Record<string, SecretSpec>, more: Partial<SecretSources> = {}): ReturnType<typeof resolveSecrets> => resolveSecrets({ specs, dir, stored: new Map(), ...more });
  const codes = async (result: ReturnType<typeof resolveSecrets>): Promise<string[]> => (await result).diagnostics.map(({ code, severity }) => `${severity} ${code}`);

  test('are opened where there is no other value, and not made anew', async () => {
    await write({ db: 'sealed-password', api: 'sealed-api-key' });
    const { table, generated, diagnostics } = await resolve({ db: made, api: {}, fresh: made }, { keys: found(keys) });
    expect(Object.fromEntries(table)).toMatchObject({ db: 'sealed-password', api: 'sealed-api-key' });
    expect(generated).toEqual(['fresh']);
    expect(diagnostics).toEqual([]);
  });

  test('come after .env and after the cluster; another value in Git is told', async () => {
    await write({ a: 'sealed-value-a', b: 'sealed-value-b', c: 'sealed-value-c' });
    await writeFile(join(dir, '.env'), 'A=from-env-file\n', { mode: 0o600 });
    const stored = new Map([['b', 'from-the-cluster'], ['c', 'sealed-value-c']]);
    const { table, diagnostics } = await resolve({ a: made, b: made, c: made }, { stored, keys: found(keys) });
    expect(Object.fromEntries(table)).toEqual({ a: 'from-env-file', b: 'from-the-cluster', c: 'sealed-value-c' });
    expect(diagnostics.map(({ message }) => message.replace(/sealed in .*?secrets/, 'sealed in secrets'))).toEqual([
      'secret a: the value sealed in secrets.sealed.yaml is not the one of .env, which counts',
      'secret b: the value sealed in secrets.sealed.yaml is not the one of the cluster, which counts',
    ]);
  });

  test('that no key opens are an error, never a new password', async () => {
    await write({ db: 'sealed-password' });
    const result = await resolve({ db: made }, { keys: found(other) });
    expect(result.table.size).toBe(0);
    expect(result.generated).toEqual([]);
    expect(result.diagnostics).toMatchObject([{ code: 'sealed-not-opened', severity: 'error', message: expect.stringContaining('(1 keys)') as string }]);
    expect(await codes(resolve({ db: made }))).toEqual(['error sealed-not-opened']);
  });

  test('make nobody look for keys while every value is known', async () => {
    await write({ db: 'sealed-password' });
    let asked = 0;
    const findKeys = (): Promise<FoundKeys> => Promise.resolve((asked++, found(keys)));
    await resolve({ db: made }, { stored: new Map([['db', 'from-the-cluster']]), findKeys });
    expect(asked).toBe(0);
    await write({ db: 'sealed-password', api: 'sealed-api-key' });
    expect(Object.fromEntries((await resolve({ db: made, api: {} }, { findKeys })).table)).toEqual({ db: 'sealed-password', api: 'sealed-api-key' });
    expect(asked).toBe(1);
    expect((await resolve({ db: made }, { keys: found(other), findKeys })).table.get('db')).toBe('sealed-password');
  });

  test('moved to another name do not open', async () => {
    await write({ db: 'sealed-password' });
    const { readFile } = await import('node:fs/promises');
    const file = join(dir, 'secrets.sealed.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('shop-secrets', 'other-secrets'));
    expect(await codes(resolve({ db: made }, { keys: found(keys) }))).toEqual(['error sealed-not-opened']);
  });

  test('may lie in a file of their own, under a key of their own', async () => {
    await mkdir(join(dir, 'manifests'));
    await write({ password: 'in-another-file' }, 'manifests/db.yaml');
    expect((await resolve({ db: { sealed: { file: 'manifests/db.yaml', key: 'password' } } }, { keys: found(keys) })).table.get('db')).toBe('in-another-file');
    expect(await codes(resolve({ db: { ...made, sealed: 'manifests/db.yaml' } }))).toEqual(['warning sealed-not-yet']);
    expect(await codes(resolve({ db: { ...made, sealed: 'missing.yaml' } }))).toEqual(['warning sealed-not-yet']);
    expect(await codes(resolve({ db: { ...made, sealed: '../outside.yaml' } }))).toEqual(['error sealed-outside']);
    expect(await codes(resolve({ db: { ...made, sealed: '../outside.yaml' } }, { root: join(dir, '..') }))).toEqual(['warning sealed-not-yet']);
  });

  test('in a file that cannot be read are an error with its place, even when every value is known', async () => {
    const stored = new Map([['db', 'from-the-cluster']]);
    for (const [text, line] of [['a: [', 1], ['kind: Secret\n', undefined], ['apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: a, namespace: b }\nspec: { encryptedData: { db: plain } }\n', undefined]] as const) {
      await writeFile(join(dir, 'secrets.sealed.yaml'), text);
      const { diagnostics } = await resolve({ db: made }, { stored });
      expect(diagnostics).toMatchObject([{ code: 'sealed-file-invalid', severity: 'error', at: line === undefined ? {} : { line } }]);
    }
  });

  test('that are no text are refused', async () => {
    await write({ db: Buffer.from([255, 254, 0]) });
    expect(await codes(resolve({ db: made }, { keys: found(keys) }))).toEqual(['error sealed-not-text']);
  });

  test('the keys of a cluster are told in words when there are none or they may not be read', () => {
    expect(readClusterKeys('prod', { secrets: [] }).tried).toBe('cluster prod: it has no key of a Sealed Secrets controller');
    expect(readClusterKeys('prod', { secrets: [], problem: 'you may not' }).tried).toBe('cluster prod: you may not');
    const { keys: read, tried } = readClusterKeys('prod', { secrets: [{ name: 'Secret/a/b', key: keys.privateKey }, { name: 'Secret/a/c', key: 'x' }] });
    expect([read.length, tried]).toEqual([1, 'cluster prod: its one key, Secret/a/c cannot be read']);
  });
});
