import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, connect, type Kube } from '../../src/kube/index.js';
import type { Desired, KubeObject } from '../../src/model/index.js';
import { makePlan, readState } from '../../src/plan/index.js';
import { readPlatform, renderPlatform } from '../../src/pipeline.js';
import { engineForTests } from '../../src/render/platform.fixture.js';
import { noApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, planLines, planOf, stateNamespace } from './world.js';

const policies = `
  policies:
    enforce: [tr-k8s-4, tr-k8s-6, rules/]
    warn: [image-pinned]
    exceptions:
      - { rule: tr-k8s-4, object: Deployment/shop/batch, reason: takes what is left over, until: "2999-12-31" }
      - { rule: tr-k8s-4, object: CronJob/shop/nightly, reason: takes what is left over, until: "2999-12-31" }
      - { rule: tr-k8s-6, object: Service/shop/door, reason: the door to the outside, until: "2999-12-31" }`;
const platformFile = (rules: string): string => `apiVersion: mostik.dev/v1
kind: Platform
metadata: { name: shop }
spec:
  namespace: shop${rules}
  components:
    web: { manifests: [objects.yaml] }
`;
const ownRule = `apiVersion: mostik.dev/v1
kind: Policy
metadata: { name: team-label }
spec:
  title: Workloads say whose they are
  groups: [team]
  reason: Somebody must be asked when it breaks.
  wayOut: Add the label team.
  appliesTo: { resources: [{ apiGroups: [apps], apiVersions: [v1], resources: [deployments] }] }
  validations:
    - { expression: 'has(object.metadata.labels) && "team" in object.metadata.labels', message: it has no label team }
  examples:
    good: [{ apiVersion: apps/v1, kind: Deployment, metadata: { name: a, labels: { team: a } }, spec: &spec { selector: { matchLabels: { app: a } }, template: { metadata: { labels: { app: a } }, spec: { containers: [{ name: a, image: "a:1" }] } } } }]
    bad: [{ message: it has no label team, object: { apiVersion: apps/v1, kind: Deployment, metadata: { name: a }, spec: *spec } }]
`;
const objects = `apiVersion: apps/v1
kind: Deployment
metadata: { name: batch, labels: { team: data } }
spec:
  selector: { matchLabels: { app: batch } }
  template: { metadata: { labels: { app: batch } }, spec: { containers: [{ name: c, image: "batch:1" }] } }
---
apiVersion: v1
kind: Service
metadata: { name: door }
spec: { type: NodePort, selector: { app: batch }, ports: [{ port: 80 }] }
`;
const container = (fields: object = {}): object => ({ name: 'c', image: 'nginx:1.27', ...fields });
const inShop = (apiVersion: string, kind: string, name: string, fields: object): KubeObject => ({ apiVersion, kind, metadata: { name, namespace: 'shop', labels: { team: 'a' } }, ...fields });
const workload = (name: string, template: object = {}): KubeObject =>
  inShop('apps/v1', 'Deployment', name, { spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [container()] } }, ...template } });

