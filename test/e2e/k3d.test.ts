import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { k3dSchema } from '../../src/cluster/k3d/schema.js';
import { makeHome, noEngine, root, type Ended, type Home } from './mostik.js';

/** The k3d of these tests is a stand-in (test/k3d/stand-in): it checks what it is told and makes no cluster. */
const standIn = join(root, 'test', 'k3d', 'stand-in');

const nodeEngine = join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-node');
const noBuilds = !existsSync(nodeEngine) ? ' (skipped: MOSTIK_ENGINE_DIR has no mostik-node)' : spawnSync('buildah', ['--version']).status !== 0 ? ' (skipped: buildah is not installed)' : '';

const platform = `
apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: ml }
spec:
  cluster:
    provider: k3d
    name: ml-cluster
    registry: { name: k3d-ml-registry, port: 5050 }
    k3d:
      servers: 2
      agents: 2
      ports: [{ port: "8081:80", nodeFilters: [loadbalancer] }]
      volumes: [{ volume: "./models:/models", nodeFilters: ["agent:*"] }]
      disable: [traefik]
  components:
    settings: { manifests: [settings.yaml] }
`;
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { answer: "42" }\n';

describe('clusters of k3d', () => {
  let home: Home;
  let folder: string;
  let dir: string;
  beforeEach(() => {
    home = makeHome();
    folder = mkdtempSync(join(tmpdir(), 'mostik-k3d-'));
    writeFileSync(join(folder, 'schema.json'), JSON.stringify(k3dSchema));
    writeFileSync(join(folder, 'kubeconfig'), 'apiVersion: v1\nkind: Config\n');
    dir = home.write('ml', { 'platform.yaml': platform, 'settings.yaml': settings });
  });
  afterEach(async () => {
    await home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const mostik = (...args: string[]): Promise<Ended> => home.mostik(args, { env: { PATH: [standIn, process.env['PATH'] ?? ''].join(delimiter), MOSTIK_TEST_K3D: folder, MOSTIK_IMAGE_DIR: folder } });
  const calls = (): string[] => {
    const file = join(folder, 'calls.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    rmSync(file, { force: true });
    return lines.map((line) => (JSON.parse(line) as string[]).join(' '));
  };
  const state = (): string => join(home.folder, 'state', 'mostik', 'k3d', 'ml-cluster');

  test('are made, shown, stopped, started and deleted by commands of k3d, with a configuration that k3d takes', async () => {
    const made = await mostik('cluster', 'create', '--dir', dir, '-o', 'json');
    expect(made.code, made.stderr).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ version: 1, provider: 'k3d', name: 'ml-cluster', state: 'running', servers: { running: 2, count: 2 }, agents: { running: 2, count: 2 }, context: 'k3d-ml-cluster', registry: 'k3d-ml-registry:5050' });
    const list = 'cluster list --output json';
    expect(calls()).toEqual([list, `cluster create --config ${join(state(), 'k3d.yaml')}`, 'kubeconfig get ml-cluster', list]);
    expect(parse(readFileSync(join(state(), 'k3d.yaml'), 'utf8'))).toMatchObject({ servers: 2, agents: 2, volumes: [{ volume: `${join(dir, 'models')}:/models` }], registries: { create: { name: 'k3d-ml-registry', hostPort: '5050' } } });

    expect((await mostik('cluster', 'create', '--dir', dir)).code).toBe(0);
    expect(calls()).toEqual([list, 'kubeconfig get ml-cluster', list]);
    expect((await mostik('cluster', 'list')).stdout).toMatch(/^NAME +PROVIDER +STATE[^]*\nml-cluster +k3d +✓ running +4\s*$/);
    expect(calls()).toEqual([list]);
    expect((await mostik('__complete', 'bash', '--', 'cluster', 'stop', 'ml')).stdout).toContain('ml-cluster');
    expect(calls()).toEqual([]);

    expect((await mostik('cluster', 'stop', '--dir', dir)).stdout.trim()).toBe('k3d cluster ml-cluster stopped');
    expect(calls()).toEqual([list, 'cluster stop ml-cluster']);
    const status = await mostik('cluster', 'status', 'ml-cluster');
    expect(status.stdout).toMatch(/ml-cluster +stopped[^]*servers +0 of 2 run[^]*mostik cluster start ml-cluster/);
    calls();
    expect((await mostik('cluster', 'start', 'ml-cluster')).code).toBe(0);
    expect(calls()).toEqual([list, 'cluster start ml-cluster', 'kubeconfig get ml-cluster', list]);

    const kubeconfig = (await mostik('cluster', 'kubeconfig', '--dir', dir)).stdout.trim();
    expect(kubeconfig).toBe(join(state(), 'kubeconfig'));
    expect((await mostik('cluster', 'delete', 'ml-cluster')).stdout.trim()).toBe('k3d cluster ml-cluster deleted');
    expect(calls()).toEqual([list, 'cluster delete ml-cluster']);
    expect(existsSync(state())).toBe(false);
    const gone = await mostik('status', dir);
    expect(gone.code).toBe(4);
    expect(gone.stderr).toMatch(/k3d-cluster-missing[^]*mostik up/);
  });

  test('a dry run prints the configuration and every command, and runs none', async () => {
    const { code, stdout, stderr } = await mostik('up', dir, '--dry-run');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('kind: Simple');
    expect(stdout.trim().split('\n').slice(-4)).toEqual([
      'k3d cluster list --output json',
      `k3d cluster create --config ${join(state(), 'k3d.yaml')}   # where the cluster is not there`,
      'k3d cluster start ml-cluster   # where it is stopped',
      'k3d kubeconfig get ml-cluster',
    ]);
    const deleting = await mostik('cluster', 'delete', '--dir', dir, '--dry-run', '-o', 'json');
    expect(JSON.parse(deleting.stdout)).toEqual({ version: 1, cluster: 'ml-cluster', provider: 'k3d', commands: [{ program: 'k3d', args: ['cluster', 'list', '--output', 'json'] }, { program: 'k3d', args: ['cluster', 'delete', 'ml-cluster'], when: 'where the cluster is there' }] });
    for (const verb of ['create', 'start', 'stop']) expect((await mostik('cluster', verb, '--dir', dir, '--dry-run')).code).toBe(0);
    expect(calls()).toEqual([]);
    expect(existsSync(state())).toBe(false);
    const real = await mostik('up', dir, '--nodes', 'real');
    expect(real.code).toBe(3);
    expect(real.stderr).toContain('mostik up --nodes: expected an embedded cluster, got provider k3d');
    expect(calls()).toEqual([]);
    const embedded = await mostik('cluster', 'start', 'other', '--dry-run');
    expect(embedded.code).toBe(3);
    expect(embedded.stderr).toContain('provider: k3d');
  });

  test('without the program it is said how to get it, and what to use instead', async () => {
    const { code, stderr } = await home.mostik(['up', dir], { env: { PATH: join(root, 'docs') } });
    expect(code).toBe(4);
    expect(stderr).toMatch(/k3d-missing[^]*https:\/\/k3d\.io[^]*embedded/);
    expect(await home.mostik(['cluster', 'list'], { env: { PATH: join(root, 'docs') } })).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('no clusters') as string });
  });

  test('what k3d says when it fails is passed on, and nothing is left known', async () => {
    writeFileSync(join(folder, 'refuse'), '');
    const { code, stderr } = await mostik('cluster', 'create', '--dir', dir);
    expect(code).toBe(4);
    expect(stderr).toMatch(/k3d-failed[^]*Cannot connect to the Docker daemon/);
    expect(existsSync(state())).toBe(false);
  });

  test('a k3d that cannot list its clusters hides no others', async () => {
    writeFileSync(join(folder, 'no-docker'), '');
    const { code, stdout, stderr } = await mostik('cluster', 'list');
    expect(code).toBe(0);
    expect(stdout).toContain('no clusters');
    expect(stderr).toMatch(/warning\[k3d-failed\][^]*Cannot connect to the Docker daemon/);
    rmSync(join(folder, 'no-docker'));
  });

  test('a cluster that somebody else made is left alone, a changed declaration is said', async () => {
    writeFileSync(join(folder, 'clusters.json'), JSON.stringify({ 'ml-cluster': { servers: 1, agents: 0, running: true } }));
    for (const command of [['create', '--dir', dir], ['delete', '--dir', dir, '--yes']]) {
      const { code, stderr } = await mostik('cluster', ...command);
      expect(code).toBe(6);
      expect(stderr).toContain('k3d-cluster-foreign');
    }
    expect(calls()).not.toContain('cluster delete ml-cluster');
    const listed = await mostik('cluster', 'list', '-o', 'json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ version: 1, clusters: [{ provider: 'k3d', name: 'ml-cluster', state: 'running', servers: { count: 1 }, foreign: true, simulated: false }] });
    rmSync(join(folder, 'clusters.json'));
    expect((await mostik('cluster', 'create', '--dir', dir)).code).toBe(0);
    home.write('ml', { 'platform.yaml': platform.replace('agents: 2', 'agents: 3') });
    const changed = await mostik('cluster', 'create', '--dir', dir);
    expect(changed.code).toBe(0);
    expect(changed.stderr).toContain('k3d-configuration-differs');
  });

  test('mistakes in the declaration are said with their place', async () => {
    home.write('ml', { 'platform.yaml': platform.replace('"agent:*"', '"agent:2"').replace('"8081:80"', '8081') });
    const { code, stdout } = await mostik('check', dir);
    expect(code, stdout).toBe(3);
    expect(stdout).toMatch(/spec\.cluster\.k3d\.ports\[0\]\.port[^]*platform\.yaml:13:23/);
    home.write('ml', { 'platform.yaml': platform.replace('"agent:*"', '"agent:2"') });
    expect((await mostik('check', dir)).stdout).toMatch(/agent:2[^]*platform\.yaml:14:61[^]*agent:0 to agent:1/);
  });

  test.skipIf(noEngine !== undefined)(`up makes the cluster and applies the platform to what its kubeconfig names${noEngine === undefined ? '' : ` (skipped: ${noEngine})`}`, async () => {
    // A real API server stands where k3d's would.
    const made = await home.mostik(['cluster', 'create', 'behind']);
    expect(made.code, made.stderr).toBe(0);
    const kubeconfig = readFileSync(join(home.folder, 'state', 'mostik', 'clusters', 'behind', 'kubeconfig'), 'utf8');
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig.replaceAll('mostik-behind', 'k3d-ml-cluster'));
    // An archive of an image that the platform names is for real nodes of our own: k3d does not tell what it has.
    const job = '---\napiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly }\nspec: { schedule: "0 3 * * *", suspend: true, jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: work, image: "kept:1" }] } } } } }\n';
    home.write('ml', { 'settings.yaml': settings + job });
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ RepoTags: ['kept:1'] }]));
    expect(spawnSync('tar', ['-C', folder, '-cf', join(folder, 'kept.tar'), 'manifest.json']).status).toBe(0);
    const up = await mostik('up', dir);
    expect(up.code, up.stderr).toBe(0);
    expect(up.stdout).toContain('ml-cluster');
    expect(up.stdout).not.toContain('simulated');
    expect((await mostik('kubectl', '--dir', dir, '--', 'get', 'configmap', 'settings', '-o', 'jsonpath={.data.answer}')).stdout).toBe('42');
    const again = await mostik('plan', dir, '--exit-code');
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect((await mostik('destroy', dir, '--yes')).code).toBe(0);
    expect((await mostik('image', 'list', '--cluster', 'behind')).stderr).toMatch(/image-no-real-node[^]*behind/);
  });

  test.skipIf(noBuilds !== '')(`images are pushed to the port that k3d publishes, and listed by the registry's name${noBuilds}`, async () => {
    // The registry is the one of a real node; k3d would run the same program in a container.
    const port = await freePort();
    writeFileSync(join(folder, 'registry.json'), JSON.stringify({ version: '0.1', log: { level: 'warn' }, storage: { filesystem: { rootdirectory: join(folder, 'images') } }, http: { secret: 'of this test' } }));
    writeFileSync(join(folder, 'storage.conf'), `[storage]\ndriver = "vfs"\ngraphroot = ${JSON.stringify(join(folder, 'graph'))}\nrunroot = ${JSON.stringify(join(folder, 'run'))}\n`);
    const name = `k3d-ml-registry:${port}/team/page:1`;
    home.write('ml', {
      'platform.yaml': platform.replace('5050', String(port)).replace('  components:\n', `  components:\n    page: { workload: { image: "${name}" }, build: { image: "${name}", context: image } }\n`),
      'image/Dockerfile': 'FROM scratch\nCOPY index.html /\n',
      'image/index.html': 'text\n',
    });
    const registry = spawn(nodeEngine, ['registry', join(folder, 'registry.json'), `127.0.0.1:${port}`], { stdio: 'ignore' });
    try {
      await expect.poll(() => fetch(`http://127.0.0.1:${port}/v2/`).then(({ ok }) => ok, () => false), { timeout: 60_000 }).toBe(true);
      const env = { PATH: [standIn, process.env['PATH'] ?? ''].join(delimiter), MOSTIK_TEST_K3D: folder, CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf') };
      const pushed = await home.mostik(['image', 'push', '--dir', dir, '--with', 'buildah'], { env });
      expect(pushed.code, pushed.stderr).toBe(0);
      expect(pushed.stdout.trim()).toBe(`${name} pushed`);
      const list = JSON.parse((await mostik('image', 'list', '--dir', dir, '-o', 'json')).stdout) as unknown;
      expect(list).toMatchObject({ cluster: 'ml-cluster', images: [], registry: { name: `k3d-ml-registry:${port}`, images: [{ repository: 'team/page', tag: '1' }] } });
    } finally {
      const ended = new Promise((resolve) => { registry.once('exit', resolve); });
      registry.kill();
      await ended;
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
