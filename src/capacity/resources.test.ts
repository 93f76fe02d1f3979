import { expect, test } from 'vitest';
import { nodeObjects } from '../cluster/nodes.js';
import type { NodeSpec } from '../model/index.js';
import { declaredNodes } from './node.js';
import { podResources } from './pod-resources.js';
import { limitRangeOf } from './limit-range.js';
import { amountOf, formatAmount, readResources } from './resources.js';

test('quantities are whole thousandths of a core, or whole units rounded up', () => {
  const cpu = ['0.1', '100m', 0.07, '1', '1500m', '1e-1', '0.0001', '100u', '2e3', '.5', '5.'].map((text) => amountOf('requests.cpu', text));
  expect(cpu).toEqual([100, 100, 70, 1000, 1500, 100, 1, 1, 2_000_000, 500, 5000]);
  const memory = ['1Gi', '1.5Gi', '1G', '128974848', '129e6', '129M', '0.5', '123Mi', '1Ei', 1000].map((text) => amountOf('memory', text));
  expect(memory).toEqual([2 ** 30, 1.5 * 2 ** 30, 1e9, 128974848, 129e6, 129e6, 1, 123 * 2 ** 20, 2 ** 60, 1000]);
  expect(['', 'x', '1Gb', '-1', '1e999', undefined, null, {}].map((text) => amountOf('memory', text))).toEqual(Array(8).fill(undefined));
});

test('amounts are written as people write them', () => {
  expect([formatAmount('cpu', 1500), formatAmount('requests.cpu', 250), formatAmount('cpu', 4000)]).toEqual(['1.5', '250m', '4']);
  expect([formatAmount('memory', 1.5 * 2 ** 30), formatAmount('requests.storage', 2500 * 2 ** 20), formatAmount('pods', 1500), formatAmount('nvidia.com/gpu', 2)]).toEqual(['1.5Gi', '2.44Gi', '1500', '2']);
});

const container = (requests: object, more: object = {}): object => ({ name: 'm', resources: { requests }, ...more });
const requestsOf = (spec: Record<string, unknown>, limits: Parameters<typeof limitRangeOf>[0][] = []): unknown => podResources(spec, { limitRanges: limits.map(limitRangeOf), overhead: readResources({ cpu: '100m' }) }).requests;

test('a pod asks for the most that its containers use at one time, and its overhead', () => {
  expect(requestsOf({ containers: [container({ cpu: 1 }), container({ cpu: '500m', memory: '1Gi' })] })).toEqual({ cpu: 1600, memory: 2 ** 30 });
  // One after the other: the larger of what runs first and what runs together.
  expect(requestsOf({ initContainers: [container({ cpu: 3 }), container({ cpu: 1 })], containers: [container({ cpu: 2 })] })).toEqual({ cpu: 3100 });
  const sidecar = { restartPolicy: 'Always' };
  expect(requestsOf({ initContainers: [container({ cpu: 1 }, sidecar), container({ cpu: 3 })], containers: [container({ cpu: 2 })] })).toEqual({ cpu: 4100 });
  expect(requestsOf({ initContainers: [container({ cpu: 3 }), container({ cpu: 1 }, sidecar)], containers: [container({ cpu: 1 })] })).toEqual({ cpu: 3100 });
});

test('limits stand in for requests, and the pod as a whole for its containers', () => {
  expect(requestsOf({ containers: [{ name: 'm', resources: { limits: { cpu: 2, 'nvidia.com/gpu': 1 }, requests: { cpu: 1 } } }] })).toEqual({ cpu: 1100, 'nvidia.com/gpu': 1 });
  expect(requestsOf({ resources: { requests: { cpu: 3 } }, containers: [container({ cpu: 1, memory: '1Gi' })] })).toEqual({ cpu: 3100, memory: 2 ** 30 });
  expect(requestsOf({ resources: { limits: { cpu: 3, memory: '2Gi' } }, containers: [container({ cpu: 1 })] })).toEqual({ cpu: 1100, memory: 2 ** 31 });
});

test('a LimitRange gives what a container does not say: its limit, or its least', () => {
  const range = (item: object) => ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: [{ type: 'Container', ...item }] } });
  const bare = { containers: [{ name: 'm' }] };
  expect(requestsOf(bare, [range({ default: { cpu: 2 } })])).toEqual({ cpu: 2100 });
  expect(requestsOf(bare, [range({ max: { cpu: 3 }, defaultRequest: { cpu: 1 } })])).toEqual({ cpu: 1100 });
  expect(requestsOf(bare, [range({ max: { cpu: 3 } })])).toEqual({ cpu: 3100 });
  expect(requestsOf(bare, [range({ min: { cpu: '50m' } })])).toEqual({ cpu: 150 });
  expect(requestsOf({ containers: [container({ cpu: 1 })] }, [range({ default: { cpu: 2 } })])).toEqual({ cpu: 1100 });
  const { problems } = podResources({ containers: [container({ cpu: 3 })] }, { limitRanges: [limitRangeOf(range({ default: { cpu: 2 } }))], overhead: {} });
  expect(problems).toEqual([{ limitRange: 'l', problem: 'container m: 3 of cpu requested, the default limit is 2' }]);
});

test('declared nodes are those that the embedded cluster makes', () => {
  const specs: NodeSpec[] = [
    { name: 'worker', count: 2, cpu: 4, memory: '16Gi', pods: 110, gpus: 0, labels: { zone: 'a' }, taints: [] },
    { name: 'gpu', count: 1, cpu: '7500m', memory: '64Gi', pods: 20, gpus: 2, labels: { 'kubernetes.io/hostname': 'x' }, taints: [{ key: 'gpu', value: 'true', effect: 'NoSchedule' }, { key: 'soft', effect: 'PreferNoSchedule' }] },
  ];
  const made = nodeObjects(specs, { agentPort: 1, release: 'v1.36.3' }).map(({ metadata, spec }) => {
    const { capacity } = JSON.parse(metadata.annotations?.['mostik.dev/node'] ?? '{}') as { capacity: object };
    return { name: metadata.name, labels: metadata.labels, taints: (spec as { taints?: object[] } | undefined)?.taints ?? [], allocatable: readResources(capacity) };
  });
  expect(declaredNodes(specs).map(({ name, labels, taints, allocatable }) => ({ name, labels, taints, allocatable }))).toEqual(made);
});
