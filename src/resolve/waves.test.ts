import { expect, test } from 'vitest';
import { secondsOf } from './duration.js';
import { ringsOf, wavesOf } from './waves.js';

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));
const printed = (edges: Record<string, string[]>) => ringsOf(graph(edges)).map((ring) => ring.join(' -> '));

test('a component is one wave after the last of those it waits for', () => {
  const waves = wavesOf(graph({ web: ['api', 'cache'], api: ['db'], db: [], cache: [], jobs: ['web', 'db'] }));
  expect(Object.fromEntries(waves)).toEqual({ db: 0, cache: 0, api: 1, web: 2, jobs: 3 });
});

test('a long chain in the wrong order is put in order', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
  const waves = wavesOf(new Map(names.map((name, i) => [name, i + 1 < names.length ? [names[i + 1]!] : []])));
  expect(waves.get('c999')).toBe(0);
  expect(waves.get('c0')).toBe(999);
  expect(ringsOf(new Map(names.map((name, i) => [name, [names[(i + 1) % names.length]!]])))[0]).toHaveLength(1000);
});

test('rings are found once, begin with their first name, and stay out of the waves', () => {
  expect(printed({ a: ['b'], b: ['c'], c: ['a'], d: ['a'], e: [] })).toEqual(['a -> b -> c']);
  expect(printed({ a: ['a'], b: ['c'], c: ['b'] })).toEqual(['a', 'b -> c']);
  expect(printed({ a: ['b', 'c'], b: ['a'], c: ['a'] })).toEqual(['a -> b', 'a -> c']);
  expect(printed({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toEqual([]);
  expect([...wavesOf(graph({ a: ['b'], b: ['a'], c: ['a'], d: [] })).keys()]).toEqual(['d']);
});

test('durations are seconds', () => {
  expect(['90s', '5m', '1h30m', '1h1m1s'].map(secondsOf)).toEqual([90, 300, 5400, 3661]);
});
