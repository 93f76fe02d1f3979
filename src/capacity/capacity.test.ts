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
    expect(report(some).workloads[1]).toMatchObject({ reason: 'in one order of placement 0/3 nodes are available: 3 Insufficient cpu', tried: { orders: 8 } });
    expect(report(some).workloads[1]?.tried?.failed).toBeGreaterThan(0);
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

describe('what is let in', () => {
  const core = (kind: string, spec: object): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name: kind.toLowerCase(), namespace: 'shop' }, spec });
  const quota = (hard: object, more: object = {}) => core('ResourceQuota', { hard, ...more });

  test('a quota refuses what is above it, and says how much', () => {
    const found = report([quota({ 'requests.cpu': 2 }), workload('Deployment', 'web', { replicas: 3, pod: asking({ cpu: 1 }) })]);
    expect(found.workloads[0]).toMatchObject({ verdict: 'refused', cause: 'quota', missing: { least: 1, most: 1 }, reason: 'ResourceQuota/shop/resourcequota: requests.cpu is limited to 2: no room for 3 pods of 1' });
    expect(found.quotas).toMatchObject([{ resource: 'requests.cpu', hard: 2000, wanted: 3000 }]);
  });

  test('of several in one quota it is open whose pods are refused; those alone too large are certain', () => {
    const some = (cpu: number) => [quota({ 'requests.cpu': 2 }), workload('Deployment', 'a', { replicas: 1, pod: asking({ cpu }) }), workload('Deployment', 'b', { replicas: 2, pod: asking({ cpu: 1 }) })];
    expect(verdicts(some(1))).toEqual(['a: may not fit 0-1', 'b: may not fit 0-1']);
    expect(verdicts(some(3))).toEqual(['a: refused 1-1', 'b: fits']);
  });

  test('a quota of cpu refuses pods that do not say theirs, unless a LimitRange says it for them', () => {
    const silent = workload('Deployment', 'web', { replicas: 1 });
    expect(report([quota({ 'limits.cpu': 4 }), silent]).workloads[0]).toMatchObject({ verdict: 'refused', reason: 'ResourceQuota/shop/resourcequota: must specify limits.cpu for: main' });
    expect(verdicts([quota({ 'limits.cpu': 4 }), core('LimitRange', { limits: [{ type: 'Container', default: { cpu: 1 } }] }), silent])).toEqual(['web: fits']);
  });

  test('a quota without room for one pod more stops a rollout that takes none away first', () => {
    const web = (replicas: number) => report([quota({ pods: 3 }), workload('Deployment', 'web', { replicas })]).workloads[0]?.rollout;
    expect(web(2)?.verdict).toBe('fits');
    expect(web(3)).toEqual({ verdict: 'refused', reason: 'ResourceQuota/shop/resourcequota: pods: 0 of 3 is left, one more pod asks for 1' });
  });

  test('pods that end give their share of a quota back', () => {
    const job = workload('Job', 'once', { pod: asking({ cpu: 2 }) });
    expect(verdicts([quota({ 'requests.cpu': 2 }), workload('Deployment', 'web', { replicas: 2, pod: asking({ cpu: 1 }) }), job])).toEqual(['web: fits', 'once: may not fit 0-1']);
  });

  test('a quota counts objects of every kind, those that Kubernetes adds among them', () => {
    const map: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
    const services = ['a', 'b'].map((name): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { type: 'LoadBalancer', ports: [{ port: 1 }, { port: 2 }] } }));
    const { quotas } = report([quota({ configmaps: 1, 'services.nodeports': 3, 'count/services': 5, 'services.loadbalancers': 1 }), map, ...services]);
    expect(quotas.map(({ resource, wanted, hard }) => [resource, wanted, hard])).toEqual([['configmaps', 2, 1], ['services.nodeports', 4, 3], ['count/services', 2, 5], ['services.loadbalancers', 2, 1]]);
  });

  test('a claim that a LimitRange refuses is told by its name', () => {
    const claim: KubeObject = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } } };
    expect(report([core('LimitRange', { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '10Gi' } }] }), claim]).refusedClaims).toMatchObject([{ reason: 'LimitRange limitrange: 20Gi of storage, expected at most 10Gi' }]);
  });

  test('without nodes quotas are judged, and nothing is said of nodes', () => {
    const objects = [quota({ pods: 1 }), workload('Deployment', 'web', { replicas: 2, pod: asking({ cpu: 64 }) }), workload('Deployment', 'other', { namespace: 'else' })];
    expect(capacityOf({ objects: objects.map(rendered) }).workloads.map(({ verdict }) => verdict)).toEqual(['refused', 'unknown']);
  });
});

