import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli, scratchFolder } from './test-cli.js';

const engines = process.env['MOSTIK_ENGINE_DIR'];
const skip = engines ? '' : ' (skipped: MOSTIK_ENGINE_DIR names no folder with mostik-render)';
const sample = fileURLToPath(new URL('../../test/samples/render/network-own', import.meta.url));
const scratch = scratchFolder();
const cacheBefore = process.env['XDG_CACHE_HOME'];
process.env['XDG_CACHE_HOME'] = join(scratch.path, 'cache');
afterAll(() => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  scratch.dispose();
});

describe.skipIf(!engines)(`mostik check network${skip}`, () => {
  test('says that a path is closed, by which policy, and exits 0 because nothing declares it', async () => {
    const { code, out } = await runCli(['check', 'network', sample, '--from', 'web', '--to', 'db']);
    expect(code).toBe(0);
    expect(out).toContain('Deployment/shop/web → Deployment/shop/db on 5432  ○ closed');
    expect(out).toContain('NetworkPolicy/shop/default-deny: allows nothing');
    expect(out).toContain('✓ 1 path as declared');
  });

  test('exits 1 where a path is open that nothing declares, and names the rule', async () => {
    const { code, out } = await runCli(['check', 'network', sample, '-p', 'too-wide', '--from', 'web', '--to', 'db']);
    expect(code).toBe(1);
    expect(out).toMatch(/NetworkPolicy\/shop\/within-the-namespace\n +✓ spec\.ingress\[0\] from all pods on all ports/);
    expect(out).toContain('✗ 1 of 1 path not as declared');
  });

  test('shows a matrix without ends, and as JSON', async () => {
    const { code, out } = await runCli(['check', 'network', sample]);
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe('from     to   1  2  3  4');
    expect(out).toContain('● ingress → web  8080');
    const json = JSON.parse((await runCli(['check', 'network', sample, '-o', 'json', '--to', 'api'])).out) as { version: number; paths: { from: string; state: string }[] };
    expect(json.version).toBe(1);
    expect(json.paths.filter(({ state }) => state === 'open').map(({ from }) => from)).toEqual(['web']);
  });

  test('refuses an end that it does not know with exit 3', async () => {
    const { code, err } = await runCli(['check', 'network', sample, '--from', 'webb', '--to', 'db']);
    expect([code, err]).toEqual([3, expect.stringContaining('did you mean web?')]);
  });

  test('leaves mostik check what it was: a folder of that name is ./network', async () => {
    expect((await runCli(['check', sample])).code).toBe(0);
    mkdirSync(join(scratch.path, 'network'));
    cpSync(sample, join(scratch.path, 'network'), { recursive: true });
    const { code, out } = await runCli(['check', `${scratch.path}/./network`, '-p', 'without-default-deny']);
    expect([code, out]).toEqual([1, expect.stringContaining('path-open')]);
  });
});
