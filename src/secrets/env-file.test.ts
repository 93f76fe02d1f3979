import { expect, test } from 'vitest';
import { appendEnv, parseEnv } from './env-file.js';

const read = (text: string) => {
  const { values, problems } = parseEnv(text);
  expect(problems).toEqual([]);
  return Object.fromEntries(values);
};

test('reads bare, quoted and exported values, comments left out', () => {
  expect(
    read(`# passwords
DB_PASSWORD=abc#d   # the main one
export API_KEY = "a \\"b\\" \\n\\\\ \\$x"
SINGLE='it is # no comment \\n'  # but this is
EMPTY=
EMPTY_TOO= # nothing
CERT="-----BEGIN-----
two lines
-----END-----"
AFTER=1\r
LAST=no newline`),
  ).toEqual({
    DB_PASSWORD: 'abc#d',
    API_KEY: 'a "b" \n\\ $x',
    SINGLE: 'it is # no comment \\n',
    EMPTY: '',
    EMPTY_TOO: '',
    CERT: '-----BEGIN-----\ntwo lines\n-----END-----',
    AFTER: '1',
    LAST: 'no newline',
  });
});

test('says in which line something cannot be read, and reads the rest', () => {
  const env = parseEnv('A=1\nthis is not it\nB="two\nlines"\nC=\'open\nD="x" y\nE=5\n');
  expect(env.problems).toEqual([
    { line: 2, problem: 'expected NAME=value' },
    { line: 5, problem: "C: the quote ' is not closed" },
    { line: 6, problem: 'D: there is more text after the closing quote' },
  ]);
  expect(Object.fromEntries(env.values)).toEqual({ A: '1', B: 'two\nlines', E: '5' });
  expect(env.lines.get('E')).toBe(7);
});

test('adds names and leaves every byte that is there', () => {
  const before = '# mine\r\nA = 1';
  expect(appendEnv(before, new Map([['B', '2']]))).toBe('# mine\r\nA = 1\nB=2\n');
  expect(appendEnv(before, new Map())).toBe(before);
});

test('reads back every value it writes', () => {
  const values = ['plain', 'a b', "it's", 'q"u\\o$te`', 'line\nline', '  edge ', '#x', 'a#b', 'tab\t\'', '{"json": [1]}', "both ' and \"", 'c\r\nd', 'ö✓'];
  const entries = new Map(values.map((value, i) => [`N${i}`, value]));
  expect([...parseEnv(appendEnv('', entries)).values.values()]).toEqual(values);
});
