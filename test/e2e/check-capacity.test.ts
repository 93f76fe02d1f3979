import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

const platform = `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: tight }
spec:
  namespace: shop
  cluster: { name: capacity-e2e, nodes: [{ name: worker, count: 2, cpu: 2, memory: 4Gi }] }
  components:
    web: { workload: { image: "nginx:1.27", port: 80, replicas: 2, resources: { requests: { cpu: 500m } } } }
`;

describe.skipIf(noEngine)(`mostik check capacity${noEngine === undefined ? '' : ` (${noEngine})`}`, () => {
  let home: Home;
  beforeAll(() => { home = makeHome(); });
  afterAll(async () => { await home.remove(); });

  it('shows what fits from files alone, and fails when pods surely wait', async () => {
    const dir = home.write('tight', { 'platform.yaml': platform });
    const fits = await home.mostik(['check', 'capacity', dir]);
    expect(fits.code, fits.stderr).toBe(0);
    expect(fits.stdout).toContain('tight on 2 declared nodes: 2 worker (2 CPU, 4Gi)');
    expect(fits.stdout).toMatch(/Deployment\/shop\/web +2 +0\.5 +- +✓ fits/);
    const large = await home.mostik(['check', 'capacity', dir, '--set', 'web.replicas=9', '-o', 'json']);
    expect(large.code).toBe(1);
    expect(JSON.parse(large.stdout)).toMatchObject({ version: 1, exitCode: 1, workloads: [{ object: 'Deployment/shop/web', verdict: 'pending', missing: { least: 1, most: 1 } }] });
    const checked = await home.mostik(['check', dir, '--set', 'web.replicas=9']);
    expect([checked.code, checked.stdout.includes('error[pods-will-not-fit]')]).toEqual([1, true]);
  });

  it('judges a live cluster: pods of the platform are replaced, those of others stay', async () => {
    const dir = home.write('live', { 'platform.yaml': platform });
    const up = await home.mostik(['up', dir]);
    expect(up.code, up.stdout + up.stderr).toBe(0);
    const kubectl = (...args: string[]) => home.mostik(['kubectl', '--cluster', 'capacity-e2e', '--', ...args]);
    expect((await home.mostik(['check', 'capacity', dir, '--live', '--set', 'web.replicas=8'])).code).toBe(0);
    expect((await kubectl('create', 'deployment', 'stranger', '--image=x')).code).toBe(0);
    expect((await kubectl('set', 'resources', 'deployment', 'stranger', '--requests=cpu=1')).code).toBe(0);
    expect((await kubectl('rollout', 'status', 'deployment', 'stranger', '--timeout=60s')).code).toBe(0);
    const crowded = await home.mostik(['check', 'capacity', dir, '--live', '--set', 'web.replicas=8']);
    expect(crowded.stdout).toContain('✗ 2 pending');
    expect(crowded.stdout).toContain('the 2 nodes of capacity-e2e');
    expect(crowded.stdout).toContain('▒ others');
    expect(crowded.code).toBe(1);
  });
});
