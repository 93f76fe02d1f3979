import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { imageArchive, pauseProgram } from './pause-image.js';

const folder = mkdtempSync(join(tmpdir(), 'mostik-pause-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the pause program runs, sleeps without using the processor, and ends when it is told to', async () => {
  const path = join(folder, 'pause');
  writeFileSync(path, pauseProgram('x64'), { mode: 0o755 });
  const child = spawn(path, { stdio: 'ignore' });
  await once(child, 'spawn');
  await sleep(200);
  expect(child.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

test('both forms of the program are executables for their processor', () => {
  for (const [arch, machine] of [['x64', 62], ['arm64', 183]] as const) {
    const program = pauseProgram(arch);
    expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(program.readUInt16LE(18)).toBe(machine);
    expect(program.length).toBe(Number(program.readBigUInt64LE(64 + 32)));
  }
});

test('an image is an archive that tar reads, the same each time', () => {
  const make = () => imageArchive('example.org/a:1', [{ path: 'etc', mode: 0o755 }, { path: 'etc/hello', mode: 0o644, content: Buffer.from('hello\n') }], ['/bin/true']);
  const path = join(folder, 'image.tar');
  writeFileSync(path, make());
  expect(make().equals(make())).toBe(true);
  const names = execFileSync('tar', ['-tf', path], { encoding: 'utf8' }).trim().split('\n');
  const layer = names.find((name) => name.endsWith('layer.tar'))!;
  expect(JSON.parse(execFileSync('tar', ['-xOf', path, 'manifest.json'], { encoding: 'utf8' }))).toEqual([{ Config: names[0], RepoTags: ['example.org/a:1'], Layers: [layer] }]);
  writeFileSync(join(folder, 'layer.tar'), execFileSync('tar', ['-xOf', path, layer]));
  expect(execFileSync('tar', ['-tvf', join(folder, 'layer.tar')], { encoding: 'utf8' })).toMatch(/^drwxr-xr-x .* etc\/\n-rw-r--r-- .* 6 .* etc\/hello\n$/);
});
