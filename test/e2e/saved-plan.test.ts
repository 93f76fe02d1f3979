import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

const platform = (image: string): string => `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: saved }
spec:
  components:
    web: { workload: { image: "${image}", port: 80, replicas: 2 } }
`;

describe.skipIf(noEngine)('a saved plan', () => {
  let home: Home;
  let dir: string;
  const file = (): string => join(home.folder, 'plan.json');
  beforeAll(async () => {
    home = makeHome();
    dir = home.write('saved', { 'platform.yaml': platform('nginx:1.27') });
    const { code, stderr } = await home.mostik(['up', dir]);
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => { await home.remove(); });

  const plan = async (image: string): Promise<void> => {
    writeFileSync(join(dir, 'platform.yaml'), platform(image));
    const { code, stderr } = await home.mostik(['plan', dir, '--out', file()]);
    expect(code, stderr).toBe(0);
  };
  const kubectl = (...args: string[]): ReturnType<Home['mostik']> => home.mostik(['kubectl', '--dir', dir, '--', ...args]);

  it('is applied when nothing moved but pods', async () => {
    await plan('nginx:1.28');
    expect((await kubectl('delete', 'pods', '--all', '-n', 'default', '--wait=false')).code).toBe(0);
    expect((await kubectl('rollout', 'status', 'deployment/web', '-n', 'default', '--timeout=120s')).code).toBe(0);
    const { code, stderr } = await home.mostik(['apply', file(), '--yes']);
    expect(code, stderr).toBe(0);
  });

  it('is refused after somebody changed a live field that we own', async () => {
    await plan('nginx:1.29');
    expect((await kubectl('patch', 'deployment/web', '-n', 'default', '--type=merge', '-p', '{"spec":{"replicas":5}}')).code).toBe(0);
    const { code, stderr } = await home.mostik(['apply', file(), '--yes']);
    expect(code).toBe(6);
    expect(stderr).toMatch(/plan is out of date: Deployment\/default\/web/);
    expect((await kubectl('get', 'deployment/web', '-n', 'default', '-o', 'jsonpath={.spec.template.spec.containers[0].image}')).stdout).toBe('nginx:1.28');
    expect((await home.mostik(['apply', dir, '--yes', '--take-over', 'kubectl-patch'])).code).toBe(0);
  });

  it('is refused after the platform file changed', async () => {
    await plan('nginx:1.30');
    writeFileSync(join(dir, 'platform.yaml'), platform('nginx:1.31'));
    const { code, stderr } = await home.mostik(['apply', file(), '--yes']);
    expect(code).toBe(6);
    expect(stderr).toMatch(/platform.yaml has changed/);
  });

  it('says what it needs without a terminal and without --yes, and what a broken file is', async () => {
    expect(await home.mostik(['apply', dir])).toMatchObject({ code: 3, stderr: expect.stringContaining('--yes') });
    writeFileSync(file(), '{"version": 9}');
    expect(await home.mostik(['apply', file(), '--yes'])).toMatchObject({ code: 3, stderr: expect.stringContaining('not a plan of this version') });
  });
});
