import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Kube } from '../../src/kube/index.js';
import { refOf, type ApplyEvent, type Hook, type KubeObject } from '../../src/model/index.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, configMap, desiredOf } from './world.js';

const hook: Hook = { events: ['pre-install', 'pre-upgrade'], weight: 0, deletePolicies: ['before-hook-creation'] };

onApiServer('a hook that is a Pod, on a real API server', () => {
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

  /** Applies a platform whose hook is a pod; nothing runs it, so the test says what a kubelet would, each time its phase is waited for. */
  const applyWithHook = async (name: string, statuses: object[], spec: object = { restartPolicy: 'Never' }) => {
    const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `${name}-hook`, namespace: 'default' }, spec: { ...spec, containers: [{ name: 'work', image: 'busybox:1' }] } };
    const settings = configMap(`${name}-settings`, { x: '1' });
    const seen: string[] = [];
    const say = async (): Promise<void> => {
      const status = statuses.shift();
      if (status) await kube.patch(refOf(pod), { type: 'merge', body: { status } }, { subresource: 'status', fieldManager: 'kubelet' });
    };
    const told: Promise<void>[] = [];
    const onEvent = (event: ApplyEvent): void => {
      if (event.type !== 'object') return;
      seen.push(`${event.ref.kind} ${event.phase}${event.phase === 'waiting' ? `: ${event.reason}` : ''}`);
      if (event.ref.kind === 'Pod' && event.phase === 'waiting') told.push(say());
    };
    const { result } = await applyDesired(kube, desiredOf(name, { web: { objects: [settings], hooks: [{ object: pod, hook }] } }), { onEvent });
    await Promise.all(told);
    return { result, seen, settings: await kube.get(refOf(settings)) };
  };
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'work', ready: true, restartCount: 0, image: 'busybox:1', imageID: '', state: { running: { startedAt: '2026-01-01T00:00:00Z' } } }] };
  const ended = (exitCode: number) => ({ conditions: [{ type: 'Ready', status: 'False' }], containerStatuses: [{ name: 'work', ready: false, restartCount: 0, image: 'busybox:1', imageID: '', state: { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } } }] });

  it('is waited for until it succeeded: ready is not done', async () => {
    const { result, seen, settings } = await applyWithHook('succeeds', [ready, { phase: 'Succeeded', ...ended(0) }]);
    expect(result.outcome).toBe('succeeded');
    expect(seen).toEqual(['Pod writing', 'Pod waiting: Pending: not ready yet', 'Pod waiting: its containers run', 'Pod healthy', 'ConfigMap written']);
    expect(settings).toBeDefined();
  });

  it('stops the change when it fails after it was ready', async () => {
    const { result, seen, settings } = await applyWithHook('fails', [ready, { phase: 'Failed', ...ended(3) }]);
    expect(result).toMatchObject({ outcome: 'failed' });
    expect(JSON.stringify(result)).toContain('pre-install hook Pod/default/fails-hook work: ended with exit code 3');
    expect(seen.at(-1)).toBe('Pod failed');
    expect(settings).toBeUndefined();
  });

  it('is refused at once when Kubernetes would start it again for ever', async () => {
    const { result, settings } = await applyWithHook('forever', [], {});
    expect(JSON.stringify(result)).toContain('its restartPolicy is Always, so it is started again whenever it ends; a hook needs Never or OnFailure');
    expect(settings).toBeUndefined();
  });
});
