import { expect, test } from 'vitest';
import { plainLook } from './look.js';
import { table } from './table.js';
import { duration, plural, printable, wrap } from './text.js';
import { truncate, widthOf } from './width.js';

test('East Asian letters and emoji take two columns, colour codes none', () => {
  expect([widthOf('web'), widthOf('数据库'), widthOf('🚀'), widthOf('\u001b[31mred\u001b[39m'), widthOf('é')]).toEqual([3, 6, 2, 3, 1]);
});

test('a cut line is never wider than asked, and never cuts a letter in two', () => {
  expect(truncate('deployment', 6)).toBe('deplo…');
  expect(truncate('数据库服务', 6)).toBe('数据…');
  expect(truncate('👩‍👩‍👧 family', 4)).toBe('👩‍👩‍👧 …');
  expect(truncate('short', 5)).toBe('short');
});

test('columns stay under each other whatever the letters', () => {
  const columns = [{ title: 'NAME' }, { title: 'READY', right: true }, { title: 'REASON', flexible: true }];
  const rows = [['数据库', '1/2', 'waits for a very long reason'], ['web', '10/10', '']];
  const lines = table(columns, rows, { ...plainLook, width: 34 });
  expect(lines).toEqual(['NAME    READY  REASON', '数据库    1/2  waits for a very l…', 'web     10/10']);
  expect(lines.every((line) => widthOf(line) <= 34)).toBe(true);
});

test('lines break at spaces, a word that is too long stands alone', () => {
  expect(wrap('the server refused itwithaverylongword at last', 16)).toEqual(['the server', 'refused', 'itwithaverylongword', 'at last']);
});

test('lengths of time are told in two units', () => {
  expect([0, 4.9, 59, 60, 125, 3600, 11_520, 90_000, 400_000].map(duration)).toEqual(['0s', '4s', '59s', '1m00s', '2m05s', '1h00m', '3h12m', '1d1h', '4d15h']);
});

test('control characters are shown, not sent', () => {
  expect(printable('a\u001b[2J\u0007b\u009bc\td\ne')).toBe('a\\x1b[2J\\x07b\\x9bc\td\ne');
});

test('one is one', () => {
  expect([plural(1, 'change'), plural(0, 'change'), plural(2, 'entry', 'entries')]).toEqual(['1 change', '0 changes', '2 entries']);
});
