import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { isSecretPath, maskedDiffValue, maskText, maskValue, restore, secretsIn, tokenize, type SecretTable } from './secret-trace.js';

const table: SecretTable = new Map([
  ['db', 'q7Xr2LmP9sTw'],
  ['odd', 'p@ss w/ör"d+\\<&'],
  ['pin', '4711'],
  ['empty', ''],
  ['generated/web/0', 'Zk3vB8nQ1c'],
]);
const db = table.get('db')!;
const odd = table.get('odd')!;
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

describe('tokenize', () => {
  test('replaces a value inside a longer string by its name', () => {
    expect(tokenize(`postgres://app:${db}@db:5432/app`, table)).toBe('postgres://app:⟦db⟧@db:5432/app');
  });

  test('finds values escaped for a URL and for JSON', () => {
    expect(tokenize(`?p=${encodeURIComponent(odd)}`, table)).toBe('?p=⟦odd|uri⟧');
    expect(tokenize(JSON.stringify({ p: odd }), table)).toBe('{"p":"⟦odd|json⟧"}');
    expect(tokenize('{"p":"p@ss w/ör\\"d+\\\\\\u003c\\u0026"}', table)).toBe('{"p":"⟦odd|html⟧"}');
  });

  test('finds a value in base64 at every alignment', () => {
    for (const user of ['a', 'ab', 'abc', 'abcd']) {
      expect(tokenize(base64(`${user}:${db}`), table)).toBe(`⟦base64:${user}:⟦db⟧⟧`);
    }
    expect(tokenize(`Basic ${base64(`u:${db}`)} and so on`, table)).toBe('Basic ⟦base64:u:⟦db⟧⟧ and so on');
  });

  test('finds a value in the auth of a dockerconfigjson inside the data of a Secret', () => {
    const config = JSON.stringify({ auths: { 'registry.example.org': { auth: base64(`robot:${db}`) } } });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pull' }, data: { '.dockerconfigjson': base64(config) } };
    const traced = tokenize(secret, table);
    expect(traced.data['.dockerconfigjson']).toBe('⟦base64:{"auths":{"registry.example.org":{"auth":"⟦base64:robot:⟦db⟧⟧"}}}⟧');
    expect(restore(traced, table)).toEqual(secret);
  });

  test('finds short values as whole strings only, and empty ones never', () => {
    expect(tokenize({ 4711: '4711' }, table)).toEqual({ 4711: '⟦pin⟧' });
    expect(tokenize(['4711', base64('4711'), 'port 4711', ''], table)).toEqual(['⟦pin⟧', '⟦base64:⟦pin⟧⟧', 'port 4711', '']);
  });

  test('leaves what identifies an object, and returns parts without a secret uncopied', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: db, namespace: 'a', labels: { a: db } }, data: { a: 'b' } };
    const traced = tokenize(object, table);
    expect(traced.metadata).toEqual({ name: db, namespace: 'a', labels: { a: '⟦db⟧' } });
    expect(traced.data).toBe(object.data);
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: db };
    expect(tokenize(ref, table)).toBe(ref);
    expect(tokenize(object.data, table)).toBe(object.data);
  });

  test('sees a table that has grown since it was last used', () => {
    const growing = new Map([['a', 'first-value']]);
    expect(tokenize('second-value', growing)).toBe('second-value');
    growing.set('b', 'second-value');
    expect(tokenize('second-value', growing)).toBe('⟦b⟧');
  });

  test('puts a new value of another length into the old place, base64 around it made anew', () => {
    const traced = tokenize({ auth: base64(`u:${db}`), url: `//u:${odd}@h`, pin: '4711' }, table);
    const later = new Map([...table, ['db', 'longer-than-before'], ['odd', 'plain'], ['pin', '0']]);
    expect(restore(traced, later)).toEqual({ auth: base64('u:longer-than-before'), url: '//u:plain@h', pin: '0' });
  });

  test('restore names the secret that is missing', () => {
    expect(() => restore(tokenize({ a: db }, table), new Map())).toThrow('no value for secret db');
  });
});

describe('masking', () => {
  test('masks every form in a text and leaves the rest as it is', () => {
    expect(maskText(`${db} ⟦x⟧ ${base64(`u:${db}`)} ${encodeURIComponent(odd)}`, table)).toBe('*** ⟦x⟧ *** ***');
    expect(maskValue({ [db]: [db, 1, null, 'z'] }, table)).toEqual({ '***': ['***', 1, null, 'z'] });
  });

  test('names the secrets that occur', () => {
    expect(secretsIn({ a: base64(`${db} Zk3vB8nQ1c`), b: ['4711'] }, table)).toEqual(['db', 'generated/web/0', 'pin']);
  });

  test('masks the data of a Secret whatever it holds, other fields by value', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret' };
    expect(isSecretPath(secret, ['data', 'a'])).toBe(true);
    expect(isSecretPath(secret, ['type'])).toBe(false);
    expect(isSecretPath({ apiVersion: 'v1', kind: 'ConfigMap' }, ['data', 'a'])).toBe(false);
    expect(maskedDiffValue('anything', ['data', 'a'], { object: secret, table })).toBe('***');
    expect(maskedDiffValue({ a: 'x' }, ['data'], { object: secret, table })).toEqual({ a: '***' });
    expect(maskedDiffValue(undefined, ['data', 'a'], { object: secret, table })).toBeUndefined();
    expect(maskedDiffValue(`a ${db}`, ['data', 'a'], { object: { apiVersion: 'v1', kind: 'ConfigMap' }, table })).toBe('a ***');
  });
});

