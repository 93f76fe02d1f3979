import { expect, test } from 'vitest';
import { completeWords } from './complete.js';
import { defineCommand, type Entry } from './command.js';
import { findCommand } from './find-command.js';

const command = defineCommand({ flags: {}, arguments: [{ name: 'dir', description: 'a folder', complete: 'folders' }], examples: [['mostik look', 'looks']], run: () => Promise.resolve(0) });
const load = () => Promise.resolve(command);
const look: Entry = { name: 'look', summary: 'Look around', load, under: [{ name: 'closer', summary: 'Look closer', load }] };
const found = (...words: string[]): string => {
  const result = findCommand(words, [look]);
  return result.type === 'command' ? `${result.where}: ${result.rest.join(' ')}` : result.type;
};

test('a command with commands under it takes any other word as its argument', () => {
  expect(found('look', 'closer', 'here')).toBe('mostik look closer: here');
  expect(found('look', './closer')).toBe('mostik look: ./closer');
  expect(found('look', '-v', 'closer')).toBe('mostik look: -v closer');
  expect(found('look')).toBe('mostik look: ');
  expect(findCommand(['help', 'look', 'closer'], [look])).toMatchObject({ type: 'help', where: 'mostik look closer' });
});

test('both its commands and its argument are completed', async () => {
  const offered = (line: string) => completeWords(line.split(' '), [look], () => Promise.resolve([]));
  expect(await offered('look cl')).toEqual({ kind: 'words', words: [['closer', 'Look closer']] });
  expect(await offered('look ')).toEqual({ kind: 'folders' });
  expect(await offered('look closer ')).toEqual({ kind: 'folders' });
  expect(await offered('look . cl')).toEqual({ kind: 'words', words: [] });
});
