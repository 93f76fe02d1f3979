import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asList, asString, valueAt } from '../../src/lib/read-unknown.js';
import type { KubeObject } from '../../src/model/index.js';
import { createNetwork, podEndpoint, type Endpoint } from '../../src/network/index.js';
import { randomCluster } from '../network/random-policies.js';
import { reaches, type PolicySpec, type SlowEndpoint } from '../network/reference.js';
import { eventually, makeRealHome, noRealNode, testImages, type RealHome } from './real-node.js';

/** Enough seeds for 30 sets of at least one policy, and more. */
const seeds = Array.from({ length: 45 }, (_, i) => 5000 + i);
const namespaces = ['north', 'south', 'west'];
const ports = [8080, 9090];

/** Names of ports differ between pods, so that a named port means another number on each. */
const names: Record<'plain' | 'swapped' | 'none', (string | undefined)[]> = { plain: ['http', 'db'], swapped: ['db', 'metrics'], none: [undefined, undefined] };
const drafts: { namespace: string; name: string; labels: Record<string, string>; named: keyof typeof names }[] = [
  { namespace: 'north', name: 'n1', labels: { app: 'a' }, named: 'plain' },
  { namespace: 'north', name: 'n2', labels: { app: 'b', tier: 'a' }, named: 'swapped' },
  { namespace: 'south', name: 's1', labels: { app: 'a', team: 'b' }, named: 'swapped' },
  { namespace: 'south', name: 's2', labels: { tier: 'b' }, named: 'none' },
  { namespace: 'west', name: 'w1', labels: { app: 'c', team: 'a', tier: 'c' }, named: 'plain' },
  { namespace: 'west', name: 'w2', labels: {}, named: 'none' },
];

interface Pod extends SlowEndpoint {
  namespace: string;
  id: string;
  /** A shell in the pod that tries what is written to it, and its lines. */
  shell: ChildProcess;
  lines: AsyncIterableIterator<string>;
}

