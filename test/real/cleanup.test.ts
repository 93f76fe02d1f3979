import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPrograms } from '../../src/cluster/index.js';
import { makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

describe.skipIf(noRealNode !== undefined)(`what a real node leaves behind${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  const homes: RealHome[] = [];
  const ip = findPrograms().programs?.ip ?? 'ip';
  /** A pod network of somebody else, with an address that the cluster's pods may have too; each test expects it where it was. */
  const foreign = `cni-foreign-${process.pid}`;
  const foreignAddresses = (): string => execFileSync(ip, ['-n', foreign, '-4', '-o', 'address', 'show'], { encoding: 'utf8' });
  beforeAll(() => {
    // Also takes away what builders of the tests before have mounted, before anything is compared.
    testImages('busybox:1');
    execFileSync(ip, ['netns', 'add', foreign]);
    execFileSync(ip, ['-n', foreign, 'address', 'add', '10.126.0.2/16', 'dev', 'lo']);
  });
  afterAll(async () => {
    for (const home of homes) await home.remove();
    spawnSync(ip, ['netns', 'delete', foreign]);
  });

  /** A cluster with everything that leaves traces: pods, a volume, a claim, a LoadBalancer, a port of the node, a policy. */
  async function busyCluster(): Promise<RealHome> {
    const home = await makeRealHome('clean', testImages('busybox:1').archives);
    homes.push(home);
    await home.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await home.kubectl(['rollout', 'status', 'deployment/web', '--timeout=180s']);
    return home;
  }

  test('a deleted cluster leaves the machine as it was', async () => {
    const before = await atRest();
    const home = await busyCluster();
    expect(machine()).not.toEqual(before);
    // They are in the cluster's folder: what else of them is there after a crash tells nobody whose they are.
    expect(machine()['namespaces'], 'network namespaces among those of the machine').toEqual(before['namespaces']);
    const { code, stderr } = await home.mostik(['cluster', 'delete', 'clean']);
    expect(code, stderr).toBe(0);
    await settled(before, home);
    expect(foreignAddresses()).toContain('10.126.0.2/16');
  });

  test('so does one whose every process was killed', async () => {
    const before = await atRest();
    const home = await busyCluster();
    const { stdout } = await home.mostik(['cluster', 'status', 'clean', '-o', 'json']);
    const { processes } = JSON.parse(stdout) as { processes: { name: string; pid: number }[] };
    expect(processes.map(({ name }) => name)).toEqual(expect.arrayContaining(['supervisor', 'containerd', 'kubelet', 'kube-proxy', 'network-agent']));
    // The supervisor first: it would start the others again.
    for (const { pid } of [...processes.filter(({ name }) => name === 'supervisor'), ...processes.filter(({ name }) => name !== 'supervisor')]) process.kill(pid, 'SIGKILL');
    await sleep(500);
    const { code, stderr } = await home.mostik(['cluster', 'delete', 'clean']);
    expect(code, stderr).toBe(0);
    await settled(before, home);
    expect(foreignAddresses()).toContain('10.126.0.2/16');
  });

  test('a stopped cluster leaves its files alone, and no pod runs on', async () => {
    const before = await atRest();
    const home = await busyCluster();
    const { code, stderr } = await home.mostik(['cluster', 'stop', 'clean']);
    expect(code, stderr).toBe(0);
    await settled(before);
    expect(existsSync(join(home.folder, 'state', 'mostik', 'clusters', 'clean', 'cluster.json'))).toBe(true);
    await home.remove();
  });

  test('a second real node at the same time is refused, and the first one goes on', async () => {
    const home = await makeRealHome('one');
    homes.push(home);
    const other = await home.mostik(['cluster', 'create', 'two', '--real']);
    expect(other.code).toBe(4);
    expect(other.stderr).toMatch(/error\[real-node-taken\].*two.*one/s);
    expect((await home.mostik(['cluster', 'list', '-o', 'json'])).stdout).not.toContain('"two"');
    expect(await home.kubectl(['get', 'nodes', '-o', 'name'])).toBe('node/node');
    await home.remove();
  });
});

/** The machine once nothing moves: what the tests before left may still be going. */
async function atRest(): Promise<ReturnType<typeof machine>> {
  let before = machine();
  for (let seconds = 0; seconds < 60; seconds++) {
    await sleep(1000);
    const now = machine();
    if (JSON.stringify(now) === JSON.stringify(before)) break;
    before = now;
  }
  return before;
}

/** The kernel takes interfaces and cgroups away a moment after their last user. */
async function settled(before: ReturnType<typeof machine>, home?: RealHome): Promise<void> {
  for (let i = 0; i < 600 && JSON.stringify(machine()) !== JSON.stringify(before); i++) await sleep(100);
  expect(machine()).toEqual(before);
  // Control planes of others may come and go meanwhile.
  if (home) expect(readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).map(commandOf).filter((line) => line.includes(home.folder))).toEqual([]);
  if (home) expect(existsSync(join(home.folder, 'state', 'mostik', 'clusters', 'clean'))).toBe(false);
}

/** Everything on this machine that a node touches: processes of ours, mounts, interfaces, rules, addresses, routes, cgroups, files. */
function machine(): Record<string, string[]> {
  const { programs } = findPrograms();
  const lines = (program: string, args: string[]): string[] => execFileSync(program, args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);
  return {
    processes: readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).map(commandOf).filter((line) => /^(\S*\/)?(containerd\S*|mostik-node|pause|httpd|runc)( |$)|network-agent-main/.test(line)).sort(),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n').flatMap((line) => line.split(' ')[4] ?? []).sort(),
    interfaces: names('/sys/class/net'),
    addresses: lines(programs?.ip ?? 'ip', ['-o', '-4', 'address', 'show', 'dev', 'lo']).map((line) => line.split(/\s+/)[3] ?? ''),
    routes: lines(programs?.ip ?? 'ip', ['route', 'show', 'table', 'all']).sort(),
    tables: lines(programs?.nft ?? 'nft', ['list', 'tables']).sort(),
    namespaces: names('/run/netns'),
    shims: names('/run/containerd/s'),
    results: names('/var/lib/cni/results'),
    logs: [...names('/var/log/containers'), ...names('/var/log/pods')],
    cgroups: names('/sys/fs/cgroup').flatMap((one) => names(join('/sys/fs/cgroup', one)).filter((name) => /mostik|kubepods/.test(name)).map((name) => `${one}/${name}`)),
    forwarding: [readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim()],
  };
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ');
  } catch {
    return '';
  }
}

const labels = { app: 'web' };
const objects = [
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { runAsUser: 1234 },
          containers: [{ name: 'web', image: 'busybox:1', imagePullPolicy: 'Never', command: ['sh', '-c', 'echo written > /data/file && exec httpd -f -p 8080 -h /data'], ports: [{ containerPort: 8080, hostPort: 8123 }], volumeMounts: [{ name: 'data', mountPath: '/data' }, { name: 'tmp', mountPath: '/tmp' }], readinessProbe: { httpGet: { path: '/file', port: 8080 }, periodSeconds: 1 } }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }, { name: 'tmp', emptyDir: { medium: 'Memory' } }],
        },
      },
    },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'web' }, spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ingress: [{}] } },
];
