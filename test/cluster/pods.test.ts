import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Kube } from '../../src/kube/index.js';
import { refOf, type KubeObject } from '../../src/model/index.js';
import { podsByComponent, readApplied, type DeclaredPods } from '../../src/operate/live-platform.js';
import { stopWork } from '../../src/operate/roll-verbs.js';
import { listSelected, selectPods, type Workplace } from '../../src/operate/select-pods.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, configMap, deployment, desiredOf, stateNamespace } from './world.js';

const containers = [{ name: 'main', image: 'busybox:1' }];
const template = (app: string): object => ({ metadata: { labels: { app } }, spec: { containers } });
const named = (name: string): KubeObject['metadata'] => ({ name, namespace: 'default' });

/** A custom resource as an operator has it, and one that stands above namespaces. */
const crd = (kind: string, scope: 'Namespaced' | 'Cluster'): KubeObject => {
  const plural = `${kind.toLowerCase()}s`;
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.example.org` }, spec: { group: 'example.org', scope, names: { kind, plural }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }] } };
};

const web = deployment('web');
const cron: KubeObject = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: named('nightly'), spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } } } };
const database: KubeObject = { apiVersion: 'example.org/v1', kind: 'Database', metadata: named('main') };
const agent: KubeObject = { apiVersion: 'example.org/v1', kind: 'Agent', metadata: { name: 'agent' } };
const bare: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: named('bare'), spec: { containers } };
const nightlyJob: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: named('nightly-28000000'), spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers } } } };

onApiServer('whose a pod is, on a real API server', () => {
  let server: ApiServer;
  let kube: Kube;
  let workplace: Workplace;
  const place = { platform: 'pods', namespace: stateNamespace };
  const declared: DeclaredPods = [{ component: 'store', namespace: 'default', selector: { operated: 'store' } }];

  beforeAll(async () => {
    server = await startApiServer({ audit: true });
    kube = await connect({ kubeconfig: server.kubeconfig });
    workplace = { target: { kube, clusterName: 'x', simulated: false, owned: false, kubeconfig: '' }, place, declared };
    for (const kind of [crd('Database', 'Namespaced'), crd('Agent', 'Cluster')]) await kube.apply(kind);
    for (const kind of ['Database', 'Agent']) await kube.waitForKind('example.org/v1', kind, { timeoutMs: 20_000 });
    const components = {
      web: { objects: [web] },
      nightly: { objects: [cron, bare] },
      store: { objects: [database, configMap('store', {})] },
      agent: { objects: [agent] },
    };
    await applyDesired(kube, desiredOf('pods', components), { wait: false });
    await makeChildren();
  });
  afterAll(async () => {
    kube.close();
    await server.stop();
  });

  /** Makes what a controller or an operator would make for an object. */
  async function child(owner: KubeObject, object: KubeObject): Promise<KubeObject> {
    const { apiVersion, kind, metadata } = (await kube.get(refOf(owner)))!;
    return kube.create({ ...object, metadata: { ...object.metadata, ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }] } });
  }
  const pod = (name: string, labels: Record<string, string> = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { ...named(name), labels }, spec: { containers } });
  const replicaSet = (name: string, app: string): KubeObject => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: named(name), spec: { replicas: 0, selector: { matchLabels: { app } }, template: template(app) } });
  const set = (name: string): KubeObject => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: named(name), spec: { replicas: 0, serviceName: name, selector: { matchLabels: { app: name } }, template: template(name) } });

  async function makeChildren(): Promise<void> {
    for (const hash of ['aaa', 'bbb']) await child(await child(web, replicaSet(`web-${hash}`, 'web')), pod(`web-${hash}-1`, { app: 'web' }));
    await child(await child(cron, nightlyJob), pod('nightly-28000000-x', { 'batch.kubernetes.io/job-name': 'nightly-28000000' }));
    await child(await child(database, set('main')), pod('main-0', { app: 'main' }));
    await child(agent, pod('agent-1'));
    // Nobody's references lead from here to the platform, but for the declared labels.
    await kube.create(pod('made-by-hand', { operated: 'store' }));
    await kube.create(pod('same-labels', { app: 'web', 'pod-template-hash': 'aaa' }));
    await kube.create(pod('same-job', { 'batch.kubernetes.io/job-name': 'nightly-28000001' }));
    const foreign = await kube.create(deployment('foreign'));
    for (const hash of ['ccc', 'ddd']) await child(await child(foreign, replicaSet(`web-${hash}`, 'web')), pod(`web-${hash}-1`, { app: 'web', operated: 'no' }));
    await kube.create({ ...pod('lost', { app: 'web' }), metadata: { ...named('lost'), labels: { app: 'web' }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-gone', uid: '00000000-0000-0000-0000-000000000000' }] } });
  }

  const expected = {
    web: ['web-aaa-1', 'web-bbb-1'],
    nightly: ['bare', 'nightly-28000000-x'],
    store: ['made-by-hand', 'main-0'],
    agent: ['agent-1'],
  };
  const chosen = async (...words: string[]): Promise<string[]> => (await listSelected(kube, await selectPods(workplace, words))).map(({ group, pod: { metadata } }) => `${group} ${metadata.name}`);
  const reads = async (): Promise<string[]> =>
    (await readFile(server.auditLog ?? '', 'utf8')).split('\n').flatMap((line) => {
      const { verb, objectRef } = (line === '' ? {} : JSON.parse(line)) as { verb?: string; objectRef?: { resource: string } };
      return objectRef && objectRef.resource !== 'secrets' ? [`${verb ?? ''} ${objectRef.resource}`] : [];
    });

  it('its owner references lead to a component, whatever lies between; same labels do not', async () => {
    const found = await podsByComponent(kube, await readApplied(kube, place), { declared });
    expect(Object.fromEntries([...found].map(([name, list]) => [name, list.map(({ metadata }) => metadata.name)]))).toEqual(expected);
  });

  it('the verbs that take words find the same pods', async () => {
    for (const [component, pods] of Object.entries(expected)) expect(await chosen(component)).toEqual(pods.map((name) => `${component} ${name}`));
    expect((await chosen()).sort()).toEqual(Object.entries(expected).flatMap(([component, pods]) => pods.map((name) => `${component} ${name}`)).sort());
  });

  it('an object that is named has its own pods, and one of them may be named beside its component', async () => {
    expect(await chosen('deployment/web')).toEqual(['deployment/web web-aaa-1', 'deployment/web web-bbb-1']);
    expect(await chosen('rs/web-aaa')).toEqual(['rs/web-aaa web-aaa-1']);
    expect(await chosen('database/main')).toEqual(['database/main main-0']);
    expect(await chosen('web', 'pod/web-aaa-1', 'same-labels')).toEqual(['same-labels same-labels', 'pod/web-aaa-1 web-aaa-1', 'web web-bbb-1']);
  });

  it('what lies between is asked for once for each kind, and never for pods that were named', async () => {
    const before = (await reads()).length;
    const selection = await selectPods(workplace, ['web']);
    for (let i = 0; i < 3; i++) await listSelected(kube, selection);
    const asked = (await reads()).slice(before);
    expect(asked.filter((one) => one === 'list pods')).toHaveLength(3);
    expect(asked.filter((one) => one !== 'list pods').sort()).toEqual(['get deployments', 'get jobs', 'get statefulsets', 'list replicasets']);
    const middle = (await reads()).length;
    await listSelected(kube, await selectPods(workplace, ['pod/web-aaa-1']));
    expect((await reads()).slice(middle).sort()).toEqual(['get pods', 'list pods']);
  });

  it('a stop waits for the pods of its workload, not for those of somebody else with its labels', async () => {
    const tellings: string[] = [];
    const settling = { timeoutSeconds: 60, tell: (text: string): void => void tellings.push(text), signal: new AbortController().signal } as Parameters<typeof stopWork.settle>[2];
    const ended = stopWork.settle(kube, (await kube.get(refOf(web)))!, settling);
    await expect.poll(() => tellings).toEqual(['2 pods still end']);
    for (const name of expected.web) await kube.delete(refOf(pod(name)), { gracePeriodSeconds: 0 });
    expect(await ended).toBeUndefined();
    expect(await kube.get(refOf(pod('same-labels')))).toBeDefined();
  });
});