describe.skipIf(noRealNode !== undefined)(`policies on a real node${noRealNode ? ` (skipped: ${noRealNode})` : ''}`, () => {
  let home: RealHome;
  let pods: Pod[] = [];

  beforeAll(async () => {
    const { archives } = testImages('busybox:1');
    home = await makeRealHome('policies', archives);
    await apply(namespaces.map((name) => namespaceObject(name)));
    // A new namespace takes pods once it has its ServiceAccount.
    await eventually(async () => apply(drafts.map(podObject)));
    for (const namespace of namespaces) await home.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--namespace', namespace, '--timeout=180s']);
    const listed = asList(valueAt(JSON.parse(await home.kubectl(['get', 'pods', '--all-namespaces', '-o', 'json'])), 'items'));
    pods = drafts.map(({ namespace, name, labels, named }) => {
      const ip = listed.flatMap((pod) => (valueAt(pod, 'metadata', 'name') === name ? (asString(valueAt(pod, 'status', 'podIP')) ?? []) : []))[0] ?? '';
      return { id: `${namespace}/${name}`, namespace, labels, ip, ports: portsOf(named), ...openShell(namespace, name) };
    });
  });
  afterAll(async () => {
    for (const { shell } of pods) shell.kill();
    await home?.remove();
  });

  async function apply(items: object[]): Promise<void> {
    await home.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }

  function openShell(namespace: string, name: string): Pick<Pod, 'shell' | 'lines'> {
    const script = 'while read -r all; do for one in $all; do (printf "GET / HTTP/1.0\\r\\n\\r\\n" | nc -w 15 ${one%:*} ${one#*:} >/dev/null 2>&1 && echo "$one open" || echo "$one closed") & done; wait; echo end; done';
    const kubeconfig = join(home.env['XDG_STATE_HOME'] ?? '', 'mostik', 'clusters', home.cluster, 'kubeconfig');
    const shell = spawn(join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-cluster'), ['kubectl', '--kubeconfig', kubeconfig, 'exec', '-i', '-n', namespace, name, '--', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { shell, lines: createInterface({ input: shell.stdout })[Symbol.asyncIterator]() };
  }

  /** Tries every port of every pod from one pod; lines of `ADDRESS:PORT open` or `closed`. */
  async function tryAll({ shell, lines }: Pod): Promise<Map<string, string>> {
    shell.stdin?.write(`${pods.flatMap(({ ip }) => ports.map((port) => `${ip}:${port}`)).join(' ')}\n`);
    const found = new Map<string, string>();
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the shell in the pod has ended');
      if (value === 'end') return found;
      const [target = '', word = ''] = value.split(' ');
      found.set(target, word);
    }
  }

  async function seen(): Promise<string[]> {
    const all = await Promise.all(pods.map(async (from) => ({ from, found: await tryAll(from) })));
    return all.flatMap(({ from, found }) => pods.flatMap((to) => ports.map((port) => `${from.id} to ${to.id} on ${port}: ${found.get(`${to.ip}:${port}`)}`)));
  }

  test('45 generated sets: every pod-to-pod connection is what the model and the definition say', async () => {
    const counts = { open: 0, closed: 0, sets: 0 };
    for (const seed of seeds) {
      const { world } = randomCluster(seed);
      const policies = world.policies.map(({ namespace, spec }, i) => policyObject(`set-${seed}-${i}`, namespace, spec));
      await home.kubectl(['delete', 'networkpolicies', '--all', '--all-namespaces']);
      await apply([...namespaces.map((name) => namespaceObject(name, world.namespaces[name])), ...policies]);
      const endpoints = pods.map(({ id, namespace, labels, ports: declared, ip }) => podEndpoint(id, namespace, { labels, ports: declared as Endpoint['ports'], addresses: [ip] }));
      const network = createNetwork({ namespaces: world.namespaces, endpoints, policies, podRanges: ['10.126.0.0/16'] });
      const expected = pods.flatMap((from, i) => pods.flatMap((to, j) => ports.map((port) => {
        const { state } = network.verdict(endpoints[i]!, endpoints[j]!, { port });
        expect(state, `seed ${seed}: the reference`).toBe(reaches(world, { from, to, port, protocol: 'TCP' }) ? 'open' : 'closed');
        if (state !== 'partly') counts[state]++;
        return `${from.id} to ${to.id} on ${port}: ${state}`;
      })));
      // The agent follows the API server within moments; what stays different is wrong.
      await eventually(async () => { expect(await seen(), `seed ${seed}: ${JSON.stringify(world)}`).toEqual(expected); });
      await sleep(100);
      expect(await seen(), `seed ${seed}, a second time`).toEqual(expected);
      if (policies.length > 0) counts.sets++;
    }
    expect(counts.sets).toBeGreaterThanOrEqual(30);
    expect(counts.open).toBeGreaterThan(500);
    expect(counts.closed).toBeGreaterThan(500);
  });

  test('the node reaches its pods whatever policies say, as probes must', async () => {
    await apply(namespaces.map((name) => policyObject('deny-all', name, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })));
    await eventually(async () => { expect((await seen()).filter((line) => line.endsWith('open'))).toHaveLength(pods.length * ports.length); });
    for (const { ip } of pods) await new Promise<void>((resolve, reject) => { connect({ host: ip, port: 8080, timeout: 15_000 }, resolve).once('error', reject).once('timeout', () => { reject(new Error(`${ip} does not answer`)); }).unref(); });
  });

  test('what is denied is refused at once, and a pod without policies is not held up', async () => {
    // A packet that is dropped would cost the 15 seconds that nc waits, each time; the machine may be busy for a while.
    const took: number[] = [];
    while (took.length < 3 && !took.some((ms) => ms < 12_000)) {
      const started = Date.now();
      await seen();
      took.push(Date.now() - started);
    }
    expect(Math.min(...took)).toBeLessThan(12_000);
    await home.kubectl(['delete', 'networkpolicies', '--all', '--all-namespaces']);
    await eventually(async () => { expect((await seen()).filter((line) => line.endsWith('closed'))).toEqual([]); });
  });
});

function portsOf(named: keyof typeof names): Pod['ports'] {
  return ports.map((port, i) => ({ port, protocol: 'TCP', ...(names[named][i] === undefined ? {} : { name: names[named][i] }) }));
}

function namespaceObject(name: string, labels: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function policyObject(name: string, namespace: string, spec: PolicySpec): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

function podObject({ namespace, name, labels, named }: (typeof drafts)[number]): KubeObject {
  const declared = portsOf(named).map(({ port, name: portName }) => ({ containerPort: port, ...(portName === undefined ? {} : { name: portName }) }));
  const command = `${ports.map((port) => `httpd -f -p ${port} -h /tmp &`).join(' ')} wait`;
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'busybox:1', imagePullPolicy: 'Never', command: ['sh', '-c', command], ports: declared, readinessProbe: { tcpSocket: { port: ports[0] }, periodSeconds: 1 } }] } };
}
