import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capacityOf, declaredNodes, embeddedObjects, type WorkloadVerdict } from '../../src/capacity/index.js';
import { rendered } from '../../src/capacity/test-objects.js';
import { createCluster, deleteCluster, type ClusterRecord } from '../../src/cluster/index.js';
import { nodeObjects } from '../../src/cluster/nodes.js';
import { binaries, complete, makeWorld, noCluster, type World } from '../../src/cluster/test-cluster.js';
import { connect, type Kube } from '../../src/kube/index.js';
import { asDict, asList, valueAt } from '../../src/lib/read-unknown.js';
import { refOf, type KubeObject } from '../../src/model/index.js';
import { liveCapacity } from '../../src/operate/live-capacity.js';
import { certainFamilies, makeCase, openFamilies, type Case } from './capacity-cases.js';
import { desiredOf } from './world.js';

const priorityClass: KubeObject = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'capacity-high' }, value: 1_000_000 };
/** More of those that choose among many words. */
const seeds = (title: string): number[] => (/tolerated/.test(title) ? [11, 27, 40, 58, 63, 71] : /node affinity/.test(title) ? [11] : /quota|LimitRange|tainted|places/.test(title) ? [11, 27, 40, 58] : [11, 27]);
const certain = Object.entries(certainFamilies).flatMap(([title, family], i) => seeds(title).map((seed) => makeCase(title, family, { seed: seed + i, id: `c${i}-${seed}` })));
const open = Object.entries(openFamilies).flatMap(([title, family], i) => ['a', 'b'].map((first) => ({ first, ...makeCase(title, family, { seed: 5 + i, id: `o${i}-${first}` }) })));

function verdictsOf({ nodes, cordoned, objects }: Case): WorkloadVerdict[] {
  const declared = declaredNodes(nodes).map((node) => ({ ...node, unschedulable: cordoned.includes(node.name) }));
  return capacityOf({ objects: objects.map(rendered), nodes: declared, around: [...embeddedObjects, priorityClass], knows: ['StorageClass', 'PriorityClass'] }).workloads;
}

describe('verdicts of generated cases', () => {
  it('are certain for the cases whose answer does not depend on the order, of every sort', () => {
    const verdicts = certain.flatMap((each) => verdictsOf(each).map((verdict) => ({ about: `${each.name}: ${verdict.of.name}`, ...verdict })));
    for (const { about, verdict, missing } of verdicts) expect({ about, verdict, exact: missing.least === missing.most }).toMatchObject({ verdict: expect.stringMatching(/^(fits|pending|refused)$/) as string, exact: true });
    for (const sort of ['fits', 'pending', 'refused']) expect(verdicts.filter(({ verdict }) => verdict === sort).length, sort).toBeGreaterThan(8);
    expect(certain.length).toBeGreaterThanOrEqual(40);
  });

  it('say may not fit for the others', () => {
    for (const each of open) expect(verdictsOf(each).some(({ verdict }) => verdict === 'may not fit'), each.name).toBe(true);
  });
});

