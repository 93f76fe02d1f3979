import { expect, test } from 'vitest';
import type { Health, KubeObject } from '../model/index.js';
import { refOf } from '../model/index.js';
import { healthOf } from './health/index.js';
import { whyNotReady, type ObjectHealth, type Situation } from './why-not-ready.js';

const deployment = (name: string, { ready = 0, replicas = 2, status = {} }: { ready?: number; replicas?: number; status?: object } = {}): KubeObject => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop', uid: `uid-${name}`, generation: 1 },
  spec: { replicas, selector: { matchLabels: { app: name } } },
  status: { observedGeneration: 1, replicas, updatedReplicas: replicas, availableReplicas: ready, ...status },
});

const pod = (app: string, status: object, more: { name?: string; made?: string; spec?: object } = {}): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: more.name ?? `${app}-1`, namespace: 'shop', labels: { app }, creationTimestamp: more.made ?? '2026-01-01T00:00:00Z' },
  ...(more.spec ? { spec: more.spec } : {}),
  status: { phase: 'Pending', ...status },
});

const waiting = (reason: string, message: string): object => ({ containerStatuses: [{ name: 'web', state: { waiting: { reason, message } } }] });
const noKey = waiting('CreateContainerConfigError', 'secret "db" has no key "password"');
const noRoom = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.' }] };
const notProbed = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [web]' }] };

const object = (component: string, live: KubeObject, health: Health = healthOf(live)): ObjectHealth => ({ component, ref: refOf(live), health, live });
const event = (about: KubeObject, reason: string, message: string, time = '2026-01-01T00:00:00Z'): KubeObject => ({
  apiVersion: 'v1', kind: 'Event', metadata: { name: `${about.metadata.name}.${time}`, namespace: 'shop' }, reason, message, type: 'Warning', lastTimestamp: time,
  involvedObject: { kind: about.kind, namespace: 'shop', name: about.metadata.name },
});

const sentences = (situation: Partial<Situation>): string[] =>
  whyNotReady({ components: [], healths: [], pods: [], events: [], ...situation }).map(({ sentence }) => sentence);

const three = [{ name: 'db', after: [] }, { name: 'orchestrator', after: ['db'] }, { name: 'api-gateway', after: ['orchestrator'] }];

test('a chain goes from the component over what it needs to the pod and the key that it lacks', () => {
  const situation: Situation = {
    components: three,
    healths: [object('db', deployment('db', { ready: 2 })), object('orchestrator', deployment('orchestrator'))],
    pods: [pod('orchestrator', noKey)],
    events: [],
    skipped: new Set(['api-gateway']),
  };
  expect(whyNotReady(situation)).toMatchObject([{ component: 'orchestrator', root: 'orchestrator' }, { component: 'api-gateway', root: 'orchestrator' }]);
  expect(sentences(situation)).toEqual([
    'orchestrator is not ready because Deployment/shop/orchestrator: 0 of 2 replicas available: pod orchestrator-1: Secret shop/db has no key password',
    'api-gateway is not ready because orchestrator is not ready because Deployment/shop/orchestrator: 0 of 2 replicas available: pod orchestrator-1: Secret shop/db has no key password',
  ]);
});

test('a pod that merely does not answer, or crashes, is put down to what it needs', () => {
  const crash = waiting('CrashLoopBackOff', 'back-off 10s restarting failed container');
  const healths = [object('db', deployment('db')), object('orchestrator', deployment('orchestrator'))];
  for (const status of [notProbed, crash]) {
    const [, second] = whyNotReady({ components: three, healths, pods: [pod('db', noRoom), pod('orchestrator', status)], events: [] });
    expect(second?.root).toBe('db');
    expect(second?.sentence).toBe('orchestrator is not ready because db is not ready because Deployment/shop/db: 0 of 2 replicas available: pod db-1: no node takes it: 0/2 nodes are available: 2 Insufficient cpu');
  }
});

test('a cause of its own counts although what it needs is not ready either', () => {
  const healths = [object('db', deployment('db')), object('orchestrator', deployment('orchestrator'))];
  const [, second] = whyNotReady({ components: three, healths, pods: [pod('db', notProbed), pod('orchestrator', noKey)], events: [] });
  expect(second?.root).toBe('orchestrator');
});

