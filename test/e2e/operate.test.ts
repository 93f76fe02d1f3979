import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHome, noEngine, type Home } from './mostik.js';

const platform = `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: shop }
spec:
  cluster: { name: operate, nodes: [{ name: worker, count: 2, cpu: 4, memory: 8Gi }] }
  secrets:
    db: { generate: { length: 24 } }
  components:
    db: { workload: { image: "postgres:15", port: 5432, env: { POSTGRES_PASSWORD: { secret: db } } } }
    # what others call
    api:
      workload:
        image: 'nginx:1.27'   # pinned
        replicas: 2
        port: 80
        env: { DB: { secret: db } }
      uses: [db]
    web:
      workload: { image: nginx:1.27, port: 80 }
      uses: [api]
      expose: { host: shop.example.org }
    scaled: { manifests: [scaled.yaml] }
    nightly: { manifests: [nightly.yaml] }
    agent: { manifests: [agent.yaml] }
`;
const scaled = `apiVersion: apps/v1
kind: Deployment
metadata: { name: scaled }
spec:
  replicas: 3
  selector: { matchLabels: { app: scaled } }
  template:
    metadata: { labels: { app: scaled } }
    spec: { containers: [{ name: scaled, image: "nginx:1.27", resources: { requests: { cpu: 100m } } }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: scaled }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: scaled }
  minReplicas: 3
  maxReplicas: 5
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }]
`;
const nightly = `apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec:
  schedule: "0 3 * * *"
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: job, image: "busybox:1" }] } } } }
`;
const agent = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: "nginx:1.27" }] }
`;

describe.skipIf(noEngine)(`daily work on a running platform${noEngine ? ` (skipped: ${noEngine})` : ''}`, () => {
  let home: Home;
  let dir: string;
  let password: string;
  beforeAll(async () => {
    home = makeHome();
    dir = home.write('shop', { 'platform.yaml': platform, 'scaled.yaml': scaled, 'nightly.yaml': nightly, 'agent.yaml': agent });
    const { code, stderr } = await home.mostik(['up', dir]);
    expect(code, stderr).toBe(0);
    password = /DB=(\S+)/.exec(readFileSync(join(dir, '.env'), 'utf8'))?.[1] ?? '';
    expect(password).toHaveLength(24);
  });
  afterAll(async () => { await home.remove(); });

  const run = async (args: string[], code = 0): Promise<string> => {
    const ended = await home.mostik([...args, '--dir', dir]);
    expect(ended.code, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toBe(code);
    return ended.stdout + ended.stderr;
  };
  const json = async <T>(args: string[], code = 0): Promise<T> => {
    const ended = await home.mostik(args[0] === 'status' || args[0] === 'plan' ? [args[0], dir, ...args.slice(1), '-o', 'json'] : [...args, '--dir', dir, '-o', 'json']);
    expect(ended.code, ended.stderr).toBe(code);
    return JSON.parse(ended.stdout) as T;
  };
  const kubectl = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await home.mostik(['kubectl', '--cluster', 'operate', '--', ...args]);
    expect(code, stderr).toBe(0);
    return stdout.trim();
  };
  const field = (object: string, path: string): Promise<string> => kubectl('get', object, '-o', `jsonpath={${path}}`);
  const changesOfPlan = async (): Promise<string[]> => (await json<{ changes: { action: string; ref: { name: string } }[] }>(['plan'])).changes.filter(({ action }) => action !== 'unchanged').map(({ action, ref }) => `${action} ${ref.name}`);

  it('status shows pods, addresses, Services and autoscalers', async () => {
    const status = await json<{ version: number; details: { pods: { component: string; ready: number }[]; urls: { url: string }[]; services: { component: string; ports: string[] }[]; autoscalers: { min: number; max: number }[] } }>(['status']);
    expect(status.version).toBe(1);
    expect(status.details.pods.filter(({ component }) => component === 'api').map(({ ready }) => ready)).toEqual([1, 1]);
    expect(status.details.urls.map(({ url }) => url)).toEqual(['http://shop.example.org']);
    expect(status.details.services.find(({ component }) => component === 'web')?.ports).toEqual(['80 to http']);
    expect(status.details.autoscalers).toMatchObject([{ min: 3, max: 5 }]);
    const one = await home.mostik(['status', dir, 'web']);
    expect(one.stdout).toContain('http://shop.example.org');
    expect(one.stdout).not.toContain('nightly');
    expect((await home.mostik(['status', dir, 'wbe'])).stderr).toContain('error[component-not-live]');
  });

  it('restart rolls the pods, and no plan sees it', async () => {
    const before = await kubectl('get', 'pods', '-l', 'app.kubernetes.io/name=api', '-o', 'name');
    expect(await run(['restart', 'api'])).toContain('1 component restarted');
    const after = await kubectl('get', 'pods', '-l', 'app.kubernetes.io/name=api', '--field-selector', 'status.phase=Running', '-o', 'name');
    expect(after).not.toBe(before);
    expect(await changesOfPlan()).toEqual([]);
    expect(await run(['restart', 'nightly'], 1)).toContain('error[nothing-to-stop]: component nightly: there is nothing in it to restart');
  });

  it('what is stopped stays stopped over an apply, says who did it, and comes back to what it was', async () => {
    expect(await kubectl('get', 'ds/agent', '-o', 'jsonpath={.status.numberReady}')).toBe('2');
    expect(await run(['stop', 'api', 'scaled', 'nightly', 'agent'])).toContain('4 components stopped');
    expect(await kubectl('get', 'pods', '-l', 'app=agent', '-o', 'name')).toBe('');
    expect(await Promise.all([field('deploy/api', '.spec.replicas'), field('deploy/scaled', '.spec.replicas'), field('cronjob/nightly', '.spec.suspend')])).toEqual(['0', '0', 'true']);
    expect(await run(['stop', 'api'])).toContain('api was stopped already');
    expect(await changesOfPlan()).toEqual([]);
    const plan = await home.mostik(['plan', dir]);
    expect(plan.stdout + plan.stderr).toMatch(/component api: \S+@\S+ stopped it \d{4}-\S+; it stays stopped/);
    const status = await home.mostik(['status', dir]);
    expect(status.stdout).toMatch(/api +■ stopped +by \S+@\S+ since/);
    expect(status.stdout).toContain('2 of 6 components healthy, 4 stopped');
    // A change reaches the stopped component, and starts none of its pods.
    expect(await run(['set', 'value', 'api', 'env.MODE=slow', '--apply', '--yes'])).toContain('1 updated');
    expect(await field('deploy/api', '.spec.replicas')).toBe('0');
    expect(await field('deploy/api', '.spec.template.spec.containers[0].env[*].name')).toContain('MODE');
    expect(await run(['start'])).toContain('4 components started');
    expect(await kubectl('get', 'ds/agent', '-o', 'jsonpath={.status.numberReady}')).toBe('2');
    expect(await Promise.all([field('deploy/api', '.spec.replicas'), field('deploy/scaled', '.spec.replicas'), field('cronjob/nightly', '.spec.suspend')])).toEqual(['2', '3', 'false']);
    expect(await field('deploy/api', '.metadata.annotations.mostik\\.dev/stopped')).toBe('');
    expect(await changesOfPlan()).toEqual([]);
    // The fields are Mostik's again: nothing of the stop is left that a later change would conflict with.
    expect(await kubectl('get', 'deploy/api', '-o', 'yaml', '--show-managed-fields')).not.toContain('mostik-stop');
  });

  it('apply --start starts what was stopped', async () => {
    await run(['stop', 'api', 'scaled']);
    const { code, stdout, stderr } = await home.mostik(['apply', dir, '--yes', '--start']);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('2 updated');
    expect(stderr).toMatch(/starts again: \S+ stopped it/);
    expect(await Promise.all([field('deploy/api', '.spec.replicas'), field('deploy/scaled', '.spec.replicas')])).toEqual(['2', '3']);
    expect(await changesOfPlan()).toEqual([]);
  });

  it('a component that was stopped is the cause of nothing that is ready; a pod without room is one', async () => {
    expect((await home.mostik(['status', dir, '--why'])).stdout).toContain('every component is ready');
    await run(['set', 'value', 'db', 'resources.requests.cpu=3']);
    await kubectl('cordon', 'worker-1');
    await kubectl('cordon', 'worker-2');
    const { code } = await home.mostik(['apply', dir, '--yes', '--timeout', '2s']);
    expect(code).toBe(5);
    const why = async (): Promise<string[]> => (await json<{ why: { component: string; root: string; chain: { text: string }[] }[] }>(['status', '--why'])).why.map(({ component, root, chain }) => `${component} ${root}: ${chain.at(-1)?.text}`);
    // The scheduler says its word in its own time.
    await expect.poll(why, { timeout: 60_000 }).toEqual([expect.stringMatching(/^db db: .*were unschedulable/)]);
    await kubectl('uncordon', 'worker-1');
    await kubectl('uncordon', 'worker-2');
    expect((await home.mostik(['apply', dir, '--yes'])).code).toBe(0);
  });

  it('scale writes the number into the file and applies it; beside an autoscaler it refuses', async () => {
    const before = readFileSync(join(dir, 'platform.yaml'), 'utf8');
    expect(await run(['scale', 'api', '3', '--yes'])).toContain('1 updated');
    expect(await field('deploy/api', '.spec.replicas')).toBe('3');
    expect(readFileSync(join(dir, 'platform.yaml'), 'utf8')).toBe(before.replace('replicas: 2', 'replicas: 3'));
    const refused = await run(['scale', 'scaled', '9'], 6);
    expect(refused).toContain('HorizontalPodAutoscaler/default/scaled decides how many replicas Deployment/default/scaled has');
    expect(await run(['scale', 'api', 'many'], 3)).toContain('a whole number of replicas');
  });

  it('set image changes one word of the file; what fails check is not written', async () => {
    const file = join(dir, 'platform.yaml');
    const before = readFileSync(file, 'utf8');
    const shown = await run(['set', 'image', 'api', 'nginx:1.28']);
    expect(shown).toContain("+         image: 'nginx:1.28'   # pinned");
    expect(shown).toContain('nginx:1.27 -> nginx:1.28');
    expect(readFileSync(file, 'utf8')).toBe(before.replace("'nginx:1.27'   # pinned", "'nginx:1.28'   # pinned"));
    const manifest = readFileSync(join(dir, 'scaled.yaml'), 'utf8');
    await run(['set', 'image', 'scaled', 'nginx:1.28']);
    expect(readFileSync(join(dir, 'scaled.yaml'), 'utf8')).toBe(manifest.replace('"nginx:1.27"', '"nginx:1.28"'));
    const after = readFileSync(file, 'utf8');
    expect(await run(['set', 'value', 'api', 'prot=90'], 3)).toContain('edit-fails-check');
    expect(await run(['set', 'value', 'api', 'env.DB=plain'], 3)).toContain('it is filled with secret db');
    expect(readFileSync(file, 'utf8')).toBe(after);
  });

  it('events are told by component and folded; open prints the address; top says that figures are simulated', async () => {
    const { events } = await json<{ events: { component: string; object: string; last: string }[] }>(['events', 'api']);
    expect(new Set(events.map(({ component }) => component))).toEqual(new Set(['api']));
    expect(events.some(({ object }) => object.startsWith('ReplicaSet/default/api-'))).toBe(true);
    expect(events.map(({ last }) => Date.parse(last))).toEqual(events.map(({ last }) => Date.parse(last)).sort((a, b) => a - b));
    expect(await run(['open', 'web', '--print'])).toBe('http://shop.example.org\n');
    expect(await run(['open', 'db', '--print'], 1)).toContain('error[nothing-to-open]: component db: it has no address outside the cluster');
    expect(await run(['top', 'api'])).toContain('simulated');
    expect(await run(['test'], 1)).toContain('error[tests-missing]: platform shop: there are no tests');
  });

  it('open starts the named program with the address as its only argument', async () => {
    const program = join(home.folder, 'browser');
    const seen = join(home.folder, 'opened');
    writeFileSync(program, `#!/bin/sh\necho "$#:$1" > ${seen}\n`, { mode: 0o755 });
    expect((await home.mostik(['open', 'web', '--dir', dir], { env: { BROWSER: program } })).code).toBe(0);
    await expect.poll(() => (existsSync(seen) ? readFileSync(seen, 'utf8') : '')).toBe('1:http://shop.example.org/\n');
    const none = await home.mostik(['open', 'web', '--dir', dir], { env: { BROWSER: 'no-such-browser' } });
    expect(none.code).toBe(0);
    expect(none.stderr).toContain('warning[browser-missing]: no browser could be opened');
  });

  it('a dump has what helps, and no secret of the platform in any form', async () => {
    await kubectl('create', 'secret', 'generic', 'foreign', '--from-literal=token=a-foreign-token-of-somebody');
    await kubectl('annotate', 'deploy/api', `note=look ${password} and ${Buffer.from(`user:${password}`).toString('base64')} and a-foreign-token-of-somebody`);
    const out = join(home.folder, 'bundle.tar.gz');
    const listed = await run(['dump', '--out', out]);
    expect(listed).toContain('objects/api/Deployment_default_api.yaml');
    mkdirSync(join(home.folder, 'bundle'));
    execFileSync('tar', ['-xzf', out, '-C', join(home.folder, 'bundle')]);
    const files = readdirSync(join(home.folder, 'bundle'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const text = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('\n');
    expect(files.length).toBeGreaterThan(20);
    const forms = [password, Buffer.from(password).toString('base64'), Buffer.from(`user:${password}`).toString('base64'), encodeURIComponent(password), 'a-foreign-token-of-somebody', readFileSync(join(dir, '.env'), 'utf8').match(/MOSTIK_SEED=(\S+)/)?.[1] ?? 'none'];
    for (const form of forms) expect(text).not.toContain(form);
    expect(text).toContain('note: look ***');
    for (const part of ['versions.json', 'plan.json', 'status.json', 'events.json', 'history.json', 'nodes.yaml', 'contents.txt']) expect(files.map(({ name }) => name)).toContain(part);
    expect(text).toMatch(/simulated: containers do not run/);
  });
});
