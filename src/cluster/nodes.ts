import type { KubeObject, NodeSpec } from '../model/index.js';
import { simulatedLabel } from './names.js';

/** A declared node: its own name, and which number it has in the cluster, from 0. */
interface DeclaredNode {
  name: string;
  index: number;
  spec: NodeSpec;
}

/** The names of all declared nodes: `worker` for a count of one, else `worker-1`, `worker-2` and so on. */
export function nodeNames(specs: NodeSpec[]): string[] {
  return declared(specs).map(({ name }) => name);
}

/** The node whose containers really run, if one is declared. */
export function realNode({ nodes }: { nodes: readonly NodeSpec[] }): NodeSpec | undefined {
  return nodes.find(({ real }) => real);
}

/** The Node objects of simulated nodes: KWOK makes their status say what the annotation declares. The kubelet of a real node makes its own. */
export function nodeObjects(specs: NodeSpec[], options: { agentPort: number; release: string }): KubeObject[] {
  return declared(specs).filter(({ spec }) => !spec.real).map(({ name, index, spec }) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        ...spec.labels,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': process.arch === 'arm64' ? 'arm64' : 'amd64',
        [simulatedLabel]: 'true',
      },
      annotations: {
        'mostik.dev/node': JSON.stringify({
          address: addressOf(index),
          capacity: capacityOf(spec),
          kubelet: options.release,
          port: options.agentPort,
        }),
      },
    },
    ...(spec.taints.length > 0 ? { spec: { taints: spec.taints } } : {}),
  }));
}

function declared(specs: NodeSpec[]): DeclaredNode[] {
  const names = specs.flatMap((spec) =>
    spec.count === 1 ? [{ name: spec.name, spec }] : Array.from({ length: spec.count }, (_, i) => ({ name: `${spec.name}-${i + 1}`, spec })),
  );
  return names.map(({ name, spec }, index) => ({ name, index, spec }));
}

function capacityOf(spec: NodeSpec): Record<string, string> {
  return {
    cpu: String(spec.cpu),
    memory: String(spec.memory),
    pods: String(spec.pods),
    'ephemeral-storage': '100Gi',
    ...(spec.gpus > 0 ? { 'nvidia.com/gpu': String(spec.gpus) } : {}),
  };
}

/** Addresses from 10.64.0.1 on: outside the networks of services and pods. */
function addressOf(index: number): string {
  const number = index + 1;
  return `10.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}