describe('what changes over time', () => {
  const rollout = (...given: Parameters<typeof report>) => report(...given).workloads.map(({ rollout: found }) => found?.verdict);

  test('a rollout that may take nothing away needs room for one more', () => {
    expect(rollout([workload('Deployment', 'web', { replicas: 1, pod: asking({ cpu: 3 }) })], nodes({ name: 'one' }))).toEqual(['pending']);
    expect(rollout([workload('Deployment', 'web', { replicas: 1, pod: asking({ cpu: 2 }) })], nodes({ name: 'one' }))).toEqual(['fits']);
    const recreate = { strategy: { type: 'Recreate' } };
    expect(rollout([workload('Deployment', 'web', { replicas: 1, pod: asking({ cpu: 3 }), more: recreate })], nodes({ name: 'one' }))).toEqual([undefined]);
    // A quarter of four may go, so there is always room for the next.
    expect(rollout([workload('Deployment', 'web', { replicas: 4, pod: asking({ cpu: 3 }) })], nodes({ name: 'worker', count: 4 }))).toEqual([undefined]);
  });

  test('one pod on each node and no more is stuck at its next rollout, unless revisions are told apart', () => {
    const apart = (more: object) => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } }, ...more }] } } });
    expect(rollout([workload('Deployment', 'web', { replicas: 3, pod: apart({}) })])).toEqual(['pending']);
    expect(rollout([workload('Deployment', 'web', { replicas: 3, pod: apart({ matchLabelKeys: ['pod-template-hash'] }) })])).toEqual(['fits']);
  });

  test('what a rollout would meet changes nothing of the verdict on what stays', () => {
    const zones = nodes({ name: 'a', labels: { zone: 'a' } }, { name: 'b', count: 2, labels: { zone: 'b' } });
    const near = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'first' } } }] } } };
    const first = workload('Deployment', 'first', { replicas: 1, pod: { ...asking({ cpu: 1 }), nodeSelector: { zone: 'a' } } });
    const found = report([first, workload('Deployment', 'second', { replicas: 3, pod: { ...asking({ cpu: 1 }), ...near } })], zones);
    expect(found.workloads.map(({ verdict, rollout: next }) => [verdict, next?.verdict])).toEqual([['fits', 'pending'], ['fits', 'pending']]);
  });

  test('a Job whose room is open leaves the verdict on what stays as it is', () => {
    const some = [workload('StatefulSet', 'a', { replicas: 2, pod: asking({ cpu: 1 }) }), workload('StatefulSet', 'big', { replicas: 1, pod: asking({ cpu: 3 }) }), workload('Job', 'once', { pod: asking({ cpu: 3 }) })];
    expect(verdicts(some, nodes({ name: 'worker', count: 2 }))).toEqual(['a: fits', 'big: fits', 'once: may not fit 0-1']);
  });

  test('an autoscaler is judged at its least, and apart from that at its most', () => {
    const scaler: KubeObject = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace: 'shop' }, spec: { minReplicas: 2, maxReplicas: 20, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } } };
    expect(report([scaler, workload('Deployment', 'web', { replicas: 9, pod: asking({ cpu: 1 }) })]).workloads[0]).toMatchObject({ pods: 2, verdict: 'fits', scaled: { pods: 20, verdict: 'pending', reason: '0/3 nodes are available: 3 Insufficient cpu' } });
    const queue = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'web', namespace: 'shop' }, spec: { scaleTargetRef: { name: 'web' }, maxReplicaCount: 6 } };
    expect(report([queue, workload('Deployment', 'web', { pod: asking({ cpu: 1 }) })]).workloads[0]).toMatchObject({ pods: 0, verdict: 'fits', scaled: { pods: 6, verdict: 'fits' } });
  });

  test('pods that end take no room from those that stay', () => {
    const job = workload('Job', 'once', { replicas: 3, pod: asking({ cpu: 4 }) });
    expect(verdicts([workload('Deployment', 'web', { replicas: 3, pod: asking({ cpu: 3 }) }), job])).toEqual(['web: fits', 'once: pending 3-3']);
    expect(verdicts([workload('Deployment', 'web', { replicas: 1, pod: asking({ cpu: 3 }) }), job])).toEqual(['web: fits', 'once: may not fit 1-1']);
  });
});

