import { describe, expect, test } from 'vitest';
import { asDict, asStrings, valueAt } from '../../src/lib/read-unknown.js';
import { providedControllers, type Edge, type KubeObject, type ResolvedComponent, type ResolvedPlatform } from '../../src/model/index.js';
import type { Draft } from '../../src/render/draft.js';
import { networkPolicies } from '../../src/render/network-policies.js';
import { platformOf } from '../../src/render/platform.fixture.js';
import { dice, type Dice } from './random-policies.js';
import { reaches, type PolicySpec, type SlowEndpoint, type SlowWorld } from './reference.js';

/** A port of a workload as this test knows it, whatever labels and Services say of it. */
interface Served {
  service: number;
  name: string;
  container: number;
  protocol: string;
}
interface Workload {
  component: string;
  namespace: string;
  name: string;
  served: Served[];
}
interface Wanted {
  from: Workload;
  to: Workload;
  container: number;
  protocol: string;
}

describe('policies generated for 300 random platforms', () => {
  test('open the declared edges and nothing else, by the slow reading of the definition', () => {
    const seen = { open: 0, closed: 0, labelled: 0 };
    for (let seed = 1; seed <= 300; seed++) {
      const { platform, drafts, workloads, wanted } = randomPlatform(seed);
      const made = networkPolicies(platform, drafts);
      seen.labelled += made.diagnostics.length;
      const world = worldOf(made.objects.map(({ object }) => object));
      const pods = new Map(workloads.map((each) => [each, podOf(each, made.drafts ?? drafts)]));
      for (const from of workloads) {
        for (const to of workloads) {
          if (from === to) continue;
          const ports = [...to.served.map(({ container, protocol }) => ({ container, protocol })), { container: 4444, protocol: 'TCP' }];
          for (const { container, protocol } of ports) {
            const expected = from.component === to.component || wanted.some((each) => each.from === from && each.to === to && each.container === container && each.protocol === protocol);
            const open = reaches(world, { from: pods.get(from)!, to: pods.get(to)!, port: container, protocol });
            seen[expected ? 'open' : 'closed']++;
            if (open !== expected) expect.fail(`seed ${seed}: ${from.component}/${from.name} to ${to.component}/${to.name} on ${container}/${protocol}: open is ${open}, expected ${expected}\n${JSON.stringify(made.objects.map(({ object }) => object), undefined, 1)}`);
          }
        }
        checkSurroundings(seed, { platform, world, from, pod: pods.get(from)! });
      }
    }
    expect(seen.open).toBeGreaterThan(1000);
    expect(seen.closed).toBeGreaterThan(5000);
    expect(seen.labelled).toBeGreaterThan(20);
  }, 180_000);

  test('do not change with the order of components', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { platform, drafts } = randomPlatform(seed);
      const written = (from: readonly Draft[]): string[] => networkPolicies(platform, from).objects.map(({ object }) => JSON.stringify([object.metadata.namespace, object.spec])).sort();
      expect(written([...drafts].reverse())).toEqual(written(drafts));
    }
  });
});

/** DNS is open to all, strangers reach nobody, the ingress controller reaches the exposed ports alone, nobody reaches the internet. */
function checkSurroundings(seed: number, { platform, world, from, pod }: { platform: ResolvedPlatform; world: SlowWorld; from: Workload; pod: SlowEndpoint }): void {
  const elsewhere = (namespace: string, labels: Record<string, string>): SlowEndpoint => ({ namespace, labels, ports: [], ip: '10.9.9.9' });
  const dns = elsewhere('kube-system', { 'k8s-app': 'kube-dns' });
  expect(reaches(world, { from: pod, to: dns, port: 53, protocol: 'UDP' }), `seed ${seed}: DNS`).toBe(true);
  expect(reaches(world, { from: pod, to: dns, port: 80, protocol: 'TCP' }), `seed ${seed}: other ports of DNS`).toBe(false);
  expect(reaches(world, { from: pod, to: { labels: {}, ports: [], ip: '203.0.113.5' }, port: 443, protocol: 'TCP' }), `seed ${seed}: internet`).toBe(false);
  const stray = elsewhere(from.namespace, { stray: 'yes' });
  expect(reaches(world, { from: stray, to: dns, port: 53, protocol: 'UDP' }), `seed ${seed}: a pod that nobody declared sends`).toBe(false);
  expect(reaches(world, { from: elsewhere('elsewhere', {}), to: stray, port: 80, protocol: 'TCP' }), `seed ${seed}: a pod that nobody declared is reached`).toBe(false);
  const exposed = platform.components.some(({ name, expose }) => name === from.component && expose);
  for (const { container, protocol } of from.served) {
    expect(reaches(world, { from: elsewhere('elsewhere', { app: 'a' }), to: pod, port: container, protocol }), `seed ${seed}: strangers`).toBe(false);
    expect(reaches(world, { from: elsewhere('ingress-nginx', { 'app.kubernetes.io/name': 'ingress-nginx' }), to: pod, port: container, protocol }), `seed ${seed}: controller`).toBe(exposed);
  }
}

