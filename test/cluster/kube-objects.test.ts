import { afterAll, beforeAll, expect, it } from 'vitest';
import { conflictsOf, connect, isAlreadyExists, isConflict, isForbidden, isInvalid, isNotFound, isStale, type Kube } from '../../src/kube/index.js';
import { refOf, type KubeObject } from '../../src/model/index.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';

let server: ApiServer;
let kube: Kube;

onApiServer('objects on a real API server', () => {
  beforeAll(async () => {
    server = await startApiServer();
    kube = await connect({ kubeconfig: server.kubeconfig });
  });

  afterAll(async () => {
    kube?.close();
    await server?.stop();
  });

  const configMap = (name: string, data: Record<string, string>): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data });
  const deployment = (name: string, replicas: number): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] } },
    },
  });

  it('tells the version, the identity and the readiness of the cluster', async () => {
    expect(await kube.version()).toEqual({ gitVersion: expect.stringMatching(/^v1\.\d+\.\d+/), minor: expect.stringMatching(/^1\.\d+$/) });
    expect(await kube.ready()).toBe(true);
    expect(await kube.clusterId()).toMatch(/^[0-9a-f]{8}-/);
    expect(kube.context).toBe('test');
  });

  it('finds kinds with their scope, and none that is not served', async () => {
    expect(await kube.resourceFor('apps/v1', 'Deployment')).toMatchObject({ group: 'apps', version: 'v1', resource: 'deployments', namespaced: true });
    expect((await kube.resourceFor('apps/v1', 'Deployment'))?.subresources).toContain('scale');
    expect(await kube.resourceFor('v1', 'Namespace')).toMatchObject({ group: '', namespaced: false });
    expect(await kube.resourceFor('example.org/v1', 'Thing')).toBeUndefined();
    expect((await kube.preferredResource('autoscaling', 'HorizontalPodAutoscaler'))?.apiVersion).toBe('autoscaling/v2');
  });

  it('applies, reads, lists and deletes', async () => {
    const applied = await kube.apply(configMap('round', { a: '1' }));
    expect(applied.metadata.managedFields?.[0]).toMatchObject({ manager: 'mostik', operation: 'Apply' });
    expect(await kube.get(refOf(applied))).toMatchObject({ kind: 'ConfigMap', data: { a: '1' } });
    const listed = await kube.list('v1', 'ConfigMap', { namespace: 'default', pageSize: 1 });
    expect(listed.items.map((item) => [item.apiVersion, item.kind, item.metadata.name])).toContainEqual(['v1', 'ConfigMap', 'round']);
    expect(listed.resourceVersion).toMatch(/^\d+$/);
    await kube.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'round' }, { uid: applied.metadata.uid ?? '' });
    expect(await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'round' })).toBeUndefined();
    expect(await kube.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'round' })).toBeUndefined();
  });

  it('reads all pages of a list', async () => {
    await Promise.all(Array.from({ length: 25 }, (_, i) => kube.apply({ ...configMap(`page-${i}`, {}), metadata: { name: `page-${i}`, namespace: 'default', labels: { set: 'pages' } } })));
    const { items } = await kube.list('v1', 'ConfigMap', { labelSelector: 'set=pages', pageSize: 7 });
    expect(items).toHaveLength(25);
    const heads = await kube.list('v1', 'ConfigMap', { labelSelector: 'set=pages', metadataOnly: true });
    expect(heads.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { labels: { set: 'pages' } } });
    expect(heads.items[0]).not.toHaveProperty('data');
  });

  it('changes nothing in a dry run', async () => {
    const dry = await kube.apply(configMap('dry', { a: '1' }), { dryRun: true });
    expect(dry.metadata.uid).toBeDefined();
    expect(await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'dry' })).toBeUndefined();
  });

  it('names the manager and the field of an apply conflict', async () => {
    await kube.apply(deployment('fought', 2), { fieldManager: 'helm' });
    const changed = deployment('fought', 3);
    const error = await kube.apply(changed).catch((caught: unknown) => caught);
    expect(isConflict(error)).toBe(true);
    expect(isStale(error)).toBe(false);
    expect(conflictsOf(error)).toEqual([{ manager: 'helm', field: 'spec.replicas' }]);
    const image = deployment('fought', 2);
    (image['spec'] as { template: { spec: { containers: { image: string }[] } } }).template.spec.containers[0]!.image = 'nginx:1.28';
    const second = await kube.apply(image).catch((caught: unknown) => caught);
    expect(conflictsOf(second)).toEqual([{ manager: 'helm', field: 'spec.template.spec.containers[web].image' }]);
  });

  it('takes a uid as a precondition of apply and delete', async () => {
    await kube.apply(configMap('pinned', { a: '1' }));
    const other = '00000000-0000-4000-8000-000000000000';
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'pinned' };
    expect(isStale(await kube.apply(configMap('pinned', { a: '2' }), { uid: other }).catch((caught: unknown) => caught))).toBe(true);
    expect(isStale(await kube.apply(configMap('absent', { a: '2' }), { uid: other }).catch((caught: unknown) => caught))).toBe(true);
    expect(isStale(await kube.delete(ref, { uid: other }).catch((caught: unknown) => caught))).toBe(true);
    expect(isStale(await kube.delete(ref, { resourceVersion: '1' }).catch((caught: unknown) => caught))).toBe(true);
    expect((await kube.get(ref))?.['data']).toEqual({ a: '1' });
  });

  it('creates once, replaces with a resourceVersion, patches', async () => {
    const lease: KubeObject = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'lock', namespace: 'default' }, spec: { holderIdentity: 'a' } };
    const created = await kube.create(lease);
    expect(isAlreadyExists(await kube.create(lease).catch((caught: unknown) => caught))).toBe(true);
    const replaced = await kube.replace({ ...created, spec: { holderIdentity: 'b' } });
    expect(isConflict(await kube.replace({ ...created, spec: { holderIdentity: 'c' } }).catch((caught: unknown) => caught))).toBe(true);
    const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'default', name: 'lock' };
    await kube.patch(ref, { type: 'merge', body: { spec: { leaseDurationSeconds: 15 } } });
    const patched = await kube.patch(ref, { type: 'json', operations: [{ op: 'replace', path: '/spec/holderIdentity', value: 'd' }] });
    expect(replaced['spec']).toEqual({ holderIdentity: 'b' });
    expect(patched['spec']).toEqual({ holderIdentity: 'd', leaseDurationSeconds: 15 });
  });

  it('tells what the server refuses and why', async () => {
    const unknownField = await kube.apply({ ...configMap('strict', {}), dta: {} }).catch((caught: unknown) => caught);
    expect(unknownField).toMatchObject({ exitCode: 1, message: expect.stringContaining('ConfigMap/default/strict: apply refused by the API server') });
    const broken = deployment('broken', -1);
    const invalid = await kube.apply(broken).catch((caught: unknown) => caught);
    expect(isInvalid(invalid)).toBe(true);
    expect(invalid).toMatchObject({ causes: [{ field: 'spec.replicas' }] });
    const nowhere = await kube.apply({ ...configMap('x', {}), metadata: { name: 'x', namespace: 'nowhere' } }).catch((caught: unknown) => caught);
    expect(isNotFound(nowhere)).toBe(true);
    const unknownKind = kube.apply({ apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'x' } });
    await expect(unknownKind).rejects.toMatchObject({ diagnostics: [{ code: 'kind-unknown' }] });
  });

  it('passes on warnings', async () => {
    const warnings: string[] = [];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'warned', namespace: 'default', annotations: { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' } }, spec: { containers: [{ name: 'web', image: 'x' }] } };
    await kube.apply(pod, { dryRun: true, onWarning: (warning) => warnings.push(warning) });
    expect(warnings.join()).toContain('deprecated');
  });

  it('works with a client certificate, and says who may not', async () => {
    const certified = await connect({ kubeconfig: server.kubeconfig, context: 'certificate' });
    expect(await certified.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' })).toBeDefined();
    certified.close();
    const nobody = await connect({ kubeconfig: server.kubeconfig, context: 'nobody' });
    const error = await nobody.list('v1', 'Secret', { namespace: 'default' }).catch((caught: unknown) => caught);
    expect(isForbidden(error)).toBe(true);
    expect(error).toMatchObject({ exitCode: 4, diagnostics: [{ code: 'not-allowed', hint: expect.stringContaining('verb list on secrets') }] });
    nobody.close();
  });
});
