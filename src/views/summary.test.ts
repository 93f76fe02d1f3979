import { expect, test } from 'vitest';
import { countChanges, type ApplyResult } from '../model/index.js';
import { plainLook } from './look.js';
import { renderedText } from './rendered.js';
import { resultText } from './result-human.js';
import { golden, sampleComponent } from './sample-plan.js';
import { summaryText, type Summary } from './summary.js';

const summary: Summary = {
  platform: 'shop',
  cluster: 'shop',
  simulated: true,
  owned: true,
  kubeconfig: '/home/kim/my state/kubeconfig',
  context: 'mostik-shop',
  components: { healthy: 2, total: 2 },
  endpoints: [
    { component: 'web', object: 'Service/shop/web', address: 'http://10.0.0.7' },
    { component: 'gateway', object: 'Ingress/shop/gateway', address: '' },
  ],
  commands: { plan: 'mostik plan shop', status: 'mostik status shop', destroy: 'mostik destroy shop' },
};

test('up ends with addresses, the way to look at it, and what to do next', () => {
  expect(summaryText(summary, plainLook)).toBe(
    golden(`
      shop on cluster shop
      nodes are simulated: containers do not run
      ✓ 2 of 2 components healthy

      Addresses
        web      http://10.0.0.7  Service/shop/web
        gateway  (no address yet)  Ingress/shop/gateway

      Look at it
        KUBECONFIG='/home/kim/my state/kubeconfig' kubectl get pods -A
        mostik kubectl --cluster shop -- get pods -A

      What next
        mostik plan shop            after a change of a value: what exactly will change
        mostik status shop -w       watch its health
        mostik destroy shop         take the platform away; claims stay unless named
        mostik cluster delete shop  take the cluster away with everything in it
    `),
  );
});

test('on a cluster of somebody else nothing is said of deleting it', () => {
  const text = summaryText({ ...summary, owned: false, simulated: false, kubeconfig: '', context: 'prod' }, plainLook);
  expect(text).toContain('kubectl --context prod get pods -A');
  expect(text).not.toContain('cluster delete');
  expect(text).not.toContain('simulated');
});

const result: ApplyResult = {
  platform: 'shop',
  generation: 4,
  outcome: 'succeeded',
  components: [],
  counts: countChanges([{ action: 'create' }, { action: 'unchanged' }]),
  diagnostics: [],
  seconds: { apply: 0.812, wait: 75.2 },
};

test('a result says how it ended, what changed and how long it took', () => {
  const text = (more: Partial<ApplyResult>): string => resultText({ ...result, ...more }, plainLook, { simulated: false, statusCommand: 'mostik status shop' });
  expect(text({})).toBe('✓ Done: generation 4, 1 created, 1 unchanged in 0.8s writing, 1m15s waiting');
  expect(text({ generation: null, counts: countChanges([{ action: 'unchanged' }]), seconds: { apply: 0, wait: 0.02 } })).toBe('✓ Nothing changed: 1 unchanged in 0s writing, 0s waiting');
  expect(text({ outcome: 'timeout' })).toBe('✗ Timed out: generation 4, 1 to create, 1 unchanged in 0.8s writing, 1m15s waiting\nSee what it waits for with: mostik status shop');
  const components: ApplyResult['components'] = [
    { name: 'db', phase: 'timeout', reason: 'not healthy after 5 s: pod db-0 Pending: 3 Insufficient cpu', seconds: 5, objects: 2 },
    { name: 'web', phase: 'skipped', reason: 'db is not healthy', seconds: 0, objects: 0 },
    { name: 'mail', phase: 'healthy', seconds: 1, objects: 1 },
  ];
  expect(text({ outcome: 'timeout', components }).split('\n').slice(0, 2)).toEqual(['✗ timeout db: not healthy after 5 s: pod db-0 Pending: 3 Insufficient cpu', '⊘ skipped web: db is not healthy']);
  expect(text({ outcome: 'interrupted' })).toMatch(/^✗ Interrupted: generation 4/);
});

test('while there is no cluster yet, what was rendered is told by component and kind', () => {
  const object = (component: string, kind: string) => ({ component, ref: { apiVersion: 'v1', kind, name: 'x' }, object: { apiVersion: 'v1', kind, metadata: { name: 'x' } }, at: { file: 'x' }, keep: false });
  const desired = { name: 'shop', source: { path: 'p' }, profiles: ['dev'], kubernetes: '1.36', components: [sampleComponent('db'), sampleComponent('web')], objects: [object('db', 'Service'), object('web', 'Service'), object('web', 'ConfigMap'), object('web', 'ConfigMap')], secrets: new Map<string, string>(), diagnostics: [] };
  expect(renderedText(desired, plainLook)).toBe(
    golden(`
      ✓ shop rendered and checked: 2 components, 4 objects, profiles: dev
        + db  Service
        + web  Service, 2 ConfigMap
    `),
  );
});
