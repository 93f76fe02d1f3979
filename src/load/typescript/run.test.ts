import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runBundle } from './run.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mostik-run-'));
  // Other tests run platforms in code at the same time: what they have in the common folder for a while is not ours.
  vi.stubEnv('TMPDIR', cwd);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cwd, { recursive: true, force: true });
});

const tell = (expression: string) => `import { writeSync } from 'node:fs'; writeSync(3, JSON.stringify({ kind: 'data', places: [], data: ${expression} }));`;
const run = (code: string, timeoutSeconds = 25) => runBundle(code, { cwd, timeoutSeconds });
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('mostik-platform-'));

test('the environment is empty, and what is printed disturbs nothing', async () => {
  process.env['MOSTIK_TEST_SECRET'] = 'x';
  expect(await run(`console.log('{'); console.error('}'); ${tell('Object.keys(process.env)')}`)).toEqual({ kind: 'data', places: [], data: [] });
  delete process.env['MOSTIK_TEST_SECRET'];
});

test('a large result arrives whole', async () => {
  const result = await run(tell(`'x'.repeat(3_000_000)`).replace('writeSync(3,', 'const all = Buffer.from(').replace(/\);$/, `); for (let at = 0; at < all.length; ) { try { at += writeSync(3, all, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; } }`));
  expect(result).toMatchObject({ kind: 'data' });
  expect(result.kind === 'data' && (result.data as string).length).toBe(3_000_000);
});

test('files are not written, and processes not started', async () => {
  const target = join(cwd, 'written');
  expect((await run(`import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(target)}, 'x');`)).kind).toBe('ended');
  expect((await run(`import { execFileSync } from 'node:child_process'; execFileSync('touch', [${JSON.stringify(target)}]);`)).kind).toBe('ended');
  expect(existsSync(target)).toBe(false);
});

test('what does not come to an end is ended', async () => {
  expect(await run('for (;;) {}', 1)).toEqual({ kind: 'timeout' });
  expect(await run('setInterval(() => {}, 1000); await new Promise(() => {});', 1)).toEqual({ kind: 'timeout' });
});

test('an end without a result is told as such', async () => {
  expect(await run('process.exit(7);')).toEqual({ kind: 'ended', code: 'exit code 7' });
});

test('an interrupt ends it at once and leaves no file behind', async () => {
  const before = leftovers();
  const controller = new AbortController();
  const running = runBundle('for (;;) {}', { cwd, timeoutSeconds: 30, signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  await expect(running).rejects.toThrow();
  expect(leftovers()).toEqual(before);
});
