import { expect, test } from 'vitest';
import { countChanges, type Generation } from '../model/index.js';
import { generationDiffText, historyText } from './history-human.js';
import { historyJson } from './history-json.js';
import { plainLook } from './look.js';
import { golden, sampleChange, sampleComponent } from './sample-plan.js';

const generation = (number: number, more: Partial<Generation>): Generation => ({
  number,
  platform: 'shop',
  source: { path: 'platform.yaml', revision: '0123456789abcdef0123456789abcdef01234567-dirty' },
  profiles: ['dev'],
  kubernetes: '1.36',
  kind: 'apply',
  phase: 'succeeded',
  startedAt: '2026-03-01T10:00:00.123Z',
  finishedAt: '2026-03-01T10:01:05.000Z',
  by: { user: 'kim', host: 'laptop', version: '0.1.0' },
  counts: countChanges([{ action: 'create' }, { action: 'create' }, { action: 'unchanged' }]),
  components: [sampleComponent('web')],
  objects: {},
  inventory: {},
  retained: [],
  ...more,
});

const generations = [generation(1, {}), generation(2, { kind: 'rollback', phase: 'failed', profiles: [], message: 'web: 1 of 2 replicas available' })];

test('history lists the newest first: who, when, what, how it ended', () => {
  expect(historyText(generations, plainLook)).toBe(
    golden(`
      GEN  STARTED                TOOK  KIND      PHASE        PROFILES  REVISION          BY          CHANGES
        2  2026-03-01 10:00:00Z  1m04s  rollback  ✗ failed     none      0123456789-dirty  kim@laptop  2 to create, 1 unchanged: web: 1 of 2 replicas available
        1  2026-03-01 10:00:00Z  1m04s  apply     ✓ succeeded  dev       0123456789-dirty  kim@laptop  2 created, 1 unchanged
    `),
  );
  expect(historyText([], plainLook)).toBe('no generations: nothing has been applied yet');
});

test('the JSON form has a version and leaves stored pieces out', () => {
  const json = JSON.parse(JSON.stringify(historyJson('shop', generations))) as { version: number; generations: Record<string, unknown>[] };
  expect(json.version).toBe(1);
  expect(json.generations.map(({ number }) => number)).toEqual([2, 1]);
  expect(Object.keys(json.generations[1]!)).not.toContain('inventory');
});

test('the difference of two generations is shown by component and path', () => {
  const changes = [
    sampleChange({ action: 'update', ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }, component: 'web', fields: [{ path: 'spec.replicas', before: 1, after: 3 }] }),
    sampleChange({ action: 'delete', ref: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'old' }, component: 'old' }),
  ];
  expect(generationDiffText(changes, plainLook, { from: 3, to: 4 })).toBe(
    golden(`
      Generation 3 -> 4: 1 deleted, 1 updated

      web
        ~ update  Deployment/shop/web
            ~ spec.replicas: 1 -> 3

      old
        - delete  Service/shop/old
    `),
  );
});
