import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A checkout with Mostik's own bin/ and tools/, the dependencies of this one, and a command that prints its arguments. */
function makeCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mostik-checkout-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['bin', 'tools', 'package.json', 'package-lock.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeCommand(folder, "console.log('arguments:', process.argv.slice(2).join(' '));");
  return folder;
}

function writeCommand(checkout: string, code: string): void {
  mkdirSync(join(checkout, 'src', 'cli'), { recursive: true });
  writeFileSync(join(checkout, 'src', 'cli', 'main.ts'), code);
}

function run(file: string, args: string[], options: { cwd?: string; node?: string[] } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...(options.node ?? []), file, ...args], { cwd: options.cwd ?? tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (data: Buffer) => (ended.stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (ended.stderr += data.toString()));
    child.once('close', (code) => resolve({ ...ended, code }));
  });
}

test('a fresh checkout builds itself and runs, and stdout holds the command\'s words alone', async () => {
  const checkout = makeCheckout();
  const first = await run(join(checkout, 'bin', 'mostik'), ['a', 'b']);
  expect(first).toEqual({ code: 0, stdout: 'arguments: a b\n', stderr: '' });
});

test('several processes that start in a fresh checkout at once all run', async () => {
  const checkout = makeCheckout();
  const all = await Promise.all(['1', '2', '3', '4'].map((arg) => run(join(checkout, 'bin', 'mostik'), [arg])));
  expect(all.map(({ code, stdout }) => `${code} ${stdout.trim()}`)).toEqual(['1', '2', '3', '4'].map((arg) => `0 arguments: ${arg}`));
  expect(readdirSync(join(checkout, '.mostik'))).toEqual(['installed']);
});

test('a changed source is built before it runs', async () => {
  const checkout = makeCheckout();
  await run(join(checkout, 'bin', 'mostik'), []);
  writeCommand(checkout, "console.log('changed, and longer than before');");
  expect(await run(join(checkout, 'bin', 'mostik'), [])).toEqual({ code: 0, stdout: 'changed, and longer than before\n', stderr: '' });
});

test('a source that does not build is shown, and the build before it stays', async () => {
  const checkout = makeCheckout();
  await run(join(checkout, 'bin', 'mostik'), []);
  writeCommand(checkout, 'const = 1;');
  const broken = await run(join(checkout, 'bin', 'mostik'), []);
  expect(broken).toMatchObject({ code: 1, stdout: '' });
  expect(broken.stderr).toMatch(/^mostik: src\/ does not build\n[^]*src\/cli\/main\.ts:1:6/);
  expect(execFileSync(process.execPath, [join(checkout, 'dist', 'cli', 'main.js'), 'x'], { encoding: 'utf8' })).toBe('arguments: x\n');
});

test('it runs through a symbolic link and from any folder', async () => {
  const checkout = makeCheckout();
  const link = join(checkout, 'elsewhere');
  mkdirSync(link);
  symlinkSync(join(checkout, 'bin', 'mostik'), join(link, 'mostik'));
  expect(await run(join(link, 'mostik'), ['x'], { cwd: link })).toEqual({ code: 0, stdout: 'arguments: x\n', stderr: '' });
});

test('an installed package, which has no sources, runs what was packed', async () => {
  const checkout = makeCheckout();
  await run(join(checkout, 'bin', 'mostik'), []);
  for (const part of ['src', 'tools', 'node_modules']) rmSync(join(checkout, part), { recursive: true });
  expect(await run(join(checkout, 'bin', 'mostik'), ['x'])).toEqual({ code: 0, stdout: 'arguments: x\n', stderr: '' });
});

test('the version is told without building anything', async () => {
  const checkout = makeCheckout();
  const { stdout, code } = await run(join(checkout, 'bin', 'mostik'), ['--version']);
  expect({ stdout, code }).toEqual({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string, code: 0 });
  expect(readdirSync(checkout)).not.toContain('dist');
});

test('a Node that is too old is named, with what is needed', async () => {
  const checkout = makeCheckout();
  const pretend = join(checkout, 'pretend.cjs');
  writeFileSync(pretend, "Object.defineProperty(process.versions, 'node', { value: '20.18.3' });");
  const { code, stdout, stderr } = await run(join(checkout, 'bin', 'mostik'), ['up'], { node: ['--require', pretend] });
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^mostik: needs Node 20\.19 or newer, this is 20\.18\.3 \(.*\)\. Get one from https:\/\/nodejs\.org\n$/);
});
