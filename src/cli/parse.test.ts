import { expect, test } from 'vitest';
import type { ExitCode } from '../diagnostics/index.js';
import { MostikError } from '../diagnostics/index.js';
import { defineCommand } from './command.js';
import { choice, list, seconds, text, toggle, wholeNumber } from './flag.js';
import { parseWords } from './parse.js';

const command = defineCommand({
  arguments: [{ name: 'dir', description: '' }],
  flags: {
    profile: list('', { short: 'p', value: 'NAME' }),
    context: text('', { value: 'NAME' }),
    yes: toggle('', { short: 'y' }),
    noWait: toggle(''),
    timeout: seconds('', { value: 'TIME' }),
    nodes: wholeNumber('', { value: 'COUNT', least: 1 }),
    output: choice('', ['text', 'json'], { short: 'o' }),
  },
  examples: [['x', '']],
  run: () => Promise.resolve(0 satisfies ExitCode),
});

const initial = { profile: [], context: undefined, yes: false, noWait: false, timeout: undefined, nodes: undefined, output: 'text', verbose: false, noColor: false };

function values(words: string[], env: NodeJS.ProcessEnv = {}): unknown {
  const parsed = parseWords(words, { command, where: 'mostik try', env });
  return parsed.type === 'run' ? { ...parsed.values, args: parsed.args } : 'help';
}

function problem(words: string[], env: NodeJS.ProcessEnv = {}): string {
  try {
    values(words, env);
  } catch (error) {
    if (error instanceof MostikError) return error.message;
    throw error;
  }
  return 'none';
}

test('flags stand before, after and between arguments, long, short and joined', () => {
  expect(values(['-p', 'a', 'dir', '--profile=b', '-pc', '-yv', '--no-wait', '--timeout', '1h2m3s', '-o', 'json'])).toEqual({ ...initial, profile: ['a', 'b', 'c'], yes: true, verbose: true, noWait: true, timeout: 3723, output: 'json', args: ['dir'] });
  expect(values([])).toEqual({ ...initial, args: [] });
  expect(values(['--', '-p'])).toEqual({ ...initial, args: ['-p'] });
  expect(values(['-y', '--help'])).toBe('help');
});

test('every flag has an environment form: lists split on commas, switches may say no', () => {
  const env = { MOSTIK_PROFILE: 'a,b', MOSTIK_CONTEXT: 'prod', MOSTIK_YES: 'true', MOSTIK_NO_WAIT: '1', MOSTIK_TIMEOUT: '90s', MOSTIK_NODES: '3', MOSTIK_OUTPUT: 'json', MOSTIK_VERBOSE: 'yes', MOSTIK_NO_COLOR: 'on' };
  expect(values([], env)).toEqual({ profile: ['a', 'b'], context: 'prod', yes: true, noWait: true, timeout: 90, nodes: 3, output: 'json', verbose: true, noColor: true, args: [] });
  expect(values([], { MOSTIK_YES: 'false', MOSTIK_NO_WAIT: '', MOSTIK_CONTEXT: '', MOSTIK_PROFILE: '' })).toEqual({ ...initial, args: [] });
});

test('the command line wins over the environment', () => {
  expect(values(['-p', 'c', '--context=dev', '-o', 'text'], { MOSTIK_PROFILE: 'a,b', MOSTIK_CONTEXT: 'prod', MOSTIK_OUTPUT: 'json' })).toEqual({ ...initial, profile: ['c'], context: 'dev', args: [] });
});

test('a value that cannot be read names the flag or the variable it came from', () => {
  expect(problem([], { MOSTIK_YES: 'perhaps' })).toBe('MOSTIK_YES: expected true or false, got "perhaps"');
  expect(problem([], { MOSTIK_OUTPUT: 'xml' })).toBe('MOSTIK_OUTPUT: expected one of text, json, got "xml"');
  expect(problem(['--nodes', '0'])).toBe('mostik try --nodes: expected a whole number of at least 1, got "0"');
  expect(problem(['--nodes', '1e3'])).toBe('mostik try --nodes: expected a whole number of at least 1, got "1e3"');
  expect(problem(['--timeout', ''])).toBe('mostik try --timeout: expected a length of time such as 90s, 5m or 1h30m, got ""');
});

test('all bad usage that the parser finds becomes a Diagnostic', () => {
  expect(problem(['--contxt', 'x'])).toBe('mostik try --contxt: unknown flag');
  expect(problem(['-x'])).toBe('mostik try -x: unknown flag');
  expect(problem(['--context'])).toBe('mostik try --context: expected a value after it');
  expect(problem(['--yes=1'])).toBe('mostik try --yes: expected no value after it, got 1');
  expect(problem(['a', 'b', 'c'])).toBe('mostik try: expected DIR, got "b" as well');
});
