import { expect, test } from 'vitest';
import { diffLines } from './line-diff.js';

const show = (before: string, after: string): string =>
  diffLines(before, after)
    .map((line) => (line.kind === 'gap' ? `@${line.count}` : `${{ same: ' ', added: '+', removed: '-' }[line.kind]}${line.text}`))
    .join('|');

test('what is alike between two changes stays together', () => {
  expect(show('a\nb\nc\nd\n', 'a\nx\nc\ny\n')).toBe(' a|-b|+x| c|-d|+y');
});

test('lines added and removed at either end are found', () => {
  expect(show('b\nc', 'a\nb\nc')).toBe('+a| b| c');
  expect(show('a\nb', 'a')).toBe(' a|-b');
  expect(show('', 'a\nb\n')).toBe('+a|+b');
});

test('lines far from a change become a gap', () => {
  const lines = Array.from({ length: 10 }, (_, i) => String(i)).join('\n');
  expect(show(lines, lines.replace('5', 'five'))).toBe('@3| 3| 4|-5|+five| 6| 7|@2');
});

test('texts too large for the table are still complete: all old lines, then all new ones', () => {
  const before = Array.from({ length: 1500 }, (_, i) => `old ${i}`).join('\n');
  const after = Array.from({ length: 1500 }, (_, i) => `new ${i}`).join('\n');
  const diff = diffLines(before, after);
  expect(diff.filter(({ kind }) => kind === 'removed')).toHaveLength(1500);
  expect(diff.filter(({ kind }) => kind === 'added')).toHaveLength(1500);
});