const names = ['web', 'api', 'db', 'queue', 'cache', 'mail'];

function randomPlatform(seed: number): { platform: ResolvedPlatform; drafts: Draft[]; workloads: Workload[]; wanted: Wanted[] } {
  const roll = dice(seed);
  const components = names.slice(0, 2 + roll.below(5)).map((name) => ({ name, namespace: roll.one(['shop', 'data']) }));
  const workloads = components.flatMap(({ name, namespace }) => Array.from({ length: 1 + roll.below(2) }, (_, i): Workload => ({ component: name, namespace, name: i === 0 ? name : `${name}-second`, served: randomPorts(roll) })));
  const wanted: Wanted[] = [];
  const parts: Record<string, Partial<ResolvedComponent>> = {};
  for (const { name, namespace } of components) {
    const others = components.filter((each) => each.name !== name && roll.chance(0.3));
    const edges = others.map((target, use) => randomEdge(roll, { from: name, to: target.name, use }, { workloads, wanted }));
    parts[name] = { namespace, edges, ...(roll.chance(0.3) ? { expose: { host: `${name}.example.org`, path: '/' } } : {}) };
  }
  const platform = platformOf(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part, source: { kind: 'manifests' as const, paths: [] } }])), { network: { policies: 'generated' } });
  platform.cluster.controllers = providedControllers(['ingress-nginx']);
  const drafts = workloads.flatMap((workload) => objectsOf(roll, workload).map((object): Draft => ({ component: platform.components.find(({ name }) => name === workload.component)!, object, at: { file: 'x.yaml' }, keep: false })));
  return { platform, drafts, workloads, wanted };
}

function randomPorts(roll: Dice): Served[] {
  const numbers = new Set(roll.some([80, 81, 5432, 9000], 3));
  return [...numbers].map((service, i) => ({ service, name: `port-${i}`, container: service + (roll.chance(0.5) ? 8000 : 0), protocol: roll.chance(0.85) ? 'TCP' : 'UDP' }));
}

/** An edge with all ports, one by number, or one by name; what it should open goes into `wanted`. */
function randomEdge(roll: Dice, ends: { from: string; to: string; use: number }, { workloads, wanted }: { workloads: readonly Workload[]; wanted: Wanted[] }): Edge {
  const targets = workloads.filter(({ component }) => component === ends.to);
  const all = targets.flatMap((to) => to.served.map((served) => ({ to, served })));
  const chosen = roll.chance(0.5) || all.length === 0 ? undefined : roll.one(all).served;
  const byName = roll.chance(0.5);
  for (const { to, served } of all) {
    if (chosen && (byName ? served.name !== chosen.name : served.service !== chosen.service)) continue;
    for (const from of workloads.filter(({ component }) => component === ends.from)) wanted.push({ from, to, container: served.container, protocol: served.protocol });
  }
  return { kind: 'component', ...ends, ...(chosen ? { ports: [byName ? chosen.name : chosen.service] } : {}) };
}

/** A Deployment and its Service. Labels are sometimes those of others too, so that a label has to be added. */
function objectsOf(roll: Dice, { namespace, name, served }: Workload): KubeObject[] {
  const style = roll.below(4);
  const own = { app: name };
  const selector = style === 0 ? { app: 'shared' } : own;
  const labels: Record<string, string> = style === 0 ? { app: 'shared', ...(roll.chance(0.5) ? { part: name } : {}) } : style === 1 ? { ...own, version: '1' } : own;
  const ports = served.map((each, i) => ({ containerPort: each.container, protocol: each.protocol, name: `c${i}` }));
  const deployment: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: selector }, template: { metadata: { labels: { ...labels, unique: name } }, spec: { containers: [{ name: 'c', image: 'i', ports }] } } },
  };
  // Without a Service there is nothing that tells these pods from others.
  if (style !== 0 || served.length === 0) delete (asDict(valueAt(deployment, 'spec', 'template', 'metadata', 'labels')))['unique'];
  const servicePorts = served.map((each, i) => ({ name: each.name, port: each.service, protocol: each.protocol, targetPort: roll.chance(0.5) ? `c${i}` : each.container }));
  // The Service always finds its own pods alone, so that what is expected stays plain.
  const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: style === 0 ? { unique: name } : own, ports: servicePorts } };
  return served.length > 0 ? [deployment, service] : [deployment];
}

function podOf({ namespace, name, served, component }: Workload, drafts: readonly Draft[]): SlowEndpoint {
  const draft = drafts.find(({ object }) => object.kind === 'Deployment' && object.metadata.name === name && object.metadata.namespace === namespace && valueAt(object, 'spec') !== undefined);
  expect(draft?.component.name).toBe(component);
  const labels = asStrings(valueAt(draft?.object, 'spec', 'template', 'metadata', 'labels'));
  return { namespace, labels, ports: served.map((each, i) => ({ name: `c${i}`, port: each.container, protocol: each.protocol })), ip: '10.1.2.3' };
}

function worldOf(objects: readonly KubeObject[]): SlowWorld {
  return { namespaces: {}, policies: objects.map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? '', spec: spec as PolicySpec })) };
}
