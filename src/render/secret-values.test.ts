import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { platformOf } from './platform.fixture.js';
import { valuesWithSecrets, withSecretValues } from './secret-values.js';

const table = new Map([['db', 'S3cr3tValue']]);

test('sets values at dotted paths, in lists and under keys with dots, and leaves the input as it is', () => {
  const values = { auth: { user: 'a' }, users: [{ name: 'x' }] };
  expect(withSecretValues(values, { 'auth.password': 'db', 'users[1].password': 'db', 'a\\.b.c': 'db' }, table)).toEqual({
    auth: { user: 'a', password: 'S3cr3tValue' },
    users: [{ name: 'x' }, { password: 'S3cr3tValue' }],
    'a.b': { c: 'S3cr3tValue' },
  });
  expect(values).toEqual({ auth: { user: 'a' }, users: [{ name: 'x' }] });
  expect(withSecretValues({ auth: null }, { 'auth.password': 'db' }, table)).toEqual({ auth: { password: 'S3cr3tValue' } });
});

test('does not reach into what every map inherits', () => {
  const out = withSecretValues({}, { 'constructor.name': 'db' }, table);
  expect(Object.hasOwn(out, 'constructor')).toBe(true);
  expect(withSecretValues({}, { 'a.toString.b': 'db' }, table)).toEqual({ a: { toString: { b: 'S3cr3tValue' } } });
});

test('says what is in the way', () => {
  expect(() => withSecretValues({ auth: 'text' }, { 'auth.password': 'db' }, table)).toThrow('auth is "text", expected a map');
  expect(() => withSecretValues({ a: { b: [] } }, { 'a.b.c': 'db' }, table)).toThrow('a.b is an empty list, expected a map');
  expect(() => withSecretValues({}, { 'a..b': 'db' }, table)).toThrow('"a..b" is no values path');
  expect(() => withSecretValues({}, { a: 'other' }, table)).toThrow('secret other has no value');
});

test('a path into a list keeps the entries that values files give', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mostik-values-'));
  try {
    await writeFile(join(dir, 'values.yaml'), 'users:\n  - name: one\n    mode: 0644\n  - name: two\n');
    const source = { kind: 'chart' as const, path: dir };
    const platform = platformOf({ web: { source, files: [join(dir, 'values.yaml')], values: { a: 1 }, secretValues: { 'users[1].password': 'db' } } });
    const { values, diagnostics } = await valuesWithSecrets(platform.components[0]!, table);
    expect(diagnostics).toEqual([]);
    expect(values).toEqual({ a: 1, users: [{ name: 'one', mode: 420 }, { name: 'two', password: 'S3cr3tValue' }] });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('a path that leads nowhere is a Diagnostic at its place in the platform file', async () => {
  const platform = platformOf({ web: { source: { kind: 'chart', path: '/c' }, values: { auth: 1 }, secretValues: { 'auth.password': 'db' } } });
  const { diagnostics } = await valuesWithSecrets(platform.components[0]!, table);
  expect(diagnostics.map(({ message, at }) => [message, at])).toEqual([
    ['web.secretValues: auth.password: auth is 1, expected a map', { file: 'platform.yaml#web.secretValues.auth.password' }],
  ]);
});
