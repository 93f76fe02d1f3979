import type { Dict } from '../../src/lib/read-unknown.js';
import type { KubeObject, NodeSpec } from '../../src/model/index.js';
import { asking, workload } from '../../src/capacity/test-objects.js';

/** A situation of its own: nodes, and objects in a namespace of its own. */
export interface Case {
  name: string;
  nodes: NodeSpec[];
  /** Names of nodes that are cordoned. */
  cordoned: string[];
  objects: KubeObject[];
}

/** Random choices that are the same on every machine. */
export interface Random {
  /** A whole number, both ends included. */
  from(least: number, most: number): number;
  pick<T>(...choices: T[]): T;
}

/** mulberry32. */
export function seeded(seed: number): Random {
  const next = (): number => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { from: (least, most) => least + Math.floor(next() * (most - least + 1)), pick: (...choices) => choices[Math.floor(next() * choices.length)]! };
}

type Family = (random: Random) => { nodes: Partial<NodeSpec>[]; objects: KubeObject[]; cordoned?: number[] };

const deployment = (name: string, replicas: number, pod: Dict, labels: Record<string, string> = {}): KubeObject => workload('Deployment', name, { replicas, pod, labels });
const core = (kind: string, name: string, spec: Dict): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, spec });
const terms = (topologyKey: string, app: string): Dict => ({ requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app } } }] });
const required = (...matchExpressions: Dict[]): Dict => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } } } });
const spread = (topologyKey: string, app: string, more: Dict = {}): Dict => ({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app } }, ...more }] });
const host = 'kubernetes.io/hostname';

