import { asDict, asStrings, valueAt } from '../lib/read-unknown.js';
import type { KubeObject, NodeSpec } from '../model/index.js';
import { readResources, type Resources } from './resources.js';
import { readTaints, type Taint } from './taints.js';

/** A node as the scheduler sees it. */
export interface CapacityNode {
  name: string;
  /** What pods may ask for in sum, `pods` among it. */
  allocatable: Resources;
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
  /** Cordoned. */
  unschedulable: boolean;
}

/** The nodes that the embedded cluster makes of a declaration: all of what is declared is there for pods. */
export function declaredNodes(specs: readonly NodeSpec[]): CapacityNode[] {
  return specs.flatMap((spec) => {
    const names = spec.count === 1 ? [spec.name] : Array.from({ length: spec.count }, (_, i) => `${spec.name}-${i + 1}`);
    const allocatable = readResources({ cpu: spec.cpu, memory: spec.memory, pods: spec.pods, 'ephemeral-storage': '100Gi', ...(spec.gpus > 0 ? { 'nvidia.com/gpu': spec.gpus } : {}) });
    const taints = readTaints({ taints: spec.taints });
    return names.map((name) => ({ name, allocatable, taints, unschedulable: false, labels: { ...spec.labels, ...labelsOf(name) } }));
  });
}

function labelsOf(name: string): Record<string, string> {
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': process.arch === 'arm64' ? 'arm64' : 'amd64',
    'mostik.dev/simulated': 'true',
  };
}

/** A Node object of a cluster. */
export function nodeOf(object: KubeObject): CapacityNode {
  const spec = asDict(object['spec']);
  return {
    name: object.metadata.name,
    allocatable: readResources(valueAt(object, 'status', 'allocatable')),
    labels: asStrings(object.metadata.labels),
    taints: readTaints(spec),
    unschedulable: spec['unschedulable'] === true,
  };
}
