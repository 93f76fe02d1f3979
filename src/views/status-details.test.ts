import { expect, test } from 'vitest';
import type { StatusDetails } from '../operate/status-details.js';
import { plainLook } from './look.js';
import { golden } from './sample-plan.js';
import { detailsText, whyText } from './status-details.js';

const now = Date.parse('2026-03-01T00:00:00Z');
const details: StatusDetails = {
  pods: [
    { component: 'web', namespace: 'shop', name: 'web-1', ready: 1, containers: 1, state: 'Running', restarts: 0, ageSeconds: 70 },
    { component: 'web', namespace: 'shop', name: 'web-2', ready: 0, containers: 1, state: 'CrashLoopBackOff', restarts: 4, ageSeconds: 7, reason: 'web: CrashLoopBackOff (exit code 3)' },
    { component: 'job', namespace: 'shop', name: 'job-1', ready: 0, containers: 1, state: 'Completed', restarts: 0, ageSeconds: 7 },
  ],
  services: [{ component: 'web', object: 'Service/shop/web', type: 'ClusterIP', address: '10.96.0.9', external: [], ports: ['80 to http'] }],
  urls: [{ component: 'web', object: 'Ingress/shop/web', url: 'https://shop.example.org' }],
  claims: [{ component: 'db', object: 'PersistentVolumeClaim/shop/data-db-0', phase: 'Bound', size: '1Gi', class: 'fast' }],
  autoscalers: [{ component: 'web', object: 'HorizontalPodAutoscaler/shop/web', target: 'Deployment/web', replicas: 5, min: 2, max: 5, metrics: ['cpu 90% of 80%'] }],
  certificates: [{ component: 'web', object: 'Certificate/shop/web', ready: true, ends: '2026-03-11T00:00:00Z' }],
};

test('by default only what needs a look is listed, the rest is counted', () => {
  expect(detailsText(details, plainLook, now)).toBe(golden(`
    1 of 2 pods ready, 1 claim, 1 autoscaler, 1 certificate

    Pods
    POD         COMPONENT  READY  STATE             RESTARTS  AGE  REASON
    shop/web-2  web        0/1    CrashLoopBackOff         4   7s  web: CrashLoopBackOff (exit code 3)

    Addresses
    COMPONENT  URL                       BY
    web        https://shop.example.org  Ingress/shop/web

    Autoscalers
    AUTOSCALER                        TARGET          REPLICAS    METRICS
    HorizontalPodAutoscaler/shop/web  Deployment/web  5 (2 to 5)  cpu 90% of 80%

    Certificates
    CERTIFICATE           READY  ENDS                  REASON
    Certificate/shop/web  yes    2026-03-11 (10 days)
  `));
});

test('verbose lists all of it', () => {
  const text = detailsText(details, { ...plainLook, verbose: true }, now);
  expect(text).toContain('shop/web-1  web        1/1    Running');
  expect(text).toContain('Service/shop/web  ClusterIP  10.96.0.9  -        80 to http');
  expect(text).toContain('PersistentVolumeClaim/shop/data-db-0  db         Bound   1Gi  fast');
});

test('a chain of causes stands below its component, one step further in for each cause', () => {
  const why = [{ component: 'web', root: 'db', sentence: '', chain: [{ kind: 'component' as const, subject: 'web', text: 'is not ready' }, { kind: 'component' as const, subject: 'db', text: 'is not ready' }, { kind: 'pod' as const, subject: 'pod db-0', text: 'no node takes it' }] }];
  const healthy = { status: 'healthy' as const, reason: '' };
  expect(whyText(why, [], plainLook)).toBe('✗ web is not ready\n  because db is not ready\n    because pod db-0: no node takes it');
  expect(whyText([], [{ name: 'db', health: healthy, objects: [], stopped: { by: 'ann', since: 'today' } }], plainLook)).toBe('■ db was stopped by ann today\n✓ everything else is ready');
});