/** Situations whose answer does not depend on the order of placement, by what decides. */
export const certainFamilies: Record<string, Family> = {
  'cpu suffices': (random) => ({ nodes: [{ count: 3, cpu: 4 }], objects: [deployment('a', random.from(1, 6), asking({ cpu: 1 })), deployment('b', random.from(1, 3), asking({ cpu: '500m' }))] }),
  'alike pods fill the nodes': (random) => ({ nodes: [{ count: random.from(1, 3), cpu: random.pick(3, 4, 5) }], objects: [deployment('a', random.from(3, 10), asking({ cpu: random.pick('1', '1500m', '2') }))] }),
  'memory decides': (random) => ({ nodes: [{ count: 2, memory: '8Gi' }, { count: 1, memory: '3Gi' }], objects: [deployment('a', random.from(2, 6), asking({ memory: random.pick('2Gi', '3000Mi', '4e9') }))] }),
  'too big for any node': (random) => ({ nodes: [{ count: 3 }], objects: [deployment('a', random.from(1, 3), asking({ cpu: random.from(5, 64) })), deployment('b', 2, asking({ cpu: 1 }))] }),
  'ephemeral storage': (random) => ({ nodes: [{ count: 2 }], objects: [deployment('a', random.from(1, 4), asking({ 'ephemeral-storage': random.pick('60Gi', '50Gi', '101Gi') }))] }),
  'limits count as requests': (random) => ({ nodes: [{ count: 2 }], objects: [deployment('a', random.from(2, 5), { containers: [{ name: 'm', image: 'x', resources: { limits: { cpu: 2 } } }] })] }),
  'init containers and sidecars': (random) => {
    const container = (name: string, cpu: number, more: Dict = {}): Dict => ({ name, image: 'x', resources: { requests: { cpu } }, ...more });
    return { nodes: [{ count: 2, cpu: 4 }], objects: [deployment('a', random.from(1, 3), { initContainers: [container('first', 1), container('side', 1, { restartPolicy: 'Always' }), container('last', random.from(1, 4))], containers: [container('m', random.from(1, 2))] })] };
  },
  'resources of the pod as a whole': (random) => ({ nodes: [{ count: 2, cpu: 4 }], objects: [deployment('a', random.from(2, 4), { resources: { requests: { cpu: random.from(2, 3) }, limits: { cpu: 4 } }, containers: [{ name: 'm', image: 'x', resources: { requests: { cpu: '100m' } } }] })] }),
  'taints keep pods away': (random) => ({ nodes: [{ count: 2, taints: [{ key: 'team', value: 'ml', effect: random.pick('NoSchedule', 'NoExecute') }] }, { count: 1 }], objects: [deployment('a', random.from(2, 6), asking({ cpu: 2 }))] }),
  'taints are tolerated': (random) => ({
    nodes: [{ count: 2, taints: [{ key: 'team', value: 'ml', effect: 'NoSchedule' }] }, { count: 1, taints: [{ key: 'soft', effect: 'PreferNoSchedule' }] }],
    objects: [deployment('a', random.from(3, 7), { ...asking({ cpu: 2 }), tolerations: [random.pick<Dict>({ key: 'team', operator: 'Exists' }, { key: 'team', value: 'ml' }, { key: 'team', value: 'web' }, { operator: 'Exists' }, { key: 'team', operator: 'Exists', effect: 'NoExecute' })] })],
  }),
  'cordoned nodes': (random) => ({ nodes: [{ count: 3 }], cordoned: [0, 2], objects: [deployment('a', random.from(1, 4), asking({ cpu: 2 }))] }),
  ...Object.fromEntries(
    [
      { key: 'tier', operator: 'In', values: ['gold'] }, { key: 'tier', operator: 'NotIn', values: ['gold'] }, { key: 'tier', operator: 'Exists' },
      { key: 'tier', operator: 'DoesNotExist' }, { key: 'disks', operator: 'Gt', values: ['4'] }, { key: 'disks', operator: 'Lt', values: ['12'] },
    ].map((expression): [string, Family] => [
      `node affinity: ${expression.operator}`,
      (random) => ({
        nodes: [{ count: 1, labels: { tier: 'gold', disks: '4' } }, { count: 1, labels: { tier: 'silver', disks: '12' } }, { count: 1 }],
        objects: [deployment('a', random.from(3, 5), { ...asking({ cpu: 2 }), ...required(expression) })],
      }),
    ]),
  ),
  'apart from its own kind by node': (random) => ({ nodes: [{ count: 3 }], objects: [deployment('a', random.from(2, 5), { ...asking({ cpu: '100m' }), affinity: { podAntiAffinity: terms(host, 'a') } }), deployment('b', 3, asking({ cpu: 1 }))] }),
  'apart from its own kind by zone': (random) => ({ nodes: [{ count: 2, labels: { zone: 'a' } }, { count: 1, labels: { zone: 'b' } }, { count: 1 }], objects: [deployment('a', random.from(2, 4), { affinity: { podAntiAffinity: terms('zone', 'a') } })] }),
  'apart from others, each with room elsewhere': (random) => ({ nodes: [{ count: 1, labels: { zone: 'a' } }, { count: 1, labels: { zone: 'b' } }], objects: [deployment('a', random.from(1, 3), { nodeSelector: { zone: 'a' }, affinity: { podAntiAffinity: terms(host, 'b') } }), deployment('b', random.from(1, 3), { nodeSelector: { zone: 'b' } })] }),
  'near to others': (random) => ({ nodes: [{ count: 1, labels: { zone: 'a' } }, { count: 2, labels: { zone: 'b' } }], objects: [deployment('a', 1, { ...asking({ cpu: 1 }), nodeSelector: { zone: 'a' } }), deployment('b', random.from(1, 5), { ...asking({ cpu: 1 }), affinity: { podAffinity: terms('zone', 'a') } })] }),
  'near to nobody': () => ({ nodes: [{ count: 2 }], objects: [deployment('a', 2, { affinity: { podAffinity: terms(host, 'ghost') } })] }),
  'near to its own kind': (random) => ({ nodes: [{ count: 3, cpu: 4 }], objects: [deployment('a', random.from(2, 6), { ...asking({ cpu: 1 }), affinity: { podAffinity: terms(host, 'a') } })] }),
  'spread over nodes': (random) => ({ nodes: [{ count: 3 }], objects: [deployment('a', random.from(2, 7), { ...asking({ cpu: 2 }), ...spread(host, 'a') })] }),
  'spread counts tainted nodes': (random) => ({ nodes: [{ count: 2 }, { count: 1, taints: [{ key: 'team', effect: 'NoSchedule' }] }], objects: [deployment('a', random.from(2, 4), spread(host, 'a', random.pick<Dict>({}, { nodeTaintsPolicy: 'Honor' })))] }),
  'spread wants more places than there are': (random) => ({ nodes: [{ count: 2, labels: { zone: 'a' } }, { count: 1, labels: { zone: 'b' } }], objects: [deployment('a', random.from(2, 4), spread('zone', 'a', { minDomains: random.pick(2, 3), maxSkew: random.pick(1, 2) }))] }),
  'spread without the label': (random) => ({ nodes: [{ count: 1, labels: { rack: '1' } }, { count: 2 }], objects: [deployment('a', random.from(1, 3), spread('rack', 'a'))] }),
  GPUs: (random) => ({ nodes: [{ count: 1, gpus: random.from(1, 4), taints: [{ key: 'gpu', value: 'true', effect: 'NoSchedule' }] }, { count: 2 }], objects: [deployment('a', random.from(1, 4), { ...asking({}, { limits: { 'nvidia.com/gpu': 1 } }), tolerations: [{ key: 'gpu', operator: 'Exists' }] }), deployment('b', 2, asking({ cpu: 1 }))] }),
  'GPUs that no node has': () => ({ nodes: [{ count: 2 }], objects: [deployment('a', 1, asking({}, { limits: { 'nvidia.com/gpu': 1 } }))] }),
  'host ports': (random) => ({ nodes: [{ count: 3 }], objects: [deployment('a', random.from(1, 5), { containers: [{ name: 'm', image: 'x', ports: [{ containerPort: 80, hostPort: 18080 }] }] })] }),
  'pods a node takes': (random) => ({ nodes: [{ count: 2, pods: random.from(2, 4) }], objects: [deployment('a', random.from(3, 9), {})] }),
  'one pod on each node': (random) => ({
    nodes: [{ count: 2 }, { count: 1, cpu: 1 }, { count: 1, taints: [{ key: 'team', effect: 'NoSchedule' }] }],
    objects: [workload('DaemonSet', 'a', { pod: { ...asking({ cpu: random.pick('500m', '2') }), ...(random.from(0, 1) ? { tolerations: [{ operator: 'Exists' }] } : {}) } })],
  }),
  'the important push others out': (random) => ({
    nodes: [{ count: 2, cpu: 4 }],
    objects: [deployment('a', random.from(2, 4), asking({ cpu: 2 })), deployment('b', random.from(1, 3), { ...asking({ cpu: 2 }), priorityClassName: 'capacity-high' })],
  }),
  'a claim without a class': (random) => ({ nodes: [{ count: 1 }], objects: [workload('StatefulSet', 'a', { replicas: 1, pod: { containers: [{ name: 'm', image: 'x', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] }, more: { serviceName: 'a', volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...random.pick<Dict>({}, { storageClassName: 'nowhere' }) } }] } })] }),
  'jobs side by side': (random) => ({ nodes: [{ count: 1, cpu: 4 }], objects: [workload('Job', 'a', { replicas: random.from(1, 2), pod: asking({ cpu: random.pick(2, 5) }) })] }),
  'a quota of cpu': (random) => ({ nodes: [{ count: 3 }], objects: [core('ResourceQuota', 'q', { hard: { 'requests.cpu': random.pick('1', '2500m', '4') } }), deployment('a', random.from(1, 5), asking({ cpu: 1 }))] }),
  'a quota that pods say nothing of': (random) => ({ nodes: [{ count: 2 }], objects: [core('ResourceQuota', 'q', { hard: random.pick<Dict>({ 'limits.memory': '8Gi' }, { cpu: 4 }, { pods: 10 }) }), deployment('a', random.from(1, 2), {})] }),
  'a quota of pods': (random) => ({ nodes: [{ count: 2 }], objects: [core('ResourceQuota', 'q', { hard: { [random.pick('pods', 'count/pods')]: random.from(1, 4) } }), deployment('a', random.from(1, 6), {})] }),
  'a quota of some pods': (random) => ({
    nodes: [{ count: 3 }],
    objects: [core('ResourceQuota', 'q', { hard: { pods: 1 }, ...random.pick<Dict>({ scopes: ['BestEffort'] }, { scopes: ['NotBestEffort'] }, { scopes: ['NotTerminating'] }, { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['capacity-high'] }] } }) }), deployment('a', 3, random.pick<Dict>({}, asking({ cpu: '100m' }), { priorityClassName: 'capacity-high' }))],
  }),
  'a quota of storage': (random) => ({
    nodes: [{ count: 2 }],
    objects: [core('ResourceQuota', 'q', { hard: { [random.pick('requests.storage', 'standard.storageclass.storage.k8s.io/requests.storage')]: '2500Mi' } }), workload('StatefulSet', 'a', { replicas: random.from(1, 4), pod: { containers: [{ name: 'm', image: 'x', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] }, more: { serviceName: 'a', podManagementPolicy: 'Parallel', volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }] } })],
  }),
  'a LimitRange gives requests': (random) => ({ nodes: [{ count: 2, cpu: 4 }], objects: [core('LimitRange', 'l', { limits: [{ type: 'Container', ...random.pick<Dict>({ default: { cpu: 2 } }, { defaultRequest: { cpu: 1 } }, { max: { cpu: 3 } }) }] }), deployment('a', random.from(2, 6), {})] }),
  'a LimitRange refuses': (random) => ({
    nodes: [{ count: 2 }],
    objects: [core('LimitRange', 'l', { limits: [random.pick<Dict>({ type: 'Container', max: { cpu: 1 } }, { type: 'Container', min: { cpu: '600m' } }, { type: 'Container', maxLimitRequestRatio: { cpu: 2 } }, { type: 'Pod', max: { cpu: 1 } })] }), deployment('a', 2, asking({ cpu: random.pick('500m', '1', '1001m') }, { limits: { cpu: random.pick('1100m', '2') } }))],
  }),
};

