import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asDict, asList, valueAt } from '../lib/read-unknown.js';
import { createCluster, deleteCluster, type ClusterRecord } from './index.js';
import { apply, binaries, complete, eventually, kubectl, makeWorld, noCluster, rollout, type World } from './test-cluster.js';

describe.skipIf(!binaries)(`workloads on simulated nodes${noCluster}`, () => {
  let world: World;
  let cluster: ClusterRecord;
  beforeAll(async () => {
    world = await makeWorld();
    cluster = await createCluster({ name: 'work', binaries: binaries!, supervisor: world.supervisor, throwAway: true, audit: true });
    await complete(cluster);
  });
  afterAll(async () => {
    await deleteCluster('work');
    world.remove();
  });

  const field = (object: string, path: string) => kubectl(cluster, 'get', object, '-o', `jsonpath={${path}}`);
  const get = async (object: string) => JSON.parse(await kubectl(cluster, 'get', object, '-o', 'json')) as unknown;
  const isReady = (pod: string) => field(pod, '.status.conditions[?(@.type=="Ready")].status');
  const startChecked = async (pod: string) => asDict(asList(valueAt(await get(pod), 'status', 'conditions')).find((one) => asDict(one)['type'] === 'mostik.dev/StartChecked'));
  const pod = (name: string, spec: string, annotations = '{}') =>
    apply(cluster, `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, annotations: ${annotations}}, spec: ${spec}}`);

  test('a Deployment of 100 pods becomes available, and rolls over to a new image', async () => {
    await apply(cluster, deployment('many', { replicas: 100, requests: '{cpu: 50m, memory: 32Mi}' }));
    await rollout(cluster, 'deployment/many');
    await kubectl(cluster, 'set', 'image', 'deployment/many', 'app=example.org/app:2');
    await rollout(cluster, 'deployment/many');
    expect(await field('deployment/many', '.status.availableReplicas')).toBe('100');
    // Pods of the old image are still there while they end.
    const ips = async (): Promise<string[]> => (await kubectl(cluster, 'get', 'pods', '-l', 'app=many', '-o', 'jsonpath={.items[?(@.status.phase=="Running")].status.podIP}')).split(' ');
    expect(new Set(await eventually(ips, ({ length }) => length === 100)).size).toBe(100);
    await kubectl(cluster, 'delete', 'deployment/many');
  });

  test('a pod whose Secret is missing is not Ready, says so as a kubelet would, and starts once the Secret is there', async () => {
    const spec = '{containers: [{name: app, image: x, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password}}}]}, {name: side, image: x}]}';
    await pod('waits', spec);
    const waiting = await eventually(() => field('pod/waits', '.status.containerStatuses[0].state.waiting.reason'), (reason) => reason !== '' && reason !== 'ContainerCreating');
    expect(waiting).toBe('CreateContainerConfigError');
    expect(await field('pod/waits', '.status.containerStatuses[0].state.waiting.message')).toBe('secret "db" not found');
    expect(await isReady('pod/waits')).toBe('False');
    await kubectl(cluster, 'create', 'secret', 'generic', 'db', '--from-literal=user=kim');
    await eventually(() => field('pod/waits', '.status.containerStatuses[0].state.waiting.message'), (message) => message === 'secret "db" has no key "password"');
    await kubectl(cluster, 'patch', 'secret', 'db', '-p', '{"stringData":{"password":"x"}}');
    await eventually(() => isReady('pod/waits'), (ready) => ready === 'True');
    expect(await startChecked('pod/waits')).toMatchObject({ status: 'True', reason: 'Checked' });
  });

  test('a pod with a volume that cannot be mounted waits, with an event; what is optional is not waited for', async () => {
    const volumes = '[{name: v, projected: {sources: [{configMap: {name: settings}}, {secret: {name: nowhere, optional: true}}]}}]';
    await pod('mounts', `{containers: [{name: app, image: x, volumeMounts: [{name: v, mountPath: /v}]}], volumes: ${volumes}}`);
    await eventually(() => startChecked('pod/mounts'), ({ reason }) => reason === 'FailedMount');
    expect(await field('pod/mounts', '.status.containerStatuses[0].state.waiting.reason')).toBe('ContainerCreating');
    const events = await eventually(() => kubectl(cluster, 'get', 'events', '--field-selector=involvedObject.name=mounts,reason=FailedMount'), (text) => text !== '');
    expect(events).toContain('volume "v": configmap "settings" not found');
    await kubectl(cluster, 'create', 'configmap', 'settings');
    await eventually(() => isReady('pod/mounts'), (ready) => ready === 'True');
  });

  test('Jobs complete, and one whose pods crash fails', async () => {
    await apply(cluster, job('good', '{}'));
    await apply(cluster, job('bad', '{mostik.dev/simulate-crash: "true"}'));
    await kubectl(cluster, 'wait', '--for=condition=Complete', 'job/good', '--timeout=180s');
    await kubectl(cluster, 'wait', '--for=condition=Failed', 'job/bad', '--timeout=180s');
  });

  test('a StatefulSet gets its claims bound, and a claim grows when asked', async () => {
    await apply(cluster, statefulSet);
    await rollout(cluster, 'statefulset/db');
    expect(await field('pvc/data-db-1', '.status.phase')).toBe('Bound');
    const volume = await field('pvc/data-db-1', '.spec.volumeName');
    expect(await field(`pv/${volume}`, '.spec.hostPath.path')).toBe(join(cluster.folder, 'volumes', volume));
    await kubectl(cluster, 'patch', 'pvc', 'data-db-1', '-p', '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}');
    await eventually(() => field('pvc/data-db-1', '.status.capacity.storage'), (size) => size === '2Gi');
    await kubectl(cluster, 'delete', 'statefulset/db', 'pvc/data-db-0', 'pvc/data-db-1');
    await eventually(() => kubectl(cluster, 'get', 'pv', '-o', 'name'), (names) => names === '');
  });

  test('Services of type LoadBalancer get an address each, the same one when made anew; Ingresses get one', async () => {
    const service = (name: string) => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}`;
    const addressOf = (name: string) => eventually(() => field(`service/${name}`, '.status.loadBalancer.ingress[0].ip'), (ip) => ip !== '');
    await apply(cluster, `${service('one')}\n---\n${service('two')}`);
    const [one, two] = [await addressOf('one'), await addressOf('two')];
    expect(one).toMatch(/^198\.1[89]\./);
    expect(two).not.toBe(one);
    await kubectl(cluster, 'delete', 'service/one');
    await apply(cluster, service('one'));
    expect(await addressOf('one')).toBe(one);
    await apply(cluster, '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: door}, spec: {defaultBackend: {service: {name: one, port: {number: 80}}}}}');
    await eventually(() => field('ingress/door', '.status.loadBalancer.ingress[0].ip'), (ip) => ip === '198.18.0.1');
  });

  test('an autoscaler gets metrics and scales by them', async () => {
    await apply(cluster, `${deployment('hot', { replicas: 1, requests: '{cpu: 100m}', annotations: '{mostik.dev/simulate-cpu: "90%"}' })}\n---\n${autoscaler}`);
    await eventually(() => field('hpa/hot', '.status.currentMetrics[0].resource.current.averageUtilization'), (use) => use === '90');
    await eventually(() => field('deployment/hot', '.spec.replicas'), (replicas) => Number(replicas) > 1);
    expect(await kubectl(cluster, 'top', 'pods', '--no-headers')).toMatch(/hot-\S+\s+90m/);
  });

  test('a held pod does not become Ready, and one that crashes counts its restarts', async () => {
    await pod('held', '{containers: [{name: app, image: x}]}', '{mostik.dev/simulate-ready-after: 10m}');
    await pod('crashing', '{containers: [{name: app, image: x}]}', '{mostik.dev/simulate-crash: "true"}');
    await pod('imageless', '{containers: [{name: app, image: x}]}', '{mostik.dev/simulate-image-error: "true"}');
    expect(await eventually(() => startChecked('pod/held'), ({ status }) => status !== undefined)).toMatchObject({ status: 'False', reason: 'Held' });
    await eventually(() => field('pod/crashing', '.status.containerStatuses[0].state.waiting.reason'), (reason) => reason === 'CrashLoopBackOff');
    await eventually(() => field('pod/imageless', '.status.containerStatuses[0].state.waiting.reason'), (reason) => reason === 'ImagePullBackOff');
    await eventually(() => field('pod/crashing', '.status.containerStatuses[0].restartCount'), (count) => Number(count) > 0);
    expect(await isReady('pod/held')).toBe('False');
    await kubectl(cluster, 'annotate', 'pod/crashing', 'mostik.dev/simulate-crash-');
    await eventually(() => isReady('pod/crashing'), (ready) => ready === 'True');
  });

  test('a pod that KWOK gave up on, because a write of its was refused, starts all the same', async () => {
    await apply(cluster, refusal);
    const refused = () => readFileSync(join(cluster.folder, 'logs', 'kwok.log'), 'utf8').includes('not for now');
    for (let i = 0; !refused(); i++) {
      // The policy takes effect a moment after it is there.
      await pod(`refused-${i}`, '{containers: [{name: app, image: x}]}');
      await eventually(() => startChecked(`pod/refused-${i}`), ({ status }) => status === 'True');
      await sleep(500);
    }
    await kubectl(cluster, 'delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', 'refusal');
    const unready = () => kubectl(cluster, 'get', 'pods', '-o', 'name', '--field-selector=status.phase=Pending');
    await eventually(unready, (names) => !names.includes('pod/refused'));
  });

  test('logs and exec of a simulated pod say that containers do not run', async () => {
    expect(await kubectl(cluster, 'logs', 'waits', '-c', 'app')).toBe('simulated: containers do not run, so container app of pod default/waits has no log');
    await expect(kubectl(cluster, 'exec', 'waits', '-c', 'app', '--', 'ls')).rejects.toThrow(/simulated: containers do not run/);
  });

  test('a pod that fits on no node is Pending with the reason of the scheduler', async () => {
    await pod('huge', '{containers: [{name: app, image: x, resources: {requests: {cpu: 64}}}]}');
    const message = await eventually(() => field('pod/huge', '.status.conditions[?(@.type=="PodScheduled")].message'), (text) => text !== '');
    expect(message).toContain('3 Insufficient cpu');
  });

  test('the audit log has one line per request', () => {
    const lines = readFileSync(join(cluster.folder, 'logs', 'audit.log'), 'utf8').trim().split('\n').slice(0, -1);
    const creates = lines.map((line) => JSON.parse(line) as unknown).filter((entry) => valueAt(entry, 'verb') === 'create' && valueAt(entry, 'objectRef', 'name') === 'db' && valueAt(entry, 'objectRef', 'resource') === 'secrets');
    expect(creates).toHaveLength(1);
    expect(creates[0]).toMatchObject({ stage: 'ResponseComplete', user: { username: 'mostik-admin' } });
  });
});

function deployment(name: string, { replicas, requests, annotations = '{}' }: { replicas: number; requests: string; annotations?: string }): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: ${annotations} }
    spec: { containers: [{ name: app, image: "example.org/app:1", resources: { requests: ${requests} } }] }`;
}

function job(name: string, annotations: string): string {
  return `
apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  backoffLimit: 0
  template:
    metadata: { annotations: ${annotations} }
    spec: { restartPolicy: Never, initContainers: [{ name: first, image: x }], containers: [{ name: app, image: x }] }`;
}

const refusal = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: refusal }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [pods/status] }] }
  matchConditions: [{ name: kwok, expression: "request.userInfo.username == 'mostik-simulated-nodes'" }]
  validations: [{ expression: "false", message: not for now }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: refusal }
spec: { policyName: refusal, validationActions: [Deny] }`;

const statefulSet = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: x, volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]`;

const autoscaler = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: hot }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: hot }
  maxReplicas: 4
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }]`;