describe.skipIf(!binaries)(`capacity verdicts beside the real scheduler and quotas${noCluster}`, () => {
  let world: World;
  let cluster: ClusterRecord;
  let kube: Kube;

  beforeAll(async () => {
    world = await makeWorld();
    cluster = await createCluster({ name: 'capacity', binaries: binaries!, supervisor: world.supervisor, throwAway: true });
    await complete(cluster);
    kube = await connect({ kubeconfig: cluster.kubeconfig });
    await Promise.all([priorityClass, ...[...certain, ...open].map(({ nodes: [node] }): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: node!.labels['case']! } }))].map((object) => kube.create(object)));
    await makeNodes([...certain, ...open]);
    await Promise.all([...certain, ...open].map(({ objects }) => makeRules(objects)));
  });
  afterAll(async () => {
    kube.close();
    await deleteCluster('capacity');
    world.remove();
  });

  /** Nodes as the embedded cluster makes them of a declaration, Ready and without the taints of new nodes. */
  async function makeNodes(cases: readonly Case[]): Promise<void> {
    const taints = new Map(cases.flatMap(({ nodes }) => declaredNodes(nodes)).map(({ name, taints: own }) => [name, own.length]));
    const cordoned = new Set(cases.flatMap((each) => each.cordoned));
    const objects = nodeObjects(cases.flatMap(({ nodes }) => nodes), { agentPort: cluster.ports.agent, release: cluster.release });
    await Promise.all(objects.map((node) => kube.create(cordoned.has(node.metadata.name) ? { ...node, spec: { ...asDict(node['spec']), unschedulable: true } } : node)));
    await until('nodes are ready', async () => {
      const { items } = await kube.list('v1', 'Node', { labelSelector: 'case' });
      return items.every((node) => asList(valueAt(node, 'status', 'conditions')).some((one) => asDict(one)['type'] === 'Ready' && asDict(one)['status'] === 'True') && asList(valueAt(node, 'spec', 'taints')).length === (taints.get(node.metadata.name) ?? 0) + (cordoned.has(node.metadata.name) ? 1 : 0));
    });
  }

  /** Quotas count from when their controller has seen them. */
  async function makeRules(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects.filter(({ kind }) => kind === 'ResourceQuota' || kind === 'LimitRange')) {
      await kube.create(object);
      if (object.kind === 'ResourceQuota') await until(`the quota of ${object.metadata.namespace} is known`, async () => valueAt(await kube.get({ ...object, namespace: object.metadata.namespace!, name: object.metadata.name }), 'status', 'hard') !== undefined);
    }
  }

  const makeWorkloads = async (objects: readonly KubeObject[]): Promise<void> => {
    for (const object of objects.filter(({ kind }) => kind !== 'ResourceQuota' && kind !== 'LimitRange')) await kube.create(object);
  };

  /** Pods of each workload by `NAMESPACE/NAME`: those with a node, and the sentences of those without. */
  async function pods(): Promise<Map<string, { placed: number; sentences: string[]; waiting: number }>> {
    const found = new Map<string, { placed: number; sentences: string[]; waiting: number }>();
    for (const pod of (await kube.list('v1', 'Pod')).items) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      const key = `${pod.metadata.namespace}/${pod.metadata.labels?.['app']}`;
      const entry = found.get(key) ?? { placed: 0, sentences: [], waiting: 0 };
      found.set(key, entry);
      const condition = asList(valueAt(pod, 'status', 'conditions')).map(asDict).find(({ type, status }) => type === 'PodScheduled' && status === 'False');
      if (valueAt(pod, 'spec', 'nodeName') !== undefined) entry.placed++;
      else if (condition?.['reason'] === 'Unschedulable') entry.sentences.push(String(condition['message']));
      else entry.waiting++;
    }
    return found;
  }

  it('agree in every case whose answer does not depend on the order', async () => {
    const expected = certain.flatMap((each) => verdictsOf(each).map((verdict) => ({ ...verdict, about: `${each.name}: ${verdict.of.name}`, key: `${each.nodes[0]!.labels['case']}/${verdict.of.name}` })));
    await Promise.all(certain.map(({ objects }) => makeWorkloads(objects)));
    const differences = async (): Promise<string[]> => {
      const real = await pods();
      return expected.flatMap(({ about, key, pods: wanted, verdict, missing, reason }) => {
        const { placed = 0, waiting = 0, sentences = [] } = real.get(key) ?? {};
        const here = `${about}: ${verdict}, ${wanted - missing.most} of ${wanted} (${reason}); the cluster placed ${placed}: ${sentences[0] ?? ''}`;
        // A StatefulSet makes its next pod when the one before is there, so not all that are missing need be Pending.
        const isPending = verdict === 'pending' ? sentences.length > 0 && sentences.length <= missing.most : sentences.length === 0;
        return placed === wanted - missing.most && waiting === 0 && isPending ? [] : [here];
      });
    };
    let left = await differences();
    for (let round = 0; round < 400 && left.length > 0; round++) {
      await sleep(500);
      left = await differences();
    }
    expect(left).toEqual([]);
    // What is so now stays so.
    await sleep(3000);
    expect(await differences()).toEqual([]);
    const real = await pods();
    for (const { about, key, verdict, reason, cause } of expected) {
      if (verdict !== 'pending' || cause !== 'nodes') continue;
      for (const part of partsOf(reason)) expect(real.get(key)?.sentences[0] ?? '', about).toContain(part);
    }
  });

  it('leave open what two orders of creation settle differently', async () => {
    const settled = new Map<string, number[]>();
    await Promise.all(open.map(async ({ first, objects, nodes: [node] }) => {
      const namespace = node!.labels['case']!;
      const own = (name: string) => objects.filter((object) => object.metadata.name === name && object.kind === 'Deployment');
      const count = (name: string) => Number(valueAt(own(name)[0], 'spec', 'replicas'));
      const second = first === 'a' ? 'b' : 'a';
      await makeWorkloads(own(first));
      await until(`${namespace}/${first} is placed`, async () => (await pods()).get(`${namespace}/${first}`)?.placed === count(first));
      await makeWorkloads(own(second));
      await sleep(3000);
      const real = await pods();
      settled.set(namespace, ['a', 'b'].map((name) => real.get(`${namespace}/${name}`)?.placed ?? 0));
    }));
    for (const [i, title] of Object.keys(openFamilies).entries()) expect(settled.get(`o${i}-a`), title).not.toEqual(settled.get(`o${i}-b`));
  });

  it('of a live cluster count the pods of others and take those of the platform as replaced', async () => {
    const namespace = certain[0]!.nodes[0]!.labels['case']!;
    const own = (await kube.list('apps/v1', 'Deployment', { namespace })).items[0]!;
    const before = await liveCapacity(kube, desiredOf('mine', {}));
    const mine = ({ metadata }: KubeObject): boolean => metadata.namespace === namespace && metadata.labels?.['app'] === own.metadata.name;
    expect(before.running?.filter(mine).length).toBe(valueAt(own, 'spec', 'replicas'));
    await kube.patch(refOf(own), { type: 'merge', body: { metadata: { labels: { 'mostik.dev/platform': 'mine' } } } });
    const after = await liveCapacity(kube, desiredOf('mine', { web: { objects: [own] } }));
    expect(after.running?.filter(mine)).toEqual([]);
    expect(after.running!.length).toBeGreaterThan(20);
    expect(after.nodes!.length).toBeGreaterThan(100);
    expect(capacityOf(after).workloads).toMatchObject([{ verdict: 'fits', pods: valueAt(own, 'spec', 'replicas') }]);
    // What runs there is in the picture.
    const cpu = capacityOf(after).nodes.flatMap(({ use }) => use.filter(({ resource }) => resource === 'cpu'));
    expect(cpu.reduce((sum, { others }) => sum + others, 0)).toBeGreaterThan(10_000);
  });

  it('know the StorageClass that the cluster has', async () => {
    const classes = (await kube.list('storage.k8s.io/v1', 'StorageClass')).items;
    expect(classes.map(({ metadata, provisioner, volumeBindingMode }) => ({ name: metadata.name, annotations: Object.keys(metadata.annotations ?? {}), provisioner, volumeBindingMode }))).toEqual(
      embeddedObjects.map(({ metadata, provisioner, volumeBindingMode }) => ({ name: metadata.name, annotations: Object.keys(metadata.annotations ?? {}), provisioner, volumeBindingMode })),
    );
  });
});

/** The parts of a sentence about nodes that the scheduler says word for word; how many nodes other cases have is not our matter. */
function partsOf(sentence: string): string[] {
  return sentence.replace(/^.*?: /, '').split(', ').filter((part) => !/untolerated taint|affinity\/selector|unschedulable/.test(part)).map((part) => part.trim());
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 800; round++) {
    if (await isSo()) return;
    await sleep(250);
  }
  throw new Error(`not within 200 s: ${what}`);
}