/** Situations whose answer depends on the order: these pods first, then those. */
export const openFamilies: Record<string, Family> = {
  'small ones before a large one': (random) => ({ nodes: [{ count: 2, cpu: 4 }], objects: [deployment('a', 2, { ...asking({ cpu: random.from(1, 3) }), affinity: { podAntiAffinity: terms(host, 'a') } }), deployment('b', 1, asking({ cpu: 4 }))] }),
  'too much for all': (random) => ({ nodes: [{ count: 1, cpu: 4 }], objects: [deployment('a', random.from(1, 2), asking({ cpu: 2 })), deployment('b', 1, asking({ cpu: 3 }))] }),
  'one port, two wants': () => ({ nodes: [{ count: 1 }], objects: ['a', 'b'].map((name) => deployment(name, 1, { containers: [{ name: 'm', image: 'x', ports: [{ containerPort: 80, hostPort: 19090 }] }] })) }),
  'either or': () => ({ nodes: [{ count: 1 }], objects: [deployment('a', 1, { affinity: { podAntiAffinity: terms(host, 'b') } }), deployment('b', 1, {})] }),
  'a share of a quota': (random) => ({ nodes: [{ count: 2 }], objects: [core('ResourceQuota', 'q', { hard: { 'requests.cpu': 2 } }), deployment('a', 2, asking({ cpu: 1 })), deployment('b', random.from(1, 2), asking({ cpu: 1 }))] }),
};

/** Makes a case of a family: nodes named after it, every object in its namespace, every pod bound to its nodes. */
export function makeCase(title: string, family: Family, { seed, id }: { seed: number; id: string }): Case {
  const { nodes, objects, cordoned = [] } = family(seeded(seed));
  const specs = nodes.map((node, i): NodeSpec => ({ name: `${id}-${i}`, count: 1, cpu: 4, memory: '16Gi', pods: 110, gpus: 0, taints: [], ...node, labels: { ...node.labels, case: id } }));
  const names = specs.flatMap(({ name, count }) => (count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}-${i + 1}`)));
  return { name: `${title} (${seed})`, nodes: specs, cordoned: cordoned.map((i) => names[i]!), objects: objects.map((object) => placed(object, id)) };
}

function placed(object: KubeObject, id: string): KubeObject {
  const copy = structuredClone(object);
  copy.metadata.namespace = id;
  const template = (copy['spec'] as { template?: { spec: { nodeSelector?: Record<string, string> } } }).template;
  if (template) template.spec.nodeSelector = { ...template.spec.nodeSelector, case: id };
  return copy;
}
