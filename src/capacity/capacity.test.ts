import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/index.js';
import { capacityOf, type CapacityInput, type CapacityNode } from './index.js';
import { asking, nodes, rendered, workload } from './test-objects.js';

const three = nodes({ name: 'worker', count: 3 });
const report = (objects: KubeObject[], where: CapacityNode[] | undefined = three, more: Partial<CapacityInput> = {}) =>
  capacityOf({ objects: objects.map(rendered), nodes: where, knows: ['StorageClass', 'PriorityClass'], ...more });
/** `NAME: VERDICT LEAST-MOST missing`. */
const verdicts = (...given: Parameters<typeof report>): string[] =>
  report(...given).workloads.map(({ of, verdict, missing }) => `${of.name}: ${verdict}${missing.most > 0 ? ` ${missing.least}-${missing.most}` : ''}`);

describe('what fits', () => {
  test('pods that find room whatever goes first', () => {
    expect(verdicts([workload('Deployment', 'web', { replicas: 3, pod: asking({ cpu: 1 }) }), workload('StatefulSet', 'db', { replicas: 2, pod: asking({ cpu: '500m' }) })])).toEqual(['web: fits', 'db: fits']);
  });

  test('exactly as many pods as there is room for, alone', () => {
    expect(verdicts([workload('Deployment', 'web', { replicas: 6, pod: asking({ cpu: 2 }) })])).toEqual(['web: fits']);
    expect(verdicts([workload('Deployment', 'web', { replicas: 7, pod: asking({ cpu: 2 }) })])).toEqual(['web: pending 1-1']);
  });

  test('a pod too large for every node, with what each of them lacks', () => {
    const { workloads } = report([workload('Deployment', 'big', { replicas: 2, pod: asking({ cpu: 64 }) })]);
    expect(workloads[0]).toMatchObject({ verdict: 'pending', missing: { least: 2, most: 2 }, reason: '0/3 nodes are available: 3 Insufficient cpu' });
  });

  test('an answer that depends on the order says so', () => {
    // A large one fits only while no small one is on the node that it needs.
    const some = [workload('Deployment', 'small', { replicas: 3, pod: asking({ cpu: 1 }) }), workload('Deployment', 'large', { replicas: 1, pod: asking({ cpu: 4 }) })];
    expect(verdicts(some)).toEqual(['small: fits', 'large: may not fit 0-1']);
    expect(report(some).workloads[1]?.reason).toBe('in one order of placement 0/3 nodes are available: 3 Insufficient cpu');
  });

  test('more than the nodes have in sum is certain, though not whose pods wait', () => {
    const found = report([workload('Deployment', 'a', { replicas: 4, pod: asking({ cpu: 2 }) }), workload('Deployment', 'b', { replicas: 4, pod: asking({ cpu: 2 }) })]);
    expect(found.workloads.map(({ verdict }) => verdict)).toEqual(['may not fit', 'may not fit']);
    expect(found.shortages).toMatchObject([{ missing: 2 }]);
  });

  test('with priorities the lower ones wait', () => {
    const classes: KubeObject[] = [{ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 }];
    const low = workload('Deployment', 'low', { replicas: 4, pod: asking({ cpu: 2 }) });
    const high = workload('Deployment', 'high', { replicas: 4, pod: { ...asking({ cpu: 2 }), priorityClassName: 'high' } });
    expect(verdicts([...classes, low, high])).toEqual(['low: pending 2-2', 'high: fits']);
    const patient = [{ ...classes[0]!, preemptionPolicy: 'Never' }];
    expect(verdicts([...patient, low, high])).toEqual(['low: may not fit 0-2', 'high: may not fit 0-2']);
  });
});
