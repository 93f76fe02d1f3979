import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

const platform = (name: string, components: string, more = ''): string => `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: ${name} }
spec:
  cluster: { name: failures, nodes: [{ name: worker, count: 2, cpu: 4, memory: 8Gi }] }
  components:
${components}${more}`;

describe.skipIf(noEngine)('what goes wrong', () => {
  let home: Home;
  beforeAll(async () => {
    home = makeHome();
    const { code, stderr } = await home.mostik(['cluster', 'create', 'failures']);
    expect(code, stderr).toBe(0);
  });
  afterAll(async () => { await home.remove(); });

  const objects = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await home.mostik(['kubectl', '--cluster', 'failures', '--', 'get', ...args, '-o', 'name']);
    return stdout.trim().split('\n').filter(Boolean).sort();
  };

  it('ends with exit 5 and the scheduler\'s reason; dependants are untouched, the independent are done', async () => {
    const dir = home.write('too-big', { 'platform.yaml': platform('too-big', `    big: { workload: { image: "nginx:1.27", port: 80, resources: { requests: { cpu: 64 } } } }
    child: { workload: { image: "nginx:1.27", port: 80 }, needs: [big] }
    other: { workload: { image: "nginx:1.27", port: 80 } }
`, '  checks: { severity: { pods-will-not-fit: warning } }\n') });
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '12s']);
    expect(code).toBe(5);
    expect(stdout + stderr).toMatch(/Insufficient cpu/);
    expect(await objects('deployments', '-n', 'default', '-l', 'mostik.dev/platform=too-big')).toEqual(['deployment.apps/big', 'deployment.apps/other']);
    const again = await home.mostik(['up', dir, '--timeout', '2s']);
    expect(again.code).toBe(5);
  });

  it('ends with exit 1 before anything is written when a pod is too large for the declared nodes', async () => {
    const dir = home.write('far-too-big', { 'platform.yaml': platform('far-too-big', '    big: { workload: { image: "nginx:1.27", port: 80, resources: { requests: { cpu: 64 } } } }\n') });
    const { code, stdout, stderr } = await home.mostik(['up', dir]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('Deployment/default/big: 1 of 1 pod will not run: 0/2 nodes are available: 2 Insufficient cpu');
    expect(await objects('deployments', '-n', 'default', '-l', 'mostik.dev/platform=far-too-big')).toEqual([]);
  });

  it('ends with exit 5 and the kubelet\'s reason when a pod is held by a slow stage', async () => {
    const dir = home.write('slow', { 'platform.yaml': platform('slow', `    held: { workload: { image: "nginx:1.27", port: 80, annotations: { mostik.dev/simulate-ready-after: 10m } } }
`) });
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '12s']);
    expect(code).toBe(5);
    expect(stdout + stderr).toMatch(/pod held-\S+ Pending: mostik.dev\/simulate-ready-after holds it for 10m/);
  });

  it('does not show a pod Ready that a kubelet could not start, and says why', async () => {
    const dir = home.write('missing', {
      'platform.yaml': platform('missing', '    app: { manifests: [app.yaml] }\n'),
      'app.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: missing-app }
spec:
  selector: { matchLabels: { app: missing } }
  template:
    metadata: { labels: { app: missing } }
    spec: { containers: [{ name: web, image: nginx, envFrom: [{ secretRef: { name: nowhere } }] }] }
`,
    });
    const { code, stdout, stderr } = await home.mostik(['up', dir, '--timeout', '12s']);
    expect(code).toBe(5);
    expect(stdout + stderr).toMatch(/nowhere/);
  });

  it('stops cleanly on Ctrl-C, with exit 130 and the lock given back', async () => {
    const dir = home.write('interrupted', { 'platform.yaml': platform('interrupted', '    app: { workload: { image: "nginx:1.27", annotations: { mostik.dev/simulate-ready-after: 10m } } }\n') });
    const child = home.start(['up', dir]);
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.stdout?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    await expect.poll(() => objects('deployments', '-n', 'default', '-l', 'mostik.dev/platform=interrupted'), { timeout: 60_000 }).not.toEqual([]);
    const closed = once(child, 'close') as Promise<[number | null]>;
    child.kill('SIGINT');
    const [code] = await closed;
    expect(code, output).toBe(130);
    expect(output).not.toMatch(/\n\s+at /);
    expect(await objects('leases', '-n', 'mostik-system')).toEqual([]);
  });

  it('survives SIGKILL at 20 random moments: the next apply finishes, nothing is orphaned, no lock is stuck', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `k${i}`);
    const manifests = (round: number): string => names
      .filter((_, i) => (i + round) % 3 !== 0)
      .map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { round: "${round}" }\n`)
      .join('---\n');
    let usual = 0;
    let interrupted = 0;
    for (let round = 0; round < 20; round++) {
      const files = { 'platform.yaml': platform('killed', '    a: { manifests: [all.yaml] }\n    b: { workload: { image: "nginx:1.27", replicas: 1 }, needs: [a] }\n'), 'all.yaml': manifests(round) };
      const dir = home.write('killed', files);
      const child = home.start(['apply', dir, '--yes']);
      const ended = once(child, 'exit');
      // From the start of a process to a little after its usual end: before, during and after its writes.
      await sleep(usual * (0.2 + Math.random()));
      if (child.exitCode === null) interrupted++;
      child.kill('SIGKILL');
      await ended;
      const started = performance.now();
      const { code, stdout, stderr } = await home.mostik(['apply', dir, '--yes']);
      // The shortest so far: where the machine is slow for a while, more of them are interrupted, not fewer.
      usual = round === 0 ? performance.now() - started : Math.min(usual, performance.now() - started);
      expect(code, `round ${round}\n${stdout}${stderr}`).toBe(0);
      const expected = names.filter((_, i) => (i + round) % 3 !== 0).map((name) => `configmap/${name}`).sort();
      expect(await objects('configmaps', '-n', 'default', '-l', 'mostik.dev/platform=killed')).toEqual(expected);
    }
    expect(interrupted).toBeGreaterThan(5);
    expect(await objects('leases', '-n', 'mostik-system')).toEqual([]);
  }, 1_200_000);
});
