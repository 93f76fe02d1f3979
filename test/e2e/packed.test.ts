import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, noEngine, root, type Home } from './mostik.js';

const run = promisify(execFile);

describe.skipIf(noEngine)('the packed npm package in an empty folder', () => {
  let home: Home;
  let folder: string;
  let packed: string;
  beforeAll(async () => {
    home = makeHome();
    packed = mkdtempSync(join(tmpdir(), 'mostik-pack-'));
    await run('npm', ['pack', '--pack-destination', packed], { cwd: root, maxBuffer: 16 * 1024 * 1024 });
    folder = join(home.folder, 'empty');
    mkdirSync(folder);
    await run('npm', ['init', '-y'], { cwd: folder });
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(packed, readdirSync(packed)[0]!)], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
  }, 600_000);
  afterAll(async () => {
    await installed('cluster', 'delete', 'microservices', '--yes');
    await home.remove();
    rmSync(packed, { recursive: true, force: true });
  });

  const installed = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
    try {
      const { stdout, stderr } = await run(join(folder, 'node_modules', '.bin', 'mostik'), args, { cwd: join(folder), env: home.env, maxBuffer: 16 * 1024 * 1024 });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  };

  it('makes a platform, renders it and brings it up', async () => {
    expect(await installed('init', 'shop', '--from', 'microservices')).toMatchObject({ code: 0 });
    const rendered = await installed('render', 'shop', '-o', 'json');
    expect(rendered.code, rendered.stderr).toBe(0);
    expect((JSON.parse(rendered.stdout) as { items: unknown[] }).items.length).toBeGreaterThan(10);
    const { code, stdout, stderr } = await installed('up', 'shop');
    expect(code, stdout + stderr).toBe(0);
  }, 600_000);
});