test('pods that the server refuses are told with the quota', () => {
  const refused = 'pods "web-7c-" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2';
  const failing = deployment('web', { status: { replicas: 0, updatedReplicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused }] } });
  const set: KubeObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'set', namespace: 'shop', generation: 1 }, spec: { replicas: 1, selector: { matchLabels: { app: 'set' } } }, status: { observedGeneration: 1 } };
  const why = 'its pods are refused: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2';
  const events = [event(set, 'FailedCreate', `create Pod set-0 in StatefulSet set failed error: ${refused.replace('web-7c-', 'set-0')}`)];
  expect(sentences({ components: [{ name: 'web', after: [] }, { name: 'set', after: [] }], healths: [object('web', failing), object('set', set)], events })).toEqual([
    `web is not ready because Deployment/shop/web: 0 of 2 replicas are of the new template: ${why}`,
    `set is not ready because StatefulSet/shop/set: 0 of 1 replicas ready: ${why}`,
  ]);
});

test('an object that could not be written is its own reason, without its name twice', () => {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
  const healths: ObjectHealth[] = [{ component: 'web', ref, health: { status: 'failed', reason: 'Deployment/shop/web: denied by policy pinned' } }];
  expect(sentences({ components: [{ name: 'web', after: [] }], healths })).toEqual(['web is not ready because Deployment/shop/web: denied by policy pinned']);
});

test('a claim that is not bound explains the pod that waits for it', () => {
  const unbound = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.' }] };
  const claim: KubeObject = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' } };
  const held = pod('web', unbound, { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } });
  const events = [event(claim, 'ProvisioningFailed', 'older'), event(claim, 'ProvisioningFailed', 'storageclass "fast" not found', '2026-01-01T00:00:09Z')];
  expect(sentences({ components: [{ name: 'web', after: [] }], healths: [object('web', deployment('web'))], pods: [held], events })[0]).toMatch(/: PersistentVolumeClaim\/shop\/data: storageclass "fast" not found$/);
});

test('what is missing leads on to the component that has not made it', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' };
  const healths: ObjectHealth[] = [
    object('web', deployment('web')),
    { component: 'secrets', ref: secret, health: { status: 'failed', reason: 'Secret/shop/db: exceeded quota: few' } },
  ];
  const components = [{ name: 'web', after: [] }, { name: 'secrets', after: [] }];
  const missing = pod('web', waiting('CreateContainerConfigError', 'secret "db" not found'));
  expect(sentences({ components, healths, pods: [missing] })[0]).toBe(
    'web is not ready because Deployment/shop/web: 0 of 2 replicas available: pod web-1: Secret shop/db is missing because secrets is not ready because Secret/shop/db: exceeded quota: few',
  );
});

test('stuck pods are told before those on their way, and components in a ring do not hang it', () => {
  const pods = [pod('a', noKey, { name: 'a-old' }), pod('a', { phase: 'Pending' }, { name: 'a-new', made: '2026-01-02T00:00:00Z' })];
  expect(sentences({ components: [{ name: 'a', after: [] }], healths: [object('a', deployment('a'))], pods })[0]).toContain('pod a-old');
  const ring = [{ name: 'a', after: ['b'] }, { name: 'b', after: ['a'] }];
  expect(sentences({ components: ring, skipped: new Set(['a', 'b']) })).toEqual(['a is not ready because b is not ready', 'b is not ready because a is not ready']);
});

test('a component that a person stopped is the cause of what needs it, and has no chain of its own', () => {
  const situation = { components: three, healths: [object('db', deployment('db', { ready: 0, replicas: 0 })), object('orchestrator', deployment('orchestrator'))], pods: [pod('orchestrator', notProbed)], stopped: new Map([['db', 'was stopped by ann@laptop']]) };
  expect(sentences(situation)).toEqual(['orchestrator is not ready because db was stopped by ann@laptop']);
});

test('a platform that is ready has no chain; what nobody can tell is no cause', () => {
  const unknown = object('web', { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'web', namespace: 'shop' } }, { status: 'unknown', reason: 'admitted, readiness unknown' });
  expect(sentences({ components: [{ name: 'web', after: [] }], healths: [object('web', deployment('web', { ready: 2 })), unknown] })).toEqual([]);
});
