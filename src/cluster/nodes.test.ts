import { expect, test } from 'vitest';
import type { NodeSpec } from '../model/index.js';
import { nodeNames, nodeObjects } from './nodes.js';

const worker: NodeSpec = { name: 'worker', count: 2, cpu: 4, memory: '16Gi', pods: 110, gpus: 0, labels: { zone: 'a' }, taints: [] };
const gpu: NodeSpec = { ...worker, name: 'gpu', count: 1, gpus: 2, taints: [{ key: 'gpu', effect: 'NoSchedule' }] };

test('nodes of a count above one are numbered', () => {
  expect(nodeNames([worker, gpu])).toEqual(['worker-1', 'worker-2', 'gpu']);
});

test('each node declares its capacity and an address of its own', () => {
  const declared = nodeObjects([worker, gpu], { agentPort: 20000, release: 'v1.36.3' }).map((node) =>
    JSON.parse(node.metadata.annotations?.['mostik.dev/node'] ?? '{}') as { address: string; capacity: Record<string, string> },
  );
  expect(declared.map(({ address }) => address)).toEqual(['10.64.0.1', '10.64.0.2', '10.64.0.3']);
  expect(declared[0]?.capacity).toEqual({ cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' });
  expect(declared[2]?.capacity['nvidia.com/gpu']).toBe('2');
});

test('labels and taints are those of the declaration, with the marks of a simulated node', () => {
  const [first, , third] = nodeObjects([worker, gpu], { agentPort: 20000, release: 'v1.36.3' });
  expect(first?.metadata.labels).toMatchObject({ zone: 'a', 'kubernetes.io/hostname': 'worker-1', 'mostik.dev/simulated': 'true' });
  expect(first?.['spec']).toBeUndefined();
  expect(third?.['spec']).toEqual({ taints: [{ key: 'gpu', effect: 'NoSchedule' }] });
});

test('the thousandth node still has an address in the network of nodes', () => {
  const last = nodeObjects([{ ...worker, count: 1000 }], { agentPort: 20000, release: 'v1.36.3' }).at(-1);
  expect(last?.metadata.annotations?.['mostik.dev/node']).toContain('"address":"10.64.3.232"');
});