describe.skipIf(noApiServer ?? !engineForTests)('rules of a platform in its cluster', () => {
  let server: ApiServer;
  let kube: Kube;
  let dir: string;
  let desired: Desired;
  beforeAll(async () => {
    server = await startApiServer({ controllers: true });
    kube = await connect({ kubeconfig: server.kubeconfig });
    dir = await mkdtemp(join(tmpdir(), 'mostik-policies-'));
    await mkdir(join(dir, 'rules'));
    await writeFile(join(dir, 'rules/team-label.yaml'), ownRule);
    await writeFile(join(dir, 'objects.yaml'), objects);
    await kube.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    // A new namespace takes pods once it has its ServiceAccount.
    await until(async () => (await kube.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' })) !== undefined);
    // What was there before the rules must stay manageable.
    await kube.create(inShop('v1', 'Pod', 'old', { spec: { containers: [container()] } }));
    await kube.create(inShop('v1', 'Service', 'old', { metadata: { name: 'old', namespace: 'shop', finalizers: ['example.org/wait'] }, spec: { type: 'NodePort', selector: { app: 'a' }, ports: [{ port: 80 }] } }));
    desired = await render(policies);
    const { result } = await applyDesired(kube, desired, { wait: false });
    expect(result.outcome).toBe('succeeded');
    for (const rule of ['tr-k8s-4', 'tr-k8s-6', 'team-label', 'image-pinned']) expect(await kube.get(policyRef(rule)), rule).toBeDefined();
    // Each for its own reason: until its parameters are known, a rule refuses everything.
    const refused = async (object: KubeObject, reason: string): Promise<boolean> => (await refusal(object))?.includes(`denied request: ${reason}`) === true;
    await until(async () => (await refused(workload('probe'), 'no container has')) && (await refused(door('probe'), 'type NodePort')) && (await refused(unlabelled, 'it has no label team')));
  });
  afterAll(async () => {
    kube.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const policyRef = (rule: string) => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', name: `shop.${rule}` });
  const door = (name: string): KubeObject => inShop('v1', 'Service', name, { spec: { type: 'NodePort', selector: { app: 'a' }, ports: [{ port: 80 }] } });
  const requests = { resources: { requests: { cpu: '10m' } } };
  const unlabelled: KubeObject = { ...workload('unlabelled'), metadata: { name: 'unlabelled', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container(requests)] } } } };

  async function render(rules: string): Promise<Desired> {
    await writeFile(join(dir, 'platform.yaml'), platformFile(rules));
    return renderPlatform(await readPlatform({ dir, profiles: [], overlays: [], sets: [] }));
  }

  async function refusal(object: KubeObject, onWarning?: (text: string) => void): Promise<string | undefined> {
    return kube.create(object, { dryRun: true, ...(onWarning ? { onWarning } : {}) }).then(() => undefined, (error: unknown) => (error instanceof ApiError ? error.text : String(error)));
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 60_000;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error('still not so after 60 s');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('refuse a workload, a bare pod and a job that break them', async () => {
    expect(await refusal(workload('other'))).toContain("'shop.tr-k8s-4' denied request: no container has a request or a limit");
    expect(await refusal(inShop('v1', 'Pod', 'bare', { spec: { containers: [container()] } }))).toContain('BestEffort');
    expect(await refusal(inShop('batch/v1', 'Job', 'once', { spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } } }))).toContain('BestEffort');
    expect(await refusal(inShop('v1', 'Pod', 'good', { spec: { containers: [container(requests)] } }))).toBeUndefined();
    expect(await refusal(door('second'))).toContain('type NodePort opens a port past the Ingress controller');
    expect(await refusal(unlabelled)).toContain('it has no label team');
  });

  it('say nothing in other namespaces', async () => {
    expect(await refusal({ ...workload('other'), metadata: { name: 'other', namespace: 'default' } })).toBeUndefined();
  });

  it('warn where the platform only warns', async () => {
    const loose = inShop('v1', 'Pod', 'loose', { spec: { containers: [{ name: 'c', image: 'nginx', ...requests }] } });
    const warned = async (): Promise<string[]> => {
      const warnings: string[] = [];
      expect(await refusal(loose, (text) => warnings.push(text))).toBeUndefined();
      return warnings;
    };
    // Each rule comes into force at its own time.
    await until(async () => (await warned()).length > 0);
    expect(await warned()).toEqual([expect.stringContaining('image nginx names no version')]);
  });

  it('let the excepted workload through, and the pods that its controllers make', async () => {
    await until(async () => (await kube.list('v1', 'Pod', { namespace: 'shop' })).items.some(({ metadata }) => metadata.name.startsWith('batch-')));
    expect(await refusal(workload('batch-2'))).toContain('BestEffort');
    await kube.create(inShop('batch/v1', 'CronJob', 'nightly', { spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } } } } }));
    const job = { spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } } };
    const cron = await kube.get({ apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'shop', name: 'nightly' });
    const owner = (name: string): object[] => [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid: cron?.metadata.uid, controller: true }];
    await kube.create(inShop('batch/v1', 'Job', 'nightly-29100000', { ...job, metadata: { name: 'nightly-29100000', namespace: 'shop', ownerReferences: owner('nightly') } }));
    await until(async () => (await kube.list('v1', 'Pod', { namespace: 'shop' })).items.some(({ metadata }) => metadata.name.startsWith('nightly-29100000-')));
    expect(await refusal(inShop('batch/v1', 'Job', 'daily-1', { ...job, metadata: { name: 'daily-1', namespace: 'shop', ownerReferences: owner('daily') } }))).toContain('BestEffort');
  });

  it('let nobody claim to be made by an excepted workload', async () => {
    const rights = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'maker', namespace: 'shop' } };
    await kube.create({ ...rights, kind: 'Role', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create'] }] });
    await kube.create({ ...rights, kind: 'RoleBinding', roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'maker' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'nobody' }] });
    const somebody = await connect({ kubeconfig: server.kubeconfig, context: 'nobody' });
    const set = (await kube.list('apps/v1', 'ReplicaSet', { namespace: 'shop' })).items[0]!;
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set.metadata.name, uid: set.metadata.uid, controller: true };
    const claim = inShop('v1', 'Pod', 'claim', { metadata: { name: 'claim', namespace: 'shop', labels: set.metadata.labels, ownerReferences: [owner] }, spec: { containers: [container()] } });
    // The same from the cluster itself is what makes the excepted pods.
    expect(await refusal(claim)).toBeUndefined();
    await until(async () => (await somebody.create(inShop('v1', 'Pod', 'good', { spec: { containers: [container(requests)] } }), { dryRun: true }).then(() => '', (error: unknown) => String(error))) === '');
    await expect(somebody.create(claim, { dryRun: true })).rejects.toThrow('BestEffort');
    somebody.close();
  });

  it('leave alone what was there before them, so that it can be labelled and deleted, but not be changed', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'old' };
    await kube.patch({ ...service, kind: 'Pod' }, { type: 'merge', body: { metadata: { labels: { a: 'b' }, finalizers: [] } } });
    await expect(kube.patch(service, { type: 'merge', body: { spec: { selector: { app: 'b' } } } })).rejects.toThrow('past the Ingress controller');
    await kube.delete(service);
    await kube.patch(service, { type: 'json', operations: [{ op: 'remove', path: '/metadata/finalizers' }] });
    expect(await kube.get(service)).toBeUndefined();
  });

  it('fail closed when their parameters are gone, and come back with the next apply', async () => {
    const parameters = { apiVersion: 'v1', kind: 'ConfigMap', namespace: stateNamespace, name: 'shop.policies' };
    await kube.delete(parameters);
    await until(async () => (await refusal(inShop('v1', 'Pod', 'good', { spec: { containers: [container(requests)] } })))?.includes('no params found') === true);
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([`create ConfigMap/${stateNamespace}/shop.policies`]);
    await applyDesired(kube, desired, { wait: false });
    await until(async () => (await refusal(inShop('v1', 'Pod', 'good', { spec: { containers: [container(requests)] } }))) === undefined);
  });

  it('go when the platform no longer asks for them, and leave the namespace of the state', async () => {
    const { plan } = await applyDesired(kube, await render(''), { wait: false });
    expect(planLines(plan)).toEqual([
      ...['ConfigMap/mostik-system/shop.policies'],
      ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'].flatMap((kind) => ['image-pinned', 'team-label', 'tr-k8s-4', 'tr-k8s-6'].map((rule) => `${kind}/shop.${rule}`)),
    ].map((line) => `delete ${line}`));
    await until(async () => (await refusal(workload('other'))) === undefined);
    await applyDesired(kube, desired, { wait: false });
    const state = await readState(kube, 'shop', stateNamespace);
    const empty = await makePlan({ ...desired, components: [], objects: [] }, { kube, state, kind: 'destroy' });
    expect(planLines(empty).some((line) => line.includes('Namespace/'))).toBe(false);
  });
});
