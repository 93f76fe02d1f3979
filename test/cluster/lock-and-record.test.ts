import { hostname } from 'node:os';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Kube } from '../../src/kube/index.js';
import { identifyProcess } from '../../src/lib/process-identity.js';
import { desiredFromGeneration, makePlan, noFlags, planJson, readGeneration, readState, verifyPlan } from '../../src/plan/index.js';
import { noApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, changeOf, configMap, deployment, desiredOf, planLines, planOf, stateNamespace } from './world.js';

describe.skipIf(noApiServer)('lock, record and generations', () => {
  let server: ApiServer;
  let kube: Kube;
  beforeAll(async () => {
    server = await startApiServer();
    kube = await connect({ kubeconfig: server.kubeconfig });
    await applyDesired(kube, desiredOf('seed', { web: { objects: [configMap('seed', {})] } }));
  });
  afterAll(async () => {
    kube.close();
    await server.stop();
  });

  const lease = (platform: string, holder: object): Parameters<Kube['create']>[0] => {
    const now = new Date().toISOString().replace('Z', '000Z');
    return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: `mostik.${platform}`, namespace: stateNamespace }, spec: { holderIdentity: JSON.stringify(holder), leaseDurationSeconds: 15, acquireTime: now, renewTime: now } };
  };

  it('refuses while a running process holds the lock, and names it, its host and since when', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
    await once(other, 'spawn');
    await kube.create(lease('locked', { ...identifyProcess(other.pid), user: 'olga' }));
    const desired = desiredOf('locked', { web: { objects: [configMap('locked', {})] } });
    await expect(applyDesired(kube, desired)).rejects.toMatchObject({ exitCode: 6, diagnostics: [expect.objectContaining({ code: 'lock-held', message: expect.stringMatching(new RegExp(`olga@${hostname()} .*process ${other.pid}.*since 20`)) })] });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect((await applyDesired(kube, desired)).result.outcome).toBe('succeeded');
    expect(await kube.get({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: stateNamespace, name: 'mostik.locked' })).toBeUndefined();
  });

  it('lets a newer apply take over from one that only waits', async () => {
    const waiting = desiredOf('handover', { web: { objects: [deployment('handover', { replicas: 1 })], timeoutSeconds: 240 } });
    const first = applyDesired(kube, waiting).then(() => 'ended', (error: unknown) => error);
    const phase = async (): Promise<string | undefined> => (await readState(kube, 'handover', stateNamespace)).last?.phase;
    await expect.poll(phase, { timeout: 120_000, interval: 100 }).toBe('waiting');
    const { result } = await applyDesired(kube, desiredOf('handover', { web: { objects: [configMap('handover', {})] } }));
    expect(result).toMatchObject({ outcome: 'succeeded', generation: 2 });
    expect(await first).toMatchObject({ exitCode: 6, diagnostics: [expect.objectContaining({ code: 'lock-lost', message: expect.stringContaining('a newer apply took over') })] });
    expect((await readState(kube, 'handover', stateNamespace)).last).toMatchObject({ number: 2, phase: 'succeeded' });
  });

  it('writes nothing and takes no lock when nothing changed', async () => {
    const desired = desiredOf('quiet', { web: { objects: [configMap('quiet', {})] } });
    await applyDesired(kube, desired);
    // Versions of objects, not of the list: the API server itself renews a Lease every 10 s.
    const secrets = async (): Promise<string[]> => (await kube.list('v1', 'Secret', { namespace: stateNamespace })).items.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).sort();
    const before = await secrets();
    const stop = new AbortController();
    const leases: string[] = [];
    const watching = kube.watch('coordination.k8s.io/v1', 'Lease', { namespace: stateNamespace, signal: stop.signal }, (event) => leases.push(event.type === 'listed' ? 'listed' : `${event.type} ${event.object.metadata.name}`));
    await expect.poll(() => leases).toEqual(['listed']);
    const { result } = await applyDesired(kube, desired);
    expect(result).toMatchObject({ generation: null, outcome: 'succeeded' });
    expect(await secrets()).toEqual(before);
    // Changes come in their order: what was before this one has been told when it is.
    await kube.create(lease('marker', {}));
    await expect.poll(() => leases).toContain('added mostik.marker');
    expect(leases).toEqual(['listed', 'added mostik.marker']);
    stop.abort();
    await watching;
  });

  it('rolls back to an older generation, with today\'s secret values', async () => {
    const version = (text: string, password: string): ReturnType<typeof desiredOf> => desiredOf('back', { web: { objects: [configMap('back', { text, url: `x://${password}@db` })] } }, { db: password });
    await applyDesired(kube, version('one', 'password-number-1'));
    await applyDesired(kube, version('two', 'password-number-2'));
    const state = await readState(kube, 'back', stateNamespace);
    const desired = await desiredFromGeneration(kube, await readGeneration(kube, { platform: 'back', namespace: stateNamespace }, 1), state);
    const plan = await makePlan(desired, { kube, state, kind: 'rollback' }, noFlags);
    expect(planLines(plan)).toEqual(['update ConfigMap/default/back']);
    await applyDesired(kube, desired);
    expect((await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'back' }))?.['data']).toEqual({ text: 'one', url: 'x://password-number-2@db' });
  });

  it('keeps as many generations as asked, and the pieces they need', async () => {
    for (let i = 1; i <= 6; i++) await applyDesired(kube, desiredOf('kept', { web: { objects: [configMap('kept', { i: String(i) })] }, same: { objects: [configMap('kept-same', {})] } }), { keep: 3 });
    const { items } = await kube.list('v1', 'Secret', { namespace: stateNamespace, labelSelector: 'mostik.dev/state-of=kept,mostik.dev/state=generation' });
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual([4, 5, 6].map((n) => `mostik.kept.generation-${n}`));
    for (const number of [4, 5, 6]) await desiredFromGeneration(kube, await readGeneration(kube, { platform: 'kept', namespace: stateNamespace }, number), await readState(kube, 'kept', stateNamespace));
  });

  it('holds a saved plan against the live side: an owned field counts, a status does not', async () => {
    const web = deployment('pinned');
    await applyDesired(kube, desiredOf('pinned', { web: { objects: [web] } }), { wait: false });
    const next = desiredOf('pinned', { web: { objects: [deployment('pinned', { image: 'nginx:1.28' })] } });
    const saved = planJson((await planOf(kube, next)).plan);
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'pinned' };
    await kube.patch(ref, { type: 'merge', body: { status: { observedGeneration: 1, replicas: 0 } } }, { subresource: 'status', fieldManager: 'kube-controller-manager' });
    verifyPlan(saved, planJson((await planOf(kube, next)).plan));
    await kube.patch(ref, { type: 'merge', body: { metadata: { labels: { somebody: 'else' } } } }, { fieldManager: 'kubectl-label' });
    verifyPlan(saved, planJson((await planOf(kube, next)).plan));
    await kube.patch(ref, { type: 'merge', body: { spec: { replicas: 2 } } }, { fieldManager: 'kubectl-edit' });
    const fresh = planJson((await planOf(kube, next)).plan);
    expect(() => { verifyPlan(saved, fresh); }).toThrow(/Deployment\/default\/pinned: update has become conflict/);
  });

  it('stops only what stands on a failed component', async () => {
    const bad: Parameters<typeof desiredOf>[1][string] = { objects: [deployment('never', { replicas: 1 })], timeoutSeconds: 2 };
    const desired = desiredOf('partial', { base: bad, child: { objects: [configMap('partial-child', {})], after: ['base'] }, other: { objects: [configMap('partial-other', {})] } });
    const { result } = await applyDesired(kube, desired);
    expect(result.outcome).toBe('timeout');
    expect(result.components.map(({ name, phase }) => [name, phase])).toEqual([['base', 'timeout'], ['child', 'skipped'], ['other', 'healthy']]);
    expect(await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'partial-child' })).toBeUndefined();
    expect(changeOf((await planOf(kube, desired)).plan, configMap('partial-child', {}))?.action).toBe('create');
  });
});
