import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startObject, stopObject } from '../../src/apply/index.js';
import { connect, type Kube } from '../../src/kube/index.js';
import { valueAt } from '../../src/lib/read-unknown.js';
import { refOf, type KubeObject } from '../../src/model/index.js';
import { platformTop } from '../../src/operate/top.js';
import { replicasOwners, stoppedOf } from '../../src/plan/index.js';
import { noApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, configMap, deployment, desiredOf, planLines, planOf, stateNamespace } from './world.js';

const signal = new AbortController().signal;
const notWaiting = { wait: false };

describe.skipIf(noApiServer)('stopping on a real API server', () => {
  let server: ApiServer;
  let kube: Kube;
  beforeAll(async () => {
    server = await startApiServer();
    kube = await connect({ kubeconfig: server.kubeconfig });
  });
  afterAll(async () => {
    kube.close();
    await server.stop();
  });

  const live = async (object: KubeObject): Promise<KubeObject> => {
    const found = await kube.get(refOf(object));
    if (!found) throw new Error(`${object.metadata.name} is not there`);
    return found;
  };
  const replicas = async (object: KubeObject): Promise<unknown> => valueAt(await live(object), 'spec', 'replicas');
  const hpa = (name: string): KubeObject => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name, namespace: 'default' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas: 2, maxReplicas: 9 } });
  const scale = (object: KubeObject, count: number, manager: string): Promise<KubeObject> => kube.patch(refOf(object), { type: 'merge', body: { spec: { replicas: count } } }, { fieldManager: manager });

  it('gives a declared number back to Mostik: no plan sees the stop, and a later change is no conflict', async () => {
    const web = deployment('stop-web', { replicas: 3 });
    const desired = desiredOf('stop-one', { web: { objects: [web] } });
    await applyDesired(kube, desired, notWaiting);
    await stopObject(kube, await live(web), { isAutoscaled: false, signal });
    expect(stoppedOf(await live(web))).toMatchObject({ replicas: 3, ours: true });
    const { plan } = await planOf(kube, desired);
    expect(planLines(plan)).toEqual([]);
    expect(plan.diagnostics.map(({ code, component }) => `${code} ${component ?? ''}`)).toEqual(['component-stopped web']);
    await startObject(kube, await live(web), { signal });
    expect(await replicas(web)).toBe(3);
    expect(replicasOwners(await live(web))).toEqual(['mostik']);
    const more = await applyDesired(kube, desiredOf('stop-one', { web: { objects: [deployment('stop-web', { replicas: 5 })] } }), notWaiting);
    expect(planLines(more.plan)).toEqual(['update Deployment/default/stop-web']);
    expect(await replicas(web)).toBe(5);
  });

  it('changes a stopped workload and leaves it stopped; --start brings the declared number', async () => {
    const web = deployment('stop-change', { replicas: 2 });
    await applyDesired(kube, desiredOf('stop-two', { web: { objects: [web] } }), notWaiting);
    await stopObject(kube, await live(web), { isAutoscaled: false, signal });
    const changed = desiredOf('stop-two', { web: { objects: [deployment('stop-change', { replicas: 4, image: 'nginx:1.28' })] } });
    await applyDesired(kube, changed, notWaiting);
    expect([await replicas(web), valueAt(await live(web), 'spec', 'template', 'spec', 'containers', 0, 'image')]).toEqual([0, 'nginx:1.28']);
    const started = await applyDesired(kube, changed, { ...notWaiting, flags: { start: true } });
    expect(planLines(started.plan)).toEqual(['update Deployment/default/stop-change']);
    expect(started.plan.diagnostics).toEqual([]);
    expect(await replicas(web)).toBe(4);
    expect((await live(web)).metadata.annotations?.['mostik.dev/stopped']).toBeUndefined();
    expect(planLines((await planOf(kube, changed)).plan)).toEqual([]);
  });

  it('an autoscaled workload begins again where it was, not at the declared number', async () => {
    const web = deployment('stop-scaled', { replicas: 2 });
    const desired = desiredOf('stop-three', { web: { objects: [web, hpa('stop-scaled')] } });
    await applyDesired(kube, desired, notWaiting);
    await scale(web, 7, 'kube-controller-manager');
    for (const start of [async (): Promise<unknown> => startObject(kube, await live(web), { signal }), async (): Promise<unknown> => applyDesired(kube, desired, { ...notWaiting, flags: { start: true } })]) {
      await stopObject(kube, await live(web), { isAutoscaled: true, signal });
      expect(await replicas(web)).toBe(0);
      expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
      await start();
      expect(await replicas(web)).toBe(7);
      expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
    }
  });

  it('a number that a person set, and nobody declares, comes back and belongs to nobody', async () => {
    const web = deployment('stop-foreign');
    const { replicas: _replicas, ...spec } = web['spec'] as Record<string, unknown>;
    const desired = desiredOf('stop-four', { web: { objects: [{ ...web, spec }] } });
    await applyDesired(kube, desired, notWaiting);
    await scale(web, 6, 'kubectl-scale');
    await stopObject(kube, await live(web), { isAutoscaled: false, signal });
    await startObject(kube, await live(web), { signal });
    expect(await replicas(web)).toBe(6);
    await applyDesired(kube, desired, notWaiting);
    expect(await replicas(web)).toBe(6);
  });

  it('somebody who scales up by hand has started it: the plan tells the conflict', async () => {
    const web = deployment('stop-hand', { replicas: 3 });
    const desired = desiredOf('stop-five', { web: { objects: [web] } });
    await applyDesired(kube, desired, notWaiting);
    await stopObject(kube, await live(web), { isAutoscaled: false, signal });
    await scale(web, 1, 'kubectl-scale');
    expect(stoppedOf(await live(web))).toBeUndefined();
    expect(planLines((await planOf(kube, desired)).plan)).toEqual(['conflict Deployment/default/stop-hand']);
  });

  const daemonSet = (name: string, nodeSelector?: Record<string, string>): KubeObject => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'default' }, spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { ...(nodeSelector ? { nodeSelector } : {}), containers: [{ name: 'agent', image: 'nginx:1.27' }] } } } });
  const selector = async (object: KubeObject): Promise<unknown> => valueAt(await live(object), 'spec', 'template', 'spec', 'nodeSelector');

  it.each([
    ['with a node selector', { 'kubernetes.io/os': 'linux' }],
    ['without one', undefined],
  ])('a DaemonSet %s leaves its nodes, stays away over a plan, and comes back to exactly what it was', async (words, nodeSelector) => {
    const name = `stop-daemons-${words.replaceAll(' ', '-')}`;
    const agent = daemonSet(name, nodeSelector);
    const desired = desiredOf(name, { agent: { objects: [agent] } });
    await applyDesired(kube, desired, notWaiting);
    const before = (await live(agent))['spec'];
    await stopObject(kube, await live(agent), { isAutoscaled: false, signal });
    expect(await selector(agent)).toEqual({ ...nodeSelector, 'mostik.dev/stopped': 'true' });
    expect(stoppedOf(await live(agent))).toMatchObject({ ours: nodeSelector !== undefined });
    const { plan } = await planOf(kube, desired);
    expect(planLines(plan)).toEqual([]);
    expect(plan.diagnostics.map(({ code }) => code)).toEqual(['component-stopped']);
    await startObject(kube, await live(agent), { signal });
    const after = await live(agent);
    expect(after['spec']).toEqual(before);
    expect(after.metadata.annotations?.['mostik.dev/stopped']).toBeUndefined();
    expect((after.metadata.managedFields ?? []).map(({ manager }) => manager)).toEqual(['mostik']);
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
    // A selector that comes or changes meanwhile waits for the start, which brings it.
    await stopObject(kube, after, { isAutoscaled: false, signal });
    const changed = desiredOf(name, { agent: { objects: [daemonSet(name, { disk: 'ssd' })] } });
    await applyDesired(kube, changed, notWaiting);
    expect(await selector(agent)).toEqual({ ...nodeSelector, 'mostik.dev/stopped': 'true' });
    expect(planLines((await applyDesired(kube, changed, { ...notWaiting, flags: { start: true } })).plan)).toEqual([`update DaemonSet/default/${name}`]);
    expect(await selector(agent)).toEqual({ disk: 'ssd' });
    expect(planLines((await planOf(kube, changed)).plan)).toEqual([]);
  });

  it('KEDA is paused at zero and goes on, and a CronJob too', async () => {
    const crd: KubeObject = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'scaledobjects.keda.sh' }, spec: { group: 'keda.sh', scope: 'Namespaced', names: { kind: 'ScaledObject', plural: 'scaledobjects' }, versions: [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }] } };
    await kube.apply(crd);
    await kube.waitForKind('keda.sh/v1alpha1', 'ScaledObject', { timeoutMs: 20_000 });
    const scaler: KubeObject = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'stop-keda', namespace: 'default' }, spec: { scaleTargetRef: { name: 'stop-keda' } } };
    const cron: KubeObject = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'stop-cron', namespace: 'default' }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'job', image: 'busybox:1' }] } } } } } };
    const desired = desiredOf('stop-six', { web: { objects: [scaler, cron] } });
    await applyDesired(kube, desired, notWaiting);
    for (const object of [scaler, cron]) await stopObject(kube, await live(object), { isAutoscaled: false, signal });
    expect((await live(scaler)).metadata.annotations?.['autoscaling.keda.sh/paused-replicas']).toBe('0');
    expect(valueAt(await live(cron), 'spec', 'suspend')).toBe(true);
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
    for (const object of [scaler, cron]) await startObject(kube, await live(object), { signal });
    expect((await live(scaler)).metadata.annotations).toBeUndefined();
    expect(valueAt(await live(cron), 'spec', 'suspend')).toBe(false);
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
  });

  it('top on a cluster without metrics says how to get them', async () => {
    await applyDesired(kube, desiredOf('measured', { web: { objects: [configMap('measured', {})] } }), notWaiting);
    const target = { kube, clusterName: 'x', simulated: false, owned: false, kubeconfig: '' };
    await expect(platformTop(target, { platform: 'measured', namespace: stateNamespace }, { names: [], signal })).rejects.toMatchObject({ diagnostics: [{ code: 'metrics-missing', hint: expect.stringContaining('install metrics-server') as string }] });
  });
});
