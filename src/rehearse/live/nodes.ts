import type { Kube } from '../../kube/index.js';
import { asDict, asList, asString, asStrings, valueAt } from '../../lib/read-unknown.js';
import { refOf, type KubeObject, type NodeSpec } from '../../model/index.js';
import type { NotExercised } from '../schema.js';

/** The nodes of a live cluster, as they can be simulated. */
export interface LiveNodes {
  specs: NodeSpec[];
  notExercised: NotExercised[];
  /** Gives the simulated nodes what a declaration has no words for: every resource, every label, whether they are cordoned. */
  complete(kube: Kube): Promise<void>;
}

/** Reads nodes. One that is not ready takes no pods there, so it is left out. */
export function readNodes(nodes: readonly KubeObject[]): LiveNodes {
  const ready = nodes.filter(isReady);
  return {
    specs: ready.map(specOf),
    notExercised: nodes.filter((node) => !isReady(node)).map(({ metadata }) => ({ what: `Node/${metadata.name}`, why: 'left out: it is not ready in the live cluster' })),
    complete: async (kube) => {
      await Promise.all(ready.map((node) => complete(kube, node)));
    },
  };
}

function isReady(node: KubeObject): boolean {
  return asList(valueAt(node, 'status', 'conditions')).some((condition) => asDict(condition)['type'] === 'Ready' && asDict(condition)['status'] === 'True');
}

function allocatable(node: KubeObject): Record<string, string> {
  return asStrings(valueAt(node, 'status', 'allocatable'));
}

function specOf(node: KubeObject): NodeSpec {
  const free = allocatable(node);
  return {
    name: node.metadata.name,
    count: 1,
    cpu: free['cpu'] ?? '1',
    memory: free['memory'] ?? '1Gi',
    pods: Number(free['pods'] ?? 110),
    gpus: Number(free['nvidia.com/gpu'] ?? 0),
    labels: labelsOf(node),
    taints: asList(valueAt(node, 'spec', 'taints')).flatMap(taintOf),
  };
}

function labelsOf({ metadata }: KubeObject): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => !key.startsWith('mostik.dev/')));
}

/** Taints of conditions are the node controller's: it sets them here by what it sees here. */
function taintOf(taint: unknown): NodeSpec['taints'] {
  const { key, value, effect } = asDict(taint);
  const name = asString(key) ?? '';
  if (/^node\.(kubernetes\.io|cloudprovider\.kubernetes\.io)\//.test(name)) return [];
  if (effect !== 'NoSchedule' && effect !== 'PreferNoSchedule' && effect !== 'NoExecute') return [];
  return [{ key: name, ...(asString(value) === undefined ? {} : { value: asString(value) }), effect }];
}

async function complete(kube: Kube, node: KubeObject): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Node', name: node.metadata.name };
  const simulated = await kube.get(ref);
  if (!simulated) return;
  const declared = asDict(JSON.parse(simulated.metadata.annotations?.['mostik.dev/node'] ?? '{}'));
  const annotations = { 'mostik.dev/node': JSON.stringify({ ...declared, capacity: { ...asDict(declared['capacity']), ...allocatable(node) } }) };
  const isCordoned = valueAt(node, 'spec', 'unschedulable') === true;
  await kube.patch(refOf(simulated), { type: 'merge', body: { metadata: { annotations, labels: labelsOf(node) }, ...(isCordoned ? { spec: { unschedulable: true } } : {}) } });
}
