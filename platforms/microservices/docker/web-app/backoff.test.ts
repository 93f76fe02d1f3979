import { expect, test } from 'vitest';
import { backoffDelay } from './backoff.js';

const longest = (failures: number): number => backoffDelay(failures, { baseMs: 250, maxMs: 10_000, random: () => 1 });
const shortest = (failures: number): number => backoffDelay(failures, { baseMs: 250, maxMs: 10_000, random: () => 0 });

test('the wait doubles with every failure', () => {
  expect([1, 2, 3, 4].map(longest)).toEqual([250, 500, 1000, 2000]);
});

test('the wait never passes the limit, even after a very long outage', () => {
  expect([7, 50, 5000].map(longest)).toEqual([10_000, 10_000, 10_000]);
});

test('jitter takes away at most half of the wait', () => {
  expect([1, 2, 7].map(shortest)).toEqual([125, 250, 5000]);
});

test('two replicas that fail together do not wait the same time', () => {
  const waits = new Set(Array.from({ length: 50 }, () => backoffDelay(6, { baseMs: 250, maxMs: 10_000 })));
  expect(waits.size).toBeGreaterThan(25);
});
