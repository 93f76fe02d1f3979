import { expect, test } from 'vitest';
import { formatBytes, parseQuantity } from './quantity.js';

test.each([
  ['0', 0], ['1024', 1024], ['1Ki', 1024], ['1.5Gi', 1.5 * 2 ** 30], ['.5Gi', 2 ** 29], ['1G', 1e9], ['500m', 0.5],
  ['1e3', 1000], ['1E3', 1000], ['1E', 1e18], ['2Ei', 2 ** 61],
])('%s is %d', (text, number) => {
  expect(parseQuantity(text)).toBe(number);
});

test.each(['', 'Gi', '1 Gi', '-1Gi', '1gb', '1GiB', 'lots'])('"%s" is no quantity', (text) => {
  expect(parseQuantity(text)).toBeNaN();
});

test('bytes are written in the unit that people use', () => {
  expect([0, 512, 1536, 2 ** 30, 1.5 * 2 ** 40].map(formatBytes)).toEqual(['0', '512', '1.5Ki', '1Gi', '1.5Ti']);
});
