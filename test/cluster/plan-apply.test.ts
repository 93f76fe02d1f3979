import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect, type Kube } from '../../src/kube/index.js';
import { readState } from '../../src/plan/index.js';
import { noApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, changeOf, configMap, deployment, desiredOf, planLines, planOf, stateNamespace } from './world.js';

describe.skipIf(noApiServer)('plan and apply on a real API server', () => {
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

  it('creates, then finds nothing to do, then changes exactly what differs, then removes', async () => {
    const first = desiredOf('basic', { web: { objects: [configMap('basic-a', { x: '1' }), configMap('basic-b', { x: '1' })] } });
    const created = await applyDesired(kube, first);
    expect(planLines(created.plan)).toEqual(['create ConfigMap/default/basic-a', 'create ConfigMap/default/basic-b']);
    expect(created.result).toMatchObject({ outcome: 'succeeded', generation: 1 });

    const again = await applyDesired(kube, first);
    expect(planLines(again.plan)).toEqual([]);
    expect(again.result.generation).toBeNull();

    const second = desiredOf('basic', { web: { objects: [configMap('basic-a', { x: '2' })] } });
    const changed = await applyDesired(kube, second);
    expect(planLines(changed.plan)).toEqual(['delete ConfigMap/default/basic-b', 'update ConfigMap/default/basic-a']);
    expect(changeOf(changed.plan, configMap('basic-a', {}))?.fields).toEqual([{ path: 'data.x', before: '1', after: '2' }]);
    expect(changed.result).toMatchObject({ outcome: 'succeeded', generation: 2 });
    expect(await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'basic-b' })).toBeUndefined();
  });

  it('leaves what a hook made, as long as the hook is declared', async () => {
    const hook = { events: ['pre-install', 'pre-upgrade'], weight: 0, deletePolicies: ['before-hook-creation'] } as const;
    const desired = desiredOf('hooked', { web: { objects: [configMap('hooked-a', { x: '1' })], hooks: [{ object: configMap('hooked-settings', { y: '1' }), hook: { ...hook, events: [...hook.events], deletePolicies: [...hook.deletePolicies] } }] } });
    const first = await applyDesired(kube, desired);
    expect(planLines(first.plan)).toEqual(['create ConfigMap/default/hooked-a', 'run ConfigMap/default/hooked-settings']);
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
  });

  it('runs the hooks of a component again until they have ended well, also when no object changes', async () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'seed', namespace: 'default' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'seed', image: 'busybox:1' }] } } } };
    const desired = desiredOf('seeded', {
      web: { objects: [configMap('seeded-a', { x: '1' })], hooks: [{ object: job, hook: { events: ['post-install', 'post-upgrade'], weight: 0, deletePolicies: [] } }] },
      other: { objects: [configMap('seeded-b', { x: '1' })] },
    });
    const first = await applyDesired(kube, desired, { timeoutSeconds: 1 });
    expect(first.result).toMatchObject({ outcome: 'failed', generation: 1 });
    // Nobody runs Jobs beside this API server: what a controller would write is written here, once the second run has made the Job anew.
    const jobNow = (): Promise<string | undefined> => kube.get({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name: 'seed' }).then((live) => live?.metadata.uid);
    const before = await jobNow();
    const running = applyDesired(kube, desired);
    await vi.waitFor(async () => { expect([undefined, before]).not.toContain(await jobNow()); }, { timeout: 20_000, interval: 50 });
    const at = new Date().toISOString();
    setStatus('job/seed', { startTime: at, completionTime: at, succeeded: 1, conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True', lastTransitionTime: at })) });
    const second = await running;
    expect(planLines(second.plan)).toEqual(['run Job/default/seed']);
    expect(second.result).toMatchObject({ outcome: 'succeeded', generation: 2 });
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
  });

  it('calls a platform a success that came to health after the apply gave it up, once', async () => {
    const desired = desiredOf('late', { web: { objects: [deployment('late-web', { replicas: 1 })] } });
    expect((await applyDesired(kube, desired, { timeoutSeconds: 1 })).result).toMatchObject({ outcome: 'timeout', generation: 1 });
    expect((await applyDesired(kube, desired, { timeoutSeconds: 1 })).result).toMatchObject({ outcome: 'timeout', generation: null });
    const { metadata } = (await kube.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'late-web' }))!;
    setStatus('deployment/late-web', { observedGeneration: metadata.generation, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 });
    expect((await applyDesired(kube, desired)).result).toMatchObject({ outcome: 'succeeded', generation: 2, counts: { create: 0 } });
    expect(await readState(kube, 'late', stateNamespace)).toMatchObject({ last: { number: 2, phase: 'succeeded' }, succeeded: { number: 2 } });
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
    expect((await applyDesired(kube, desired)).result).toMatchObject({ outcome: 'succeeded', generation: null });
  });

  function setStatus(object: string, status: object): void {
    execFileSync(join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-cluster'), ['kubectl', '--kubeconfig', server.kubeconfig, 'patch', object, '--subresource', 'status', '--type', 'merge', '--patch', JSON.stringify({ status })], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  it('sees drift of a field that it set, and not of one that it did not', async () => {
    const desired = desiredOf('drift', { web: { objects: [deployment('drift-web', { replicas: 0 })] } });
    await applyDesired(kube, desired, { wait: false });
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'drift-web' };
    await kube.patch(ref, { type: 'merge', body: { metadata: { annotations: { somebody: 'else' } } } }, { fieldManager: 'editor' });
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
    await kube.patch(ref, { type: 'merge', body: { spec: { replicas: 3 } } }, { fieldManager: 'editor' });
    const { plan } = await planOf(kube, desired);
    expect(changeOf(plan, deployment('drift-web'))).toMatchObject({ action: 'conflict', reason: expect.stringContaining('editor') });
    const taken = await planOf(kube, desired, { takeOver: ['editor'] });
    expect(changeOf(taken.plan, deployment('drift-web'))).toMatchObject({ action: 'adopt', fields: expect.arrayContaining([{ path: 'spec.replicas', before: 3, after: 0 }]) });
  });

  it('applies a namespace and a custom resource together with the CRD that defines it', async () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.org' },
      spec: { group: 'example.org', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } } } }] },
    };
    const widget = { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'widgets' }, spec: { size: 3 } };
    const desired = desiredOf('crd', { operator: { objects: [crd] }, use: { objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'widgets' } }, widget], after: ['operator'] } });
    const { plan, result } = await applyDesired(kube, desired);
    expect(changeOf(plan, widget)).toMatchObject({ action: 'create', notDryRun: 'Widget is defined by a CRD of this plan' });
    expect(result.outcome).toBe('succeeded');
    expect((await kube.get({ apiVersion: 'example.org/v1', kind: 'Widget', namespace: 'widgets', name: 'w' }))?.['spec']).toEqual({ size: 3 });
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
  });

  it('stores and reads back a generation of 5,000 objects', async () => {
    const objects = Array.from({ length: 5000 }, (_, i) => configMap(`large-${i}`, { a: `value ${i}`, b: 'x'.repeat(40) }));
    const { result } = await applyDesired(kube, desiredOf('large', { web: { objects } }));
    expect(result).toMatchObject({ outcome: 'succeeded', generation: 1 });
    const state = await readState(kube, 'large', stateNamespace);
    expect(state.inventory.size).toBe(5000);
    expect(planLines((await planOf(kube, desiredOf('large', { web: { objects } }))).plan)).toEqual([]);
  });

  it('refuses what the server refuses, before anything is written', async () => {
    const bad = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bad', namespace: 'default' }, spec: { ports: [{ port: 99999 }] } };
    await expect(applyDesired(kube, desiredOf('refused', { web: { objects: [configMap('refused-a', {}), bad] } }))).rejects.toMatchObject({ diagnostics: [expect.objectContaining({ code: 'plan-refused', message: expect.stringContaining('Service/default/bad') })] });
    expect(await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'refused-a' })).toBeUndefined();
    expect((await readState(kube, 'refused', stateNamespace)).head).toBeNull();
  });

  it('keeps secret values out of plan, diff and readable state', async () => {
    const secret = 'Tr0ub4dor-and-3-horses';
    const objects = [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hidden', namespace: 'default' }, data: { password: Buffer.from(secret).toString('base64') } },
      configMap('hidden-url', { url: `postgres://app:${secret}@db/app` }),
    ];
    const { plan } = await applyDesired(kube, desiredOf('hidden', { db: { objects } }, { db: secret }));
    const rotated = desiredOf('hidden', { db: { objects: [{ ...objects[0]!, data: { password: Buffer.from('another-value-of-it').toString('base64') } }, configMap('hidden-url', { url: 'postgres://app:another-value-of-it@db/app' })] } }, { db: 'another-value-of-it' });
    const { plan: second } = await planOf(kube, rotated);
    expect(planLines(second)).toEqual(['update ConfigMap/default/hidden-url', 'update Secret/default/hidden']);
    for (const shown of [plan, second]) {
      const text = JSON.stringify(shown.changes.map(({ change }) => change));
      for (const value of [secret, 'another-value-of-it']) for (const form of [value, Buffer.from(value).toString('base64')]) expect(text).not.toContain(form);
    }
    const stored = (await kube.list('v1', 'Secret', { namespace: stateNamespace, labelSelector: 'mostik.dev/state-of=hidden,mostik.dev/state!=values' })).items;
    const { gunzipSync } = await import('node:zlib');
    for (const item of stored) expect(gunzipSync(Buffer.from(String((item['data'] as Record<string, string>)['content']), 'base64')).toString()).not.toMatch(/Tr0ub4dor|VHIwdWI0ZG9y/);
    expect(stored.length).toBeGreaterThan(2);
  });
});