describe('what runs already', () => {
  const running = (name: string, node: string, cpu: number, more: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'other', labels: { app: name } }, spec: { nodeName: node, ...asking({ cpu }), ...more }, status: { phase: 'Running' } });

  test('takes room and keeps away, and may be pushed out by the important', () => {
    const busy = three.map(({ name }) => running('busy', name, 3));
    const web = (pod: object = {}) => workload('Deployment', 'web', { replicas: 1, pod: { ...asking({ cpu: 2 }), ...pod } });
    expect(verdicts([web()], three, { running: busy })).toEqual(['web: pending 1-1']);
    const high: KubeObject = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 5 };
    expect(verdicts([high, web({ priorityClassName: 'high' })], three, { running: busy })).toEqual(['web: fits']);
    const ended = busy.map((pod) => ({ ...pod, status: { phase: 'Succeeded' } }));
    expect(verdicts([web()], three, { running: ended })).toEqual(['web: fits']);
    const jealous = three.map(({ name }) => running('jealous', name, 0, { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } }, namespaceSelector: {} }] } } }));
    expect(report([web()], three, { running: jealous }).workloads[0]?.reason).toBe("0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules");
  });

  test('a picture shows what others have beside what the platform wants', () => {
    const [first] = report([workload('DaemonSet', 'agent', { pod: asking({ cpu: 1 }) })], three, { running: [running('busy', 'worker-1', 2)] }).nodes;
    expect(first?.use.find(({ resource }) => resource === 'cpu')).toEqual({ resource: 'cpu', there: 4000, wanted: 1000, others: 2000 });
  });
});

test('claims that no class makes a volume for keep pods waiting', () => {
  const claim = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec } });
  const web = workload('Deployment', 'web', { replicas: 1, pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } });
  const reason = (...objects: KubeObject[]) => report([web, ...objects]).workloads[0]?.reason;
  expect(reason(claim({}))).toBe('claim data finds no volume: it names no StorageClass and none is the default');
  expect(reason(claim({ storageClassName: 'fast' }))).toBe('claim data finds no volume: there is no StorageClass fast');
  expect(reason(claim({ storageClassName: 'fast' }), { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner: 'example.org/disk' })).toBe('');
  const volume: KubeObject = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'] } };
  expect(reason(claim({ storageClassName: '' }), volume)).toBe('claim data waits for one of 1 volumes that are made by hand');
  const shared = claim({ accessModes: ['ReadWriteOncePod'], volumeName: 'v' });
  expect(verdicts([{ ...web, spec: { ...(web['spec'] as object), replicas: 3 } }, shared])).toEqual(['web: pending 2-2']);
  const far = { ...volume, spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['elsewhere'] }] }] } } } };
  expect(reason(claim({ volumeName: 'v' }), far)).toBe("0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity");
});

test('pods that wait for somebody else are never certain to fit', () => {
  expect(verdicts([workload('Deployment', 'web', { pod: { schedulerName: 'mine' } })])).toEqual(['web: may not fit 0-1']);
  expect(verdicts([workload('Deployment', 'web', { pod: { schedulingGates: [{ name: 'x' }] } })])).toEqual(['web: pending 1-1']);
  expect(verdicts([workload('Deployment', 'web', { pod: { priorityClassName: 'nowhere' } })])).toEqual(['web: refused 1-1']);
  expect(verdicts([workload('Deployment', 'web', { pod: { priorityClassName: 'nowhere' } })], three, { knows: [] })).toEqual(['web: fits']);
});

test('a thousand workloads on a hundred nodes are judged, most of them for certain', () => {
  const many = Array.from({ length: 1000 }, (_, i) => workload(i % 10 === 0 ? 'StatefulSet' : 'Deployment', `w${i}`, { replicas: 1 + (i % 4), pod: { ...asking({ cpu: `${50 + (i % 7) * 10}m`, memory: '128Mi' }), ...(i % 3 === 0 ? { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: `w${i}` } } }] } } } : {}) } }));
  const found = report([...many, workload('DaemonSet', 'agent', { pod: asking({ cpu: '100m' }) })], nodes({ name: 'n', count: 100, cpu: 16, memory: '64Gi' }));
  // All others on one node would leave no room for the agent there, though the scheduler never chooses so.
  expect(found.workloads.filter(({ verdict }) => verdict !== 'fits').map(({ of, verdict, tried }) => [of.name, verdict, tried])).toEqual([['agent', 'may not fit', { orders: 4, failed: 0 }]]);
});
