import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Kube } from '../../src/kube/index.js';
import type { KubeObject } from '../../src/model/index.js';
import { noApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, changeOf, configMap, deployment, desiredOf, planLines, planOf } from './world.js';

/** Runs the engine's own kubectl: the tool whose objects are adopted. */
function kubectl(kubeconfig: string, args: string[], input?: string): string {
  return execFileSync(join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-cluster'), ['kubectl', '--kubeconfig', kubeconfig, ...args], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

describe.skipIf(noApiServer)('adoption of what others made', () => {
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

  const get = (kind: string, name: string, apiVersion = 'v1'): Promise<KubeObject | undefined> => kube.get({ apiVersion, kind, namespace: 'default', name });

  it.each([
    ['client-side', ['apply', '-f', '-']],
    ['server-side', ['apply', '--server-side', '-f', '-']],
  ])('takes over what kubectl applied %s, and a field removed later goes away', async (way, args) => {
    const name = `adopted-${way}`;
    kubectl(server.kubeconfig, args, JSON.stringify(configMap(name, { keep: '1', drop: '2', change: 'a' })));
    const desired = desiredOf(name, { web: { objects: [configMap(name, { keep: '1', drop: '2', change: 'b' })] } });
    const { plan } = await applyDesired(kube, desired);
    expect(changeOf(plan, configMap(name, {}))).toMatchObject({ action: 'adopt', managers: [way === 'client-side' ? 'kubectl-client-side-apply' : 'kubectl'] });
    expect(changeOf(plan, configMap(name, {}))?.fields).toContainEqual({ path: 'data.change', before: 'a', after: 'b' });
    const owners = ((await get('ConfigMap', name))?.metadata.managedFields ?? []).map(({ manager }) => manager);
    expect(owners).toEqual(['mostik']);
    await applyDesired(kube, desiredOf(name, { web: { objects: [configMap(name, { keep: '1' })] } }));
    expect((await get('ConfigMap', name))?.['data']).toEqual({ keep: '1' });
    expect((await get('ConfigMap', name))?.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toBeUndefined();
  });

  it('takes over what Helm installed, and a field removed later goes away', async () => {
    const chart = mkdtempSync(join(tmpdir(), 'mostik-chart-'));
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: helmed\nversion: 0.1.0\n');
    writeFileSync(join(chart, 'templates', 'map.yaml'), JSON.stringify(configMap('helmed', { keep: '1', drop: '2' })));
    execFileSync(join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-render'), ['helm', 'install', 'helmed', chart, '--kubeconfig', server.kubeconfig], { stdio: 'pipe' });
    const { plan } = await applyDesired(kube, desiredOf('helmed', { web: { objects: [configMap('helmed', { keep: '1', drop: '2' })] } }));
    expect(changeOf(plan, configMap('helmed', {}))).toMatchObject({ action: 'adopt', managers: ['helm'] });
    await applyDesired(kube, desiredOf('helmed', { web: { objects: [configMap('helmed', { keep: '1' })] } }));
    expect((await get('ConfigMap', 'helmed'))?.['data']).toEqual({ keep: '1' });
    rmSync(chart, { recursive: true });
  });

  it('shows and removes at adoption the fields that the platform does not declare', async () => {
    kubectl(server.kubeconfig, ['apply', '-f', '-'], JSON.stringify(configMap('shrinks', { keep: '1', drop: '2' })));
    const desired = desiredOf('shrinks', { web: { objects: [configMap('shrinks', { keep: '1' })] } });
    const { plan } = await applyDesired(kube, desired);
    expect(changeOf(plan, configMap('shrinks', {}))?.fields).toContainEqual({ path: 'data.drop', before: '2' });
    expect((await get('ConfigMap', 'shrinks'))?.['data']).toEqual({ keep: '1' });
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
  });

  it('names the platform that owns an object', async () => {
    await applyDesired(kube, desiredOf('first', { web: { objects: [configMap('shared', { from: 'first' })] } }));
    const second = desiredOf('second', { web: { objects: [configMap('shared', { from: 'second' })] } });
    expect(changeOf((await planOf(kube, second)).plan, configMap('shared', {}))).toMatchObject({ action: 'conflict', reason: 'owned by platform first' });
    await expect(applyDesired(kube, second)).rejects.toMatchObject({ exitCode: 6, diagnostics: [expect.objectContaining({ code: 'plan-conflicts', message: expect.stringContaining('owned by platform first') })] });
    expect((await get('ConfigMap', 'shared'))?.['data']).toEqual({ from: 'first' });
  });

  it('leaves fields of another manager alone unless it is named', async () => {
    await kube.apply(configMap('foreign', { mine: 'x' }), { fieldManager: 'operator' });
    const desired = desiredOf('foreign', { web: { objects: [configMap('foreign', { mine: 'y' })] } });
    expect(changeOf((await planOf(kube, desired)).plan, configMap('foreign', {}))).toMatchObject({ action: 'conflict', reason: expect.stringContaining('operator') });
    const { plan } = await applyDesired(kube, desired, { flags: { takeOver: ['operator'] } });
    expect(changeOf(plan, configMap('foreign', {}))).toMatchObject({ action: 'adopt', managers: ['operator'] });
    expect((await get('ConfigMap', 'foreign'))?.['data']).toEqual({ mine: 'y' });
  });

  it('keeps the replicas that an autoscaler set, through adoption and afterwards', async () => {
    const hpa = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'scaled', namespace: 'default' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' }, minReplicas: 1, maxReplicas: 9, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] } };
    kubectl(server.kubeconfig, ['apply', '-f', '-'], JSON.stringify(deployment('scaled', { replicas: 3 })));
    const desired = desiredOf('scaled', { web: { objects: [deployment('scaled', { replicas: 1 }), hpa] } });
    await applyDesired(kube, desired, { wait: false });
    const replicas = async (): Promise<unknown> => (((await get('Deployment', 'scaled', 'apps/v1'))?.['spec'] ?? {}) as Record<string, unknown>)['replicas'];
    expect(await replicas()).toBe(3);
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'scaled' };
    await kube.patch(ref, { type: 'merge', body: { spec: { replicas: 7 } } }, { subresource: 'scale', fieldManager: 'kube-controller-manager' });
    const { plan } = await planOf(kube, desired);
    expect(planLines(plan).filter((line) => line.includes('conflict'))).toEqual([]);
    await applyDesired(kube, desiredOf('scaled', { web: { objects: [deployment('scaled', { replicas: 1, image: 'nginx:1.28' }), hpa] } }), { wait: false });
    expect(await replicas()).toBe(7);
    expect(planLines((await planOf(kube, desiredOf('scaled', { web: { objects: [deployment('scaled', { replicas: 1, image: 'nginx:1.28' }), hpa] } }))).plan)).toEqual([]);
  });
});
