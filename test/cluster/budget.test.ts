import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusals } from '../../src/apply/index.js';
import { connect, type Kube } from '../../src/kube/index.js';
import { formatRef, type Budget, type Desired, type KubeObject, type Plan } from '../../src/model/index.js';
import { desiredFromGeneration, emptyDesired, makePlan, noFlags, planJson, readGeneration, readState, type PlanFlags } from '../../src/plan/index.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, configMap, deployment, desiredOf, planLines, planOf, stateNamespace, type TestComponent } from './world.js';

onApiServer('the change budget', () => {
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

  const platform = (name: string, components: Record<string, TestComponent & { data?: boolean }>, budget: Budget): Desired => {
    const desired = desiredOf(name, components);
    return { ...desired, budget, components: desired.components.map((component) => ({ ...component, data: components[component.name]?.data ?? false })) };
  };
  const refused = async (desired: Desired, flags: Partial<PlanFlags> = {}): Promise<string[]> => refusedBy((await planOf(kube, desired, flags)).plan);
  const refusedBy = (plan: Plan): string[] => refusals(plan).map(({ code, message }) => `${code}: ${message}`);

  it('lists the deletions that are too many, and lets through exactly those that are named', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const withObjects = (list: string[]): Desired => platform('deletions', { web: { objects: list.map((name) => configMap(`deletions-${name}`, {})) } }, { deletions: 1 });
    await applyDesired(kube, withObjects(names));
    const two = withObjects(['c', 'd']);
    expect(await refused(two)).toEqual(['budget-exceeded: spec.budget.deletions: 2 objects would be deleted, at most 1 may be: ConfigMap/default/deletions-a, ConfigMap/default/deletions-b']);
    await expect(applyDesired(kube, two)).rejects.toMatchObject({ exitCode: 6 });
    expect((await kube.list('v1', 'ConfigMap', { namespace: 'default' })).items.filter(({ metadata }) => metadata.name.startsWith('deletions-'))).toHaveLength(4);
    expect(await refused(two, { allow: ['ConfigMap/default/deletions-c'] })).toHaveLength(1);
    // The named ones do not count: one more goes within the budget, two more do not.
    const all = withObjects([]);
    const allow = ['ConfigMap/default/deletions-a', 'ConfigMap/default/deletions-b'];
    expect(await refused(all, { allow })).toEqual(['budget-exceeded: spec.budget.deletions: 2 objects would be deleted, at most 1 may be: ConfigMap/default/deletions-c, ConfigMap/default/deletions-d']);
    expect(planLines((await applyDesired(kube, two, { flags: { allow: ['ConfigMap/default/deletions-a'] } })).plan)).toEqual(['delete ConfigMap/default/deletions-a', 'delete ConfigMap/default/deletions-b']);
  });

  it('refuses a replacement where a component holds data, also when --replace names it', async () => {
    const job = (image: string): KubeObject => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'budget-job', namespace: 'default' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } } } });
    const set = (storage: string): KubeObject => ({
      apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'budget-db', namespace: 'default' },
      spec: { replicas: 0, serviceName: 'budget-db', selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'postgres:15' }] } }, volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } }] },
    });
    const at = (storage: string, image: string): Desired => platform('replacements', { db: { data: true, objects: [set(storage)] }, jobs: { objects: [job(image)] } }, { replaceData: 'never' });
    await applyDesired(kube, at('1Gi', 'busybox:1'), { wait: false });
    const name = 'StatefulSet/default/budget-db';
    const desired = at('2Gi', 'busybox:2');
    expect(await refused(desired, { replace: [name] })).toEqual([`budget-exceeded: spec.budget.replaceData: 1 object of components that hold data would be deleted and made anew, none may be: ${name}`]);
    const { plan } = await planOf(kube, desired, { replace: [name], allow: [name] });
    expect(refusedBy(plan)).toEqual([]);
    expect(planLines(plan)).toEqual(['replace Job/default/budget-job', `replace ${name}`]);
    expect(await refused(desired, { allow: [name] })).toEqual([expect.stringContaining('replacement-refused')]);
  });

  it('counts components that restart, and not those that are new', async () => {
    const at = (image: string, more: string[] = []): Desired => platform('restarts', Object.fromEntries(['one', 'two', ...more].map((name) => [name, { objects: [deployment(`restarts-${name}`, { image })] }])), { restarts: 1 });
    await applyDesired(kube, at('nginx:1'), { wait: false });
    const next = at('nginx:2', ['three']);
    expect(await refused(next)).toEqual(['budget-exceeded: spec.budget.restarts: 2 components would be restarted, at most 1 may be: one, two']);
    expect(await refused(next, { allow: ['two'] })).toEqual([]);
  });

  it('keeps claims and namespaces, also against --delete-claim and destroy', async () => {
    const claim: KubeObject = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'budget-claim', namespace: 'budgeted' }, spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
    const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'budgeted' } };
    const budget: Budget = { deleteClaims: 'never', deleteNamespaces: 'never', deletions: 50 };
    await applyDesired(kube, platform('keeps', { db: { objects: [namespace, claim] } }, budget), { wait: false });
    const name = formatRef({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'budgeted', name: 'budget-claim' });
    const empty = platform('keeps', {}, budget);
    expect(await refused(empty, { deleteClaims: ['budget-claim'] })).toEqual([
      `budget-exceeded: spec.budget.deleteClaims: 1 claim would be deleted, with the data behind, none may be: ${name}`,
      'budget-exceeded: spec.budget.deleteNamespaces: 1 namespace would be deleted, none may be: Namespace/budgeted',
    ]);
    const state = await readState(kube, 'keeps', stateNamespace);
    const destroy = async (flags: Partial<PlanFlags>): Promise<string[]> => refusedBy(await makePlan(emptyDesired(state.last!), { kube, state, kind: 'destroy' }, { ...noFlags, takePlatform: true, ...flags }));
    expect(await destroy({ deleteClaims: ['budget-claim'] })).toEqual([expect.stringContaining('spec.budget.deleteClaims')]);
    expect(await destroy({ deleteClaims: ['budget-claim'], allow: [name] })).toEqual([]);
    expect(await destroy({})).toEqual([]);
  });

  it('refuses that a custom resource definition loses a version', async () => {
    const crd = (versions: { name: string; served: boolean }[]): KubeObject => ({
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'budgets.example.org' },
      spec: { group: 'example.org', scope: 'Namespaced', names: { kind: 'Budgeted', plural: 'budgets' }, versions: versions.map((version, i) => ({ ...version, storage: i === 0, schema: { openAPIV3Schema: { type: 'object' } } })) },
    });
    const at = (...versions: { name: string; served: boolean }[]): Desired => platform('crds', { api: { objects: [crd(versions)] } }, { dropCrdVersions: 'never' });
    await applyDesired(kube, at({ name: 'v2', served: true }, { name: 'v1', served: true }));
    const lost = 'budget-exceeded: spec.budget.dropCrdVersions: 1 custom resource definition would lose versions, none may be: CustomResourceDefinition/budgets.example.org (loses v1)';
    expect(await refused(at({ name: 'v2', served: true }))).toEqual([lost]);
    expect(await refused(at({ name: 'v2', served: true }, { name: 'v1', served: false }))).toEqual([lost]);
    expect(await refused(at({ name: 'v2', served: true }, { name: 'v1', served: true }, { name: 'v3', served: true }))).toEqual([]);
    expect(await refused(at({ name: 'v2', served: true }), { allow: ['CustomResourceDefinition/budgets.example.org'] })).toEqual([]);
  });

  it('holds for a rollback, but not for the way back after a failed apply', async () => {
    const at = (image: string): Desired => platform('rollbacks', { web: { objects: [deployment('rollbacks', { image })] } }, { restarts: 0 });
    await applyDesired(kube, at('nginx:1'), { wait: false });
    await applyDesired(kube, at('nginx:2'), { flags: { allow: ['web'] }, wait: false });
    const state = await readState(kube, 'rollbacks', stateNamespace);
    const first = await desiredFromGeneration(kube, await readGeneration(kube, state, 1), state);
    const back = (flags: Partial<PlanFlags>): Promise<Plan> => makePlan(first, { kube, state, kind: 'rollback' }, { ...noFlags, takePlatform: true, ...flags });
    expect(refusedBy(await back({}))).toEqual([expect.stringContaining('spec.budget.restarts')]);
    expect(refusedBy(await back({ ignoreBudget: true }))).toEqual([]);
  });

  it('warns of an allowance that fits nothing, and says both in the published plan', async () => {
    const desired = platform('unused', { web: { objects: [configMap('unused', {})] } }, { deletions: 0 });
    const { plan } = await planOf(kube, desired, { allow: ['ConfigMap/default/other'] });
    expect(planJson(plan).diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning allowance-unused']);
  });
});