describe('on random objects', () => {
  test('restore is the reverse of tokenize, and no form of a secret is left', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomFrom(seed);
      const secrets = randomTable(random);
      const value = randomValue(random, secrets, 3);
      const traced = tokenize(value, secrets);
      expect(restore(traced, secrets), `seed ${seed}`).toEqual(value);
      expect(leftIn(traced, secrets), `seed ${seed}`).toEqual([]);
      expect(secretsIn(maskValue(value, secrets), secrets), `seed ${seed}`).toEqual([]);
    }
  });

  test('5,000 objects and 10 secrets take less than half a second of processor time', () => {
    const random = randomFrom(7);
    const secrets = new Map(Array.from({ length: 10 }, (_, i) => [`s${i}`, word(random, 24)]));
    const objects = Array.from({ length: 5000 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `cm-${i}`, labels: { app: `a-${i % 50}` } },
      data: Object.fromEntries(Array.from({ length: 10 }, (_, k) => [`key-${k}`, i % 100 === 0 ? `p=${secrets.get('s1')}` : word(random, 40)])),
    }));
    // Processor time, the best of three: how busy the machine is must not decide.
    const times = [1, 2, 3].map(() => {
      const start = process.cpuUsage();
      tokenize(objects, secrets);
      return process.cpuUsage(start).user / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(500);
    expect(secretsIn(tokenize(objects, secrets), secrets)).toEqual([]);
  });
});

type Random = (below: number) => number;

/** A repeatable generator (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)]!;
}

function word(random: Random, length: number, alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}

function randomTable(random: Random): Map<string, string> {
  const alphabets = [undefined, '0123456789abcdef', 'aB3"\\/+&<>%@:= ', 'äößΩж✓ab'];
  return new Map(Array.from({ length: 1 + random(6) }, (_, i) => [pick(random, [`s-${i}`, `generated/c/${i}`, `odd ⟦${i}|:,`]), word(random, pick(random, [1, 4, 6, 7, 8, 9, 24, 250]), pick(random, alphabets))]));
}

function randomText(random: Random, secrets: SecretTable): string {
  const value = secrets.get(pick(random, [...secrets.keys()]))!;
  const around = `${word(random, random(6))}${value}${word(random, random(6))}`;
  const bytes = Buffer.concat([Buffer.from(Array.from({ length: random(5) }, () => random(256))), Buffer.from(value), Buffer.from([random(256)])]);
  return pick(random, [
    () => word(random, random(20)),
    () => pick(random, ['⟦', '⟧', '⟦db⟧', '⟦(⟧', '⟦base64:x⟧', '=', '==', '-', '/', ' ', '\ufeff']),
    () => value,
    () => encodeURIComponent(value),
    () => JSON.stringify({ a: value }),
    () => base64(around),
    () => base64(around).replace(/=+$/, ''),
    () => Buffer.from(around).toString('base64url'),
    () => bytes.toString('base64'),
    () => base64(`${word(random, random(4))}${base64(around)}`),
    () => base64(JSON.stringify({ auth: base64(around), password: value })),
  ])();
}

function randomValue(random: Random, secrets: SecretTable, depth: number): unknown {
  const kind = random(depth > 0 ? 6 : 3);
  if (kind === 0) return pick(random, [null, true, 0, 4711, '']);
  if (kind < 3) return Array.from({ length: 1 + random(5) }, () => randomText(random, secrets) + pick(random, [' ', ',', '"', '\n', '⟦', '%'])).join('');
  if (kind < 4) return Array.from({ length: random(4) }, () => randomValue(random, secrets, depth - 1));
  return Object.fromEntries(Array.from({ length: random(5) }, () => [randomText(random, secrets), randomValue(random, secrets, depth - 1)]));
}

/** Values that still stand in the strings of tokenized data, as they are or in base64 at any alignment. */
function leftIn(traced: unknown, secrets: SecretTable): string[] {
  const texts: string[] = [];
  collect(traced, texts);
  const left: string[] = [];
  for (const value of secrets.values()) {
    if (value.length < 6) continue;
    const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
    for (let before = 0; before < 3; before++) {
      const from = before === 0 ? 0 : before + 1;
      const to = Math.floor(((before + Buffer.byteLength(value)) * 8) / 6);
      const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
      // Two groups of four at least: shorter pieces stand in random text by chance.
      forms.push(encoded.toString('base64').slice(from, to), encoded.toString('base64url').slice(from, to));
    }
    for (const form of forms) if (texts.some((text) => text.includes(form))) left.push(form);
  }
  return left;
}

function collect(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) value.forEach((entry) => collect(entry, into));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      into.push(key);
      collect(entry, into);
    }
  }
}
