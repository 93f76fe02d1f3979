import { expect, test } from 'vitest';
import { asking, workload } from '../capacity/test-objects.js';
import type { KubeObject, NodeSpec, ResolvedPlatform } from '../model/index.js';
import { NodeSpec as Node } from '../model/schema.js';
import { platformOf } from '../render/platform.fixture.js';
import { capacity } from './capacity.js';
import { desired, lines, object } from './objects.fixture.js';

const nodes = (...specs: (Partial<NodeSpec> & { name: string })[]): NodeSpec[] => specs.map((spec) => Node.parse(spec));
const platform = (cluster: Partial<ResolvedPlatform['cluster']>): ResolvedPlatform => platformOf({}, { cluster: { provider: 'embedded', name: 'demo', nodes: nodes({ name: 'worker', count: 3 }), provides: [], controllers: [], contexts: [], ...cluster } });
const findings = (objects: KubeObject[], cluster: Partial<ResolvedPlatform['cluster']> = {}): string[] => lines(capacity(platform(cluster), desired(...objects))).map((line) => line.replace(/ \([^()]*(\([^()]*\)[^()]*)*\)$/, ''));
const big = workload('Deployment', 'web', { replicas: 2, pod: asking({ cpu: 64 }) });

test('a pod that no declared node has room for is an error, a warning on nodes that nobody declared, and nothing on a cluster that is not known', () => {
  const message = 'pods-will-not-fit Deployment/shop/web: 2 of 2 pods will not run: 0/3 nodes are available: 3 Insufficient cpu';
  expect(findings([big])).toEqual([`error ${message}`]);
  expect(findings([big], { nodes: nodes({ name: 'node', count: 3 }) })).toEqual([`warning ${message}`]);
  expect(findings([big], { provider: 'existing' })).toEqual([]);
  expect(findings([big], { nodes: nodes({ name: 'worker', cpu: 150 }) })).toEqual(['warning rollout-will-not-fit Deployment/shop/web: a rollout would be stuck: no room for the one pod more that it needs: 0/1 nodes are available: 1 Insufficient cpu']);
});

test('what is short in sum is told once, with all whose pods it may be', () => {
  const half = (name: string) => workload('StatefulSet', name, { replicas: 4, pod: asking({ cpu: 2 }) });
  expect(findings([half('a'), half('b')])).toEqual([
    'warning pods-may-not-fit StatefulSet/shop/a: 2 of 4 pods may not run: in one order of placement 0/3 nodes are available: 3 Insufficient cpu',
    'warning pods-may-not-fit StatefulSet/shop/b: 2 of 4 pods may not run: in one order of placement 0/3 nodes are available: 3 Insufficient cpu',
    'error pods-together-will-not-fit StatefulSet/shop/a, StatefulSet/shop/b: at least 2 of their pods will not run: no order of placement finds room for all of them',
  ]);
});

test('an order that the scheduler would hardly choose is an information', () => {
  const few = [workload('DaemonSet', 'agent', { pod: asking({ cpu: 1 }) }), workload('StatefulSet', 'web', { replicas: 5, pod: asking({ cpu: 1 }) })];
  expect(findings(few).map((line) => line.split(': ')[0])).toEqual(['info pods-may-not-fit DaemonSet/shop/agent']);
});

test('devices that no node has are named', () => {
  expect(findings([workload('StatefulSet', 'model', { replicas: 1, pod: asking({}, { limits: { 'nvidia.com/gpu': 1 } }) })])).toEqual(['error device-missing StatefulSet/shop/model: asks for nvidia.com/gpu, which no node has']);
});

test('quotas and LimitRanges speak on every cluster', () => {
  const quota = object('ResourceQuota', 'few', { spec: { hard: { 'requests.cpu': '1', 'limits.cpu': '9' } } });
  expect(findings([quota, big], { provider: 'existing' })).toEqual([
    'error quota-refuses-pods Deployment/shop/web: the API server refuses 2 of 2 pods: ResourceQuota/shop/few: must specify limits.cpu for: main',
  ]);
  const whole = workload('StatefulSet', 'db', { replicas: 2, pod: asking({ cpu: 1 }, { limits: { cpu: 1 } }) });
  expect(findings([quota, whole], { provider: 'existing' })).toEqual(['error quota-exceeded ResourceQuota/shop/few: requests.cpu: the platform wants 2, the quota allows 1: 2 by StatefulSet/shop/db']);
  const once = workload('Job', 'once', { pod: asking({ cpu: '500m' }, { limits: { cpu: 1 } }) });
  const one = workload('StatefulSet', 'db', { replicas: 1, pod: asking({ cpu: 1 }, { limits: { cpu: 1 } }) });
  expect(findings([quota, one, once], { provider: 'existing' })).toEqual(['warning quota-may-be-exceeded ResourceQuota/shop/few: requests.cpu: with Jobs and hooks the platform wants 1.5 while these run, the quota allows 1']);
  const limits = object('LimitRange', 'small', { spec: { limits: [{ type: 'Container', max: { cpu: '500m' } }] } });
  expect(findings([limits, whole], { provider: 'existing' })).toEqual(['error limit-range-refuses StatefulSet/shop/db: LimitRange small: container main: 1 of cpu, expected at most 0.5']);
});

test('autoscalers that may want more than there is are a warning', () => {
  const scaler = object('autoscaling/v2 HorizontalPodAutoscaler', 'web', { spec: { maxReplicas: 20, scaleTargetRef: { kind: 'Deployment', name: 'web' } } });
  expect(findings([scaler, workload('Deployment', 'web', { pod: asking({ cpu: 1 }) })])).toEqual(['warning scale-will-not-fit Deployment/shop/web: HorizontalPodAutoscaler/shop/web may want 20 pods, and there is no room for so many: 0/3 nodes are available: 3 Insufficient cpu']);
});

test('missing classes and claims are left to the checks of references, classes that the cluster provides are known', () => {
  const web = workload('StatefulSet', 'web', { replicas: 1, pod: { priorityClassName: 'high' } });
  expect(findings([web])).toEqual([]);
  const claim = object('PersistentVolumeClaim', 'data', { spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] } });
  expect(findings([claim, workload('StatefulSet', 'db', { replicas: 1, pod: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } })], { provides: ['StorageClass/fast'] })).toEqual([]);
});
