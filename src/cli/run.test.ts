import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isGroup, type Command, type Entry, type Group } from './command.js';
import { commandTree } from './commands.js';
import { environmentName, longName } from './flag.js';
import { globalFlags } from './global-flags.js';
import { runCli, scratchFolder } from './test-cli.js';

const scratch = scratchFolder();
afterAll(scratch.dispose);

const entries = (tree: readonly (Entry | Group)[], before: string[] = []): { words: string[]; entry: Entry }[] =>
  tree.flatMap((entry) => (isGroup(entry) ? entries(entry.commands, [...before, entry.name]) : [{ words: [...before, entry.name], entry }, ...entries(entry.under ?? [], [...before, entry.name])]));
const all = await Promise.all(entries(commandTree).map(async ({ words, entry }) => ({ words, entry, command: await entry.load() })));

describe.each(all)('mostik $words', ({ words, entry, command }) => {
  test('has help with usage, every flag, an example that names it and the exit codes', async () => {
    const { code, out, err } = await runCli(['help', ...words]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Usage  mostik ${words.join(' ')}`);
    expect(out).toContain(entry.summary);
    for (const key of Object.keys(command.flags)) expect(out).toContain(longName(key));
    expect(command.examples.some(([line]) => line.includes(`mostik ${words.join(' ')}`))).toBe(true);
    expect(out).toContain('Exit codes: 0 done or no changes, 1 failed, 2 changes found (--exit-code), 3 bad usage');
    expect(out).toMatch(/Every flag has an environment form: MOSTIK_/);
  });

  test('is helped by --help as well', async () => {
    // What a completion script passes on is never a wish for help.
    if (entry.hidden === true) expect(command.passThrough).toBe(true);
    else expect((await runCli([...words, '--help'])).out).toBe((await runCli(['help', ...words])).out);
  });

  test('has examples whose flags are its own', () => {
    for (const [line] of command.examples) for (const flag of flagsIn(line, words)) expect(knownFlags(command)).toContain(flag);
  });
});

/** Flags of ours in an example: up to what is meant for another program, without other commands of the line. */
function flagsIn(line: string, words: string[]): string[] {
  const own = line.split(/&&|\||>/).find((part) => part.includes(`mostik ${words.join(' ')}`)) ?? '';
  const [ours = ''] = own.split(' -- ');
  return ours.split(' ').filter((word) => word.startsWith('-')).map((word) => word.split('=')[0]!.replace(')', ''));
}

function knownFlags(command: Command): string[] {
  return Object.entries(command.flags).flatMap(([key, { short }]) => [longName(key), `-${short ?? ''}`]);
}

test('no two flags of a command share a letter, and names do not clash with those of every command', () => {
  for (const { words, command } of all) {
    const letters = Object.values(command.flags).flatMap(({ short }) => short ?? []);
    expect(new Set(letters).size, words.join(' ')).toBe(letters.length);
    expect(letters, words.join(' ')).not.toContain('h');
    expect(Object.keys(command.flags)).toEqual(expect.arrayContaining(Object.keys(globalFlags)));
  }
});

test('the environment forms of dangers are spelled out', () => {
  expect(['deleteClaim', 'takeOver', 'noWait', 'yes'].map(environmentName)).toEqual(['MOSTIK_DELETE_CLAIM', 'MOSTIK_TAKE_OVER', 'MOSTIK_NO_WAIT', 'MOSTIK_YES']);
});

describe('the command line', () => {
  test('without a word shows what there is', async () => {
    const { code, out } = await runCli([]);
    expect(code).toBe(0);
    for (const { entry, words } of all) if (entry.hidden !== true && words.length === 1) expect(out).toContain(entry.summary);
    expect(out).not.toContain('__complete');
    expect((await runCli(['--help'])).out).toBe(out);
  });

  test('tells its version', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string, err: '' });
    expect((await runCli(['-V'])).code).toBe(0);
  });

  test.each([
    [['aply'], 'error[command-unknown]: mostik aply: unknown command', 'Did you mean mostik apply?'],
    [['zzz'], 'error[command-unknown]: mostik zzz: unknown command', 'See mostik --help'],
    [['help', 'plna'], 'error[command-unknown]: mostik plna: unknown command', 'Did you mean mostik plan?'],
    [['cluster', 'crate'], 'error[command-unknown]: mostik cluster crate: unknown command', 'Did you mean mostik cluster create?'],
    [['cluster'], 'error[command-missing]: mostik cluster: expected a command, one of create, start, stop', ''],
    [['plan', '--profle', 'dev'], 'error[flag-unknown]: mostik plan --profle: unknown flag', 'Did you mean --profile?'],
    [['plan', '-z'], 'error[flag-unknown]: mostik plan -z: unknown flag', 'See mostik plan --help'],
    [['--profile', 'x', 'plan'], 'error[flag-unknown]: mostik --profile: unknown flag', 'Flags of a command stand after it'],
    [['plan', '--context'], 'error[flag-value-missing]: mostik plan --context: expected a value after it', ''],
    [['plan', '-o', 'yaml'], 'error[flag-invalid]: mostik plan --output: expected one of text, json, got "yaml"', ''],
    [['apply', '--timeout', '5'], 'error[flag-invalid]: mostik apply --timeout: expected a length of time such as 90s, 5m or 1h30m, got "5"', ''],
    [['plan', '--exit-code=no'], 'error[flag-invalid]: mostik plan --exit-code: expected no value after it, got no', ''],
    [['plan', 'a', 'b'], 'error[argument-excess]: mostik plan: expected DIR, got "b" as well', ''],
    [['cluster', 'list', 'a'], 'error[argument-excess]: mostik cluster list: expected no argument, got "a" as well', ''],
    [['diff', '3'], 'error[argument-missing]: mostik diff: expected TO', ''],
    [['diff', 'x', '4'], 'error[argument-invalid]: mostik diff: expected the number of a generation, as mostik history lists it, got "x"', ''],
    [['rollback', 'x', 'y'], 'error[argument-invalid]: mostik rollback: expected the number of a generation, as mostik history lists it, got "x"', ''],
    [['completion', 'fish'], 'error[argument-invalid]: mostik completion: expected bash or zsh, got "fish"', ''],
    [['engine', 'install', 'rendr'], 'error[argument-invalid]: mostik engine install: expected render or cluster (did you mean render?), got "rendr"', ''],
  ])('%j is bad usage: exit 3, said on stderr', async (argv, message, hint) => {
    const { code, out, err } = await runCli(argv);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  test.each(['apply', 'rollback', 'destroy', 'deploy', 'down'])('%s without a terminal and without --yes fails at once and says so', async (name) => {
    const { code, out, err } = await runCli([name, join(scratch.path, 'not-there')]);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/^error\[answer-needed\]: mostik (apply|rollback|destroy): there is no terminal to ask on\n {2}hint: .*--yes/);
  });
});

describe('a platform file with mistakes', () => {
  const dir = join(scratch.path, 'broken');
  mkdirSync(dir);
  writeFileSync(join(dir, 'platform.yaml'), 'apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: hello }\nspec:\n  components:\n    web: { workload: { image: nginx, replicas: three } }\n    api: { wrkload: { image: nginx } }\n');

  test.each(['check', 'render', 'plan', 'status', 'history'])('ends %s with exit 3, every mistake with its place and line', async (name) => {
    const { code, out, err } = await runCli([name, dir]);
    const text = name === 'check' ? out : err;
    expect(code).toBe(3);
    expect(text).toMatch(/platform\.yaml:6:\d+/);
    expect(text).toMatch(/platform\.yaml:7:\d+/);
    expect(text).toContain('image: nginx, replicas: three');
    expect(text).not.toMatch(/\n\s+at .*\.[jt]s:\d+/);
    if (name !== 'check') expect(out).toBe('');
  });

  test('is told in JSON to who asked for it, with the exit code', async () => {
    const { code, out } = await runCli(['plan', dir, '-o', 'json']);
    const json = JSON.parse(out) as { version: number; exitCode: number; diagnostics: { code: string; at: object }[] };
    expect([code, json.version, json.exitCode]).toEqual([3, 1, 3]);
    expect(json.diagnostics.length).toBeGreaterThanOrEqual(2);
  });

  test('leaves stdout empty where a Kubernetes List was asked for', async () => {
    expect((await runCli(['render', dir, '-o', 'json'])).out).toBe('');
  });
});

test('a cluster that is not there is named, whichever command wants it', async () => {
  const env = { ...process.env };
  process.env['XDG_STATE_HOME'] = scratch.path;
  try {
    for (const name of ['start', 'stop', 'status', 'kubeconfig']) {
      const { code, err } = await runCli(['cluster', name, 'nowhere']);
      expect([name, code]).toEqual([name, 3]);
      expect(err).toContain('nowhere');
    }
    expect(await runCli(['cluster', 'list'])).toMatchObject({ code: 0, out: 'no clusters: mostik up or mostik cluster create makes one\n' });
    expect(JSON.parse((await runCli(['cluster', 'list', '-o', 'json'])).out)).toEqual({ version: 1, clusters: [] });
    const { code, err } = await runCli(['kubectl', 'get', 'pods', '-o', 'wide', '--unknown-to-us'], {});
    expect([code, err.includes('error[cluster-choice]: mostik kubectl: which cluster?')]).toEqual([3, true]);
  } finally {
    process.env = env;
  }
});

test('doctor looks at this machine and says the same in JSON', async () => {
  const { out } = await runCli(['doctor', '-o', 'json']);
  const json = JSON.parse(out) as { version: number; findings: { name: string; state: string; detail: string }[] };
  expect(json.version).toBe(1);
  expect([...new Set(json.findings.map(({ name }) => name))]).toEqual(['node', 'engine render', 'engine cluster', 'engine node', 'go', 'git', 'state folder', 'cache folder', 'kubeconfig', 'clusters', 'browser', 'real node']);
  expect(json.findings[0]).toMatchObject({ state: 'ok', detail: expect.stringContaining(process.version) as string });
});
