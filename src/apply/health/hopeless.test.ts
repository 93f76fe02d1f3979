import { expect, test } from 'vitest';
import type { KubeObject } from '../../model/index.js';
import { containerReason, imageWords } from './container-words.js';
import { isHopeless, newestPods } from './hopeless.js';

const born = Date.parse('2026-01-01T00:00:00Z');
const pod = (waiting: object, more: { restartCount?: number; labels?: Record<string, string>; creationTimestamp?: string } = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'shop', creationTimestamp: more.creationTimestamp ?? '2026-01-01T00:00:00Z', ...(more.labels ? { labels: more.labels } : {}) },
  status: { containerStatuses: [{ name: 'web', image: 'shop/web:2', restartCount: more.restartCount ?? 0, state: { waiting } }] },
});
const pulled = (message: string): KubeObject => pod({ reason: 'ImagePullBackOff', message });
const missing = 'Back-off pulling image "shop/web:2": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/shop/web:2": failed to resolve reference "docker.io/shop/web:2": docker.io/shop/web:2: not found';
const unreached = 'failed to pull and unpack image "r.example.org/web:2": failed to resolve reference "r.example.org/web:2": failed to do request: Head "https://r.example.org/v2/web/manifests/2": dial tcp: lookup r.example.org: no such host';

test('an image that the registry does not have is hopeless, but only after it had time to be pushed', () => {
  expect(isHopeless(pulled(missing), { now: born + 5000 })).toBe(false);
  expect(isHopeless(pulled(missing), { now: born + 30_000 })).toBe(true);
  expect(isHopeless(pulled('pull access denied, repository does not exist'), { now: born + 30_000 })).toBe(true);
  expect(isHopeless(pod({ reason: 'ErrImageNeverPull' }), { now: born + 30_000 })).toBe(true);
});

test('a registry that is not reached may come back, so it is waited for', () => {
  expect(isHopeless(pulled(unreached), { now: born + 300_000 })).toBe(false);
  expect(isHopeless(pulled('unexpected status: 503 Service Unavailable: not found'), { now: born + 300_000 })).toBe(false);
});

test('a crash is hopeless only when it goes on and on, and never for the pods of a Job', () => {
  const crash = { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container=web' };
  expect(isHopeless(pod(crash, { restartCount: 3 }))).toBe(false);
  expect(isHopeless(pod(crash, { restartCount: 4 }))).toBe(true);
  expect(isHopeless(pod(crash, { restartCount: 9 }), { ofJob: true })).toBe(false);
  const ended = (restartCount: number): KubeObject => ({ ...pod({}), status: { containerStatuses: [{ name: 'web', restartCount, state: { terminated: { exitCode: 3 } } }] } });
  expect([isHopeless(ended(3)), isHopeless(ended(4))]).toEqual([false, true]);
});

test('only pods of the newest template decide', () => {
  const old = pod({ reason: 'CrashLoopBackOff' }, { labels: { 'pod-template-hash': 'a' } });
  const young = pod({ reason: 'ContainerCreating' }, { labels: { 'pod-template-hash': 'b' }, creationTimestamp: '2026-01-01T00:01:00Z' });
  const workload: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
  expect(newestPods(workload, [old, young])).toEqual([young]);
  const set: KubeObject = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, status: { updateRevision: 'db-2' } };
  const behind = pod({}, { labels: { 'controller-revision-hash': 'db-1' } });
  expect(newestPods(set, [behind])).toEqual([]);
});

test('what holds an image up is told in the registry\'s own words, without wrapping', () => {
  expect(imageWords('ImagePullBackOff', missing)).toBe('cannot be pulled: docker.io/shop/web:2: not found');
  expect(imageWords('ErrImagePull', unreached)).toBe('cannot be pulled: Head "https://r.example.org/v2/web/manifests/2": dial tcp: lookup r.example.org: no such host');
  expect(imageWords('ImagePullBackOff', 'Back-off pulling image "shop/web:2"')).toBe('cannot be pulled');
  expect(containerReason({ name: 'web', image: 'shop/web:2', state: { waiting: { reason: 'ErrImageNeverPull', message: 'x' } } })).toBe('web: ErrImageNeverPull (image shop/web:2 is not on the node, and imagePullPolicy is Never)');
});

test('a crash is told with its exit code', () => {
  const status = { name: 'web', restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container=web pod=web-1_shop(1)' } }, lastState: { terminated: { exitCode: 3 } } };
  expect(containerReason(status)).toBe('web: CrashLoopBackOff (exit code 3, restarted 4 times)');
});
