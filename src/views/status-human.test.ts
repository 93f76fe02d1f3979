import { expect, test } from 'vitest';
import type { PlatformStatus } from '../model/index.js';
import { plainLook } from './look.js';
import { golden } from './sample-plan.js';
import { statusText } from './status-human.js';

const healthy = { status: 'healthy', reason: '' } as const;
const ref = (kind: string, name: string): PlatformStatus['components'][number]['objects'][number]['ref'] => ({ apiVersion: 'v1', kind, namespace: 'shop', name });

const status: PlatformStatus = {
  platform: 'shop',
  generation: 4,
  phase: 'failed',
  profiles: ['dev', 'big'],
  simulated: true,
  components: [
    { name: 'db', health: healthy, objects: [{ ref: ref('Service', 'db'), health: healthy }, { ref: ref('StatefulSet', 'db'), health: healthy }] },
    {
      name: 'web',
      health: { status: 'failed', reason: 'is missing in the cluster' },
      objects: [
        { ref: ref('Deployment', 'web'), health: { status: 'progressing', reason: '1 of 2 replicas available' } },
        { ref: ref('ConfigMap', 'web'), health: { status: 'failed', reason: 'is missing in the cluster' } },
        { ref: ref('Service', 'web'), health: healthy },
      ],
    },
    { name: 'empty', health: { status: 'unknown', reason: 'admitted, readiness unknown' }, objects: [] },
  ],
};

test('status is a tree of components and what is not healthy in them, with reasons', () => {
  expect(statusText(status, plainLook)).toBe(
    golden(`
      shop  generation 4 failed  profiles: dev, big
      nodes are simulated: containers do not run

      COMPONENT / OBJECT     HEALTH         REASON
      db                     ✓ healthy
      └ 2 healthy
      web                    ✗ failed
      ├ Deployment/shop/web  … progressing  1 of 2 replicas available
      ├ ConfigMap/shop/web   ✗ failed       is missing in the cluster
      └ 1 healthy
      empty                  ? unknown      admitted, readiness unknown

      1 of 3 components healthy
    `),
  );
});

test('verbose shows every object, a narrow terminal cuts the reasons', () => {
  const text = statusText(status, { ...plainLook, verbose: true, width: 52 });
  expect(text).toContain('└ Service/shop/web     ✓ healthy');
  expect(text).toContain('├ Deployment/shop/web  … progressing  1 of 2 replic…');
});
