import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

describe.skipIf(noEngine)(`mostik explain${noEngine === undefined ? '' : ` (${noEngine})`}`, () => {
  let home: Home;
  let dir: string;
  const kubectl = (...args: string[]) => home.mostik(['kubectl', '--cluster', 'explain-e2e', '--', ...args]);
  beforeAll(async () => {
    home = makeHome();
    dir = home.write('shop', {
      'platform.yaml': `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: shop }
spec:
  namespace: shop
  cluster: { name: explain-e2e, nodes: [{ name: worker, count: 1 }] }
  secrets: { db: { generate: { length: 24 } } }
  components:
    web: { workload: { image: "nginx:1.27", port: 80, replicas: 2, env: { PASSWORD: { secret: db } } } }
`,
    });
    const { code, stdout, stderr } = await home.mostik(['up', dir]);
    expect(code, stdout + stderr).toBe(0);
  }, 600_000);
  afterAll(async () => { await home.remove(); });

  it('names the line from files, and the owner on the cluster when asked', async () => {
    const files = await home.mostik(['explain', 'deploy/web', 'spec.replicas', dir]);
    expect(files.code, files.stderr).toBe(0);
    expect(files.stdout).toMatch(/workload\.replicas +2 +platform file +\S*platform\.yaml:9:/);
    expect(files.stdout).not.toContain('On the cluster');
    const live = await home.mostik(['explain', 'Deployment/shop/web', 'spec.replicas', dir, '--live', '-o', 'json']);
    expect(JSON.parse(live.stdout)).toMatchObject({ version: 1, object: 'Deployment/shop/web', value: 2, live: { exists: true, value: 2, owners: [{ manager: 'mostik', operation: 'Apply' }] } });
  });

  it('tells what others set: another manager, a controller, a default of the API server', async () => {
    expect((await kubectl('scale', '-n', 'shop', 'deployment/web', '--replicas=3')).code).toBe(0);
    const scaled = await home.mostik(['explain', 'deploy/web', 'spec.replicas', dir, '--live']);
    expect(scaled.stdout).toMatch(/= 3 ▲ differs from what is rendered\n {2}owned by kubectl \(updated through scale/);
    const added = await home.mostik(['explain', 'deploy/web', 'spec.strategy.type', dir, '--live']);
    expect(added.stdout).toContain('The platform does not set this field.');
    expect(added.stdout).toMatch(/= RollingUpdate.*\n {2}owned by nobody: a default of the API server/);
    const status = await home.mostik(['explain', 'deploy/web', 'status.replicas', dir, '--live']);
    expect(status.stdout).toMatch(/owned by kube-controller-manager \(updated through status/);
  });

  it('never shows a secret, from files or live', async () => {
    const { stdout: raw } = await kubectl('get', 'secret', '-n', 'shop', 'web-env', '-o', 'jsonpath={.data.PASSWORD}');
    const real = Buffer.from(raw, 'base64').toString('utf8');
    expect(real).toHaveLength(24);
    for (const field of ['data.PASSWORD', 'data']) {
      const { code, stdout, stderr } = await home.mostik(['explain', 'secret/web-env', field, dir, '--live']);
      expect(code, stderr).toBe(0);
      expect(stdout).toContain('secret db');
      expect(stdout).toContain('*****');
      for (const form of [raw, real, encodeURIComponent(real)]) expect(stdout + stderr).not.toContain(form);
    }
  });

  it('ends with exit 3 for what is not there', async () => {
    const unknown = await home.mostik(['explain', 'deploy/wep', 'spec.replicas', dir]);
    expect([unknown.code, unknown.stdout]).toEqual([3, '']);
    expect(unknown.stderr).toContain('did you mean');
    expect((await home.mostik(['explain', 'deploy/web', 'spec.nowhere', dir, '--live'])).code).toBe(3);
  });
});
