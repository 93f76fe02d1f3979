import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeWords, type FindNames } from './complete.js';
import { completionScripts } from './completion-scripts.js';
import { commandTree } from './commands.js';
import { bundle, scratchFolder } from './test-cli.js';

const scratch = scratchFolder();
afterAll(scratch.dispose);

const noNames: FindNames = () => Promise.resolve([]);
const offered = async (line: string, findNames: FindNames = noNames): Promise<string> => {
  const offer = await completeWords(line.split(' '), commandTree, findNames);
  return offer.kind === 'words' ? offer.words.map(([word]) => word).join(' ') : `<${offer.kind}>`;
};

test('commands, groups and their commands are offered by what was typed', async () => {
  expect(await offered('pl')).toBe('plan');
  expect(await offered('cluster st')).toBe('start stop status');
  expect(await offered('')).not.toContain('__complete');
  expect(await offered('nothing ')).toBe('');
});

test('flags that were used are not offered again, unless they repeat', async () => {
  expect(await offered('apply --yes --y')).toBe('');
  expect(await offered('apply -y --y')).toBe('');
  expect(await offered('deploy --profile a --prof')).toBe('--profile');
  expect(await offered('plan --')).toContain('--delete-claim');
});

test('values come after their flag or behind its sign, names from the folder that was given', async () => {
  const asked: string[] = [];
  const findNames: FindNames = (what, dir) => {
    asked.push(`${what} of ${dir}`);
    return Promise.resolve(['dev', 'prod']);
  };
  expect(await offered('plan -o j')).toBe('json');
  expect(await offered('check --output=s')).toBe('sarif');
  expect(await offered('plan shop -p ', findNames)).toBe('dev prod');
  expect(await offered('plan shop --profile=p', findNames)).toBe('prod');
  expect(await offered('cluster stop ', findNames)).toBe('dev prod');
  expect(await offered('kubectl --cluster ', findNames)).toBe('dev prod');
  expect(asked).toEqual(['profiles of shop', 'profiles of shop', 'clusters of .', 'clusters of .']);
});

test('components are offered from the platform that --dir names', async () => {
  const asked: string[] = [];
  const findNames: FindNames = (what, dir) => {
    asked.push(`${what} of ${dir}`);
    return Promise.resolve(['api', 'web']);
  };
  expect(await offered('restart --dir shop w', findNames)).toBe('web');
  expect(await offered('stop api w', findNames)).toBe('web');
  expect(await offered('set image --dir=other ', findNames)).toBe('api web');
  expect(await offered('status shop a', findNames)).toBe('api');
  expect(asked).toEqual(['components of shop', 'components of .', 'components of other', 'components of shop']);
  for (const command of ['events', 'top', 'open', 'restart', 'stop', 'start', 'scale', 'test']) expect(await offered(`${command} `, findNames)).toBe('api web');
});

test('files and folders are left to the shell', async () => {
  expect(await offered('plan ')).toBe('<folders>');
  expect(await offered('apply ')).toBe('<files>');
  expect(await offered('plan -f ')).toBe('<files>');
  expect(await offered('kubectl -- ge')).toBe('');
  expect(await offered('kubectl get po')).toBe('<files>');
  expect(await offered('plan one two')).toBe('');
});

describe('in a real shell', () => {
  const bin = join(scratch.path, 'bin');
  const shop = join(scratch.path, 'shop');

  beforeAll(async () => {
    const program = await bundle(scratch.path, { file: 'src/cli/main.ts' });
    mkdirSync(bin);
    mkdirSync(shop);
    writeFileSync(join(shop, 'platform.yaml'), 'spec: { profiles: { dev: {}, service1-only: {} } }\n');
    writeFileSync(join(bin, 'mostik'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(bin, 'mostik'), 0o755);
  });

  const inBash = (...words: string[]): string => {
    const script = `source <(mostik completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mostik mostik; echo "\${COMPREPLY[*]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { cwd: scratch.path, env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }, encoding: 'utf8' }).trim();
  };

  test('bash completes commands, flags, profiles and folders', () => {
    expect(inBash('mostik', 'roll')).toBe('rollback');
    expect(inBash('mostik', 'plan', '--pro')).toBe('--profile');
    expect(inBash('mostik', 'plan', 'shop', '-p', '')).toBe('dev service1-only');
    expect(inBash('mostik', 'plan', 'shop', '--profile', '=', 'serv')).toBe('service1-only');
    expect(inBash('mostik', 'plan', 'shop', '--profile', '=')).toBe('dev service1-only');
    expect(inBash('mostik', 'plan', 'sh')).toBe('shop');
  });

  test('bash finds nothing wrong with its script', () => {
    expect(spawnSync('bash', ['-n'], { input: completionScripts.bash, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  const zsh = spawnSync('zsh', ['--version']).status === 0;
  test.skipIf(!zsh)('zsh finds nothing wrong with its script (skipped where there is no zsh)', () => {
    expect(spawnSync('zsh', ['-n'], { input: completionScripts.zsh, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test('the answer for zsh carries descriptions, with colons kept apart', () => {
    const answer = execFileSync(join(bin, 'mostik'), ['__complete', 'zsh', '--', 'plan', '--take'], { encoding: 'utf8' });
    expect(answer.split('\n')).toEqual(['words', '--take-over:Take over fields that this manager owns', '--take-platform:Take over a platform of the same name that comes from another source', '']);
  });
});
