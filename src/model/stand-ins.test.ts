import { expect, test } from 'vitest';
import type { ResolvedComponent, SecretSpec } from './platform.js';
import { standIn, standIns } from './stand-ins.js';

const made: SecretSpec = { generate: { length: 24, alphabet: 'alphanumeric' } };

test('a stand-in follows from the name alone and keeps length and alphabet', () => {
  expect(standIn('db', made)).toBe('standInForDboDaZUrcvvFhk');
  expect(standIn('db', made)).not.toBe(standIn('db2', made));
  expect(standIn('db', { generate: { length: 40, alphabet: 'hex' } })).toMatch(/^[a-f][0-9a-f]{39}$/);
  expect(standIn('db', { generate: { length: 9, alphabet: 'printable' } })).toMatch(/^[A-Za-z][!-~]{7}[A-Za-z0-9]$/);
  expect(standIn('db', {})).toHaveLength(24);
  const long = 'a-name-that-is-much-longer-than-its-secret-can-ever-be';
  expect(standIn(`${long}-1`, made)).not.toBe(standIn(`${long}-2`, made));
});

test('only secrets that a component takes get one, and the seed', () => {
  const workload = { image: 'a', replicas: 1, env: { A: { secret: 'two' }, B: 'x' } };
  const components = [
    { secretValues: { 'auth.password': 'one' }, source: { kind: 'chart', path: '/c' } },
    { secretValues: {}, source: { kind: 'workload', workload } },
  ] as Pick<ResolvedComponent, 'secretValues' | 'source'>[] as ResolvedComponent[];
  expect([...standIns({ secrets: { one: made, two: made, three: made }, components }).keys()]).toEqual(['one', 'two', 'mostik-seed']);
});
