import { expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import type { KubeObject } from '../model/index.js';
import { whyNotStopped } from '../apply/index.js';
import { stoppedOf, stoppedAnnotation } from '../plan/index.js';
import { urlsOf } from './addresses.js';
import { dumpSecrets, maskedObject, maskedText } from './dump-mask.js';
import { foldEvents } from './events.js';
import { chooseNamed } from './live-platform.js';
import { wavesOf } from './roll.js';
import { podLine } from './status-details.js';

const event = (name: string, more: object): KubeObject => ({ apiVersion: 'v1', kind: 'Event', metadata: { name }, involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1' }, type: 'Warning', reason: 'BackOff', message: 'again', ...more });

test('events that say the same are one, with their number and their last time; newest last', () => {
  const events = [
    event('b', { count: 3, firstTimestamp: '2026-01-01T00:02:00Z', lastTimestamp: '2026-01-01T00:05:00Z' }),
    event('a', { count: 2, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:01:00Z' }),
    event('c', { reason: 'Pulled', eventTime: '2026-01-01T00:03:00Z' }),
    event('d', { involvedObject: { kind: 'Pod', namespace: 'other', name: 'x' } }),
  ];
  const folded = foldEvents(events, (_, namespace) => (namespace === 'shop' ? 'web' : undefined));
  expect(folded.map(({ reason, count, first, last }) => `${reason} ${count} ${first.slice(14, 16)} ${last.slice(14, 16)}`)).toEqual(['Pulled 1 03 03', 'BackOff 5 00 05']);
});

test('what others stand on is started first and stopped last', () => {
  const all = [{ name: 'web', after: ['api'] }, { name: 'api', after: ['db'] }, { name: 'db', after: [] }, { name: 'other', after: [] }];
  const names = (reverse: boolean): string[][] => wavesOf(all, all, reverse).map((wave) => wave.map(({ name }) => name));
  expect(names(false)).toEqual([['db', 'other'], ['api'], ['web']]);
  expect(names(true)).toEqual([['web'], ['api'], ['db', 'other']]);
  expect(wavesOf([all[0]!, all[2]!], all, false).map((wave) => wave.map(({ name }) => name))).toEqual([['db'], ['web']]);
});

test('a component that is not there is named with the nearest one', () => {
  expect(() => chooseNamed([{ name: 'web' }], ['wbe'], { platform: 'shop' })).toThrow(MostikError);
  expect([...chooseNamed([{ name: 'web' }, { name: 'db' }], [], { platform: 'shop' })]).toEqual(['web', 'db']);
});

const deployment = (replicas: number, annotations: Record<string, string> = {}): KubeObject => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', annotations }, spec: { replicas } });

test('a stopped workload that somebody scaled up again is not stopped any more', () => {
  const mark = { [stoppedAnnotation]: '{"by":"ann@laptop","since":"2026-01-01T00:00:00Z","replicas":3,"ours":true}' };
  expect(stoppedOf(deployment(0, mark))).toEqual({ by: 'ann@laptop', since: '2026-01-01T00:00:00Z', replicas: 3, ours: true });
  expect(stoppedOf(deployment(2, mark))).toBeUndefined();
  expect(stoppedOf(deployment(0))).toBeUndefined();
  expect(stoppedOf(deployment(0, { [stoppedAnnotation]: 'not JSON' }))).toMatchObject({ by: 'somebody' });
});

test('a ScaledObject that somebody else paused is not taken from them (stop-not-possible)', () => {
  const scaled = (annotations: Record<string, string>): KubeObject => ({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'web', annotations } });
  expect(whyNotStopped(scaled({ 'autoscaling.keda.sh/paused-replicas': '2' }))).toContain('is set by somebody else');
  expect(whyNotStopped(scaled({}))).toBeUndefined();
});

test('addresses come from Ingresses with their certificates, HTTPRoutes and load balancers', () => {
  const ingress: KubeObject = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'a' }, spec: { tls: [{ hosts: ['a.example.org'] }], rules: [{ host: 'a.example.org', http: { paths: [{ path: '/' }, { path: '/api' }] } }] } };
  expect(urlsOf(ingress)).toEqual(['https://a.example.org', 'https://a.example.org/api']);
  const route: KubeObject = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'a' }, spec: { parentRefs: [{ name: 'gw', sectionName: 'https' }], hostnames: ['b.example.org'], rules: [{}] } };
  expect(urlsOf(route)).toEqual(['https://b.example.org']);
  const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }, { port: 9000 }] }, status: { loadBalancer: { ingress: [{ ip: '198.18.0.1' }] } } };
  expect(urlsOf(service)).toEqual(['http://198.18.0.1', '198.18.0.1:9000']);
});

test('a pod\'s line says what holds it up, and counts the restarts of all its containers', () => {
  const pod: KubeObject = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' }, spec: { containers: [{}, {}], nodeName: 'n' },
    status: { phase: 'Running', initContainerStatuses: [{ restartCount: 1 }], containerStatuses: [{ name: 'a', ready: true, restartCount: 0 }, { name: 'b', ready: false, restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
  };
  expect(podLine('web', pod, Date.parse('2026-01-01T00:01:00Z'))).toEqual({ component: 'web', namespace: 'shop', name: 'web-1', ready: 1, containers: 2, state: 'CrashLoopBackOff', restarts: 3, ageSeconds: 60, node: 'n', reason: 'b: CrashLoopBackOff' });
});

test('nothing of a Secret leaves, nor its values elsewhere, in any form; names stay', () => {
  const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'shop', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"x":"aGFsbG8="}}' } }, data: { password: Buffer.from('hunter-two-hunter').toString('base64'), user: Buffer.from('postgres-main').toString('base64'), key: Buffer.from('-----BEGIN-----\nabcdefghijklmnopqrstuvwx\n-----END-----').toString('base64') } };
  const table = dumpSecrets(new Map([['known', 'a-known-password']]), [secret], ['postgres-main']);
  const text = JSON.stringify(maskedObject(secret, table));
  expect(text).not.toMatch(/aHVudGVy|hunter-two|aGFsbG8/);
  expect(text).toContain('*** (17 bytes)');
  const shown = maskedText(`url://postgres-main:hunter-two-hunter@db a-known-password ${encodeURIComponent('a-known-password')}\n  abcdefghijklmnopqrstuvwx\n`, table);
  expect(shown).toBe('url://postgres-main:***@db *** ***\n  ***\n');
});
