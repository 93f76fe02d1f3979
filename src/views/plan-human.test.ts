import { expect, test } from 'vitest';
import { plainLook, createStyle } from './look.js';
import { planText } from './plan-human.js';
import { golden, sampleChange, samplePlan } from './sample-plan.js';

const deployment = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name });

const mixed = [
  sampleChange({ action: 'create', ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' }, component: 'web', notDryRun: 'namespace comes in this plan', fields: [{ path: 'data.a', after: '1' }] }),
  sampleChange({
    action: 'update',
    ref: deployment('web'),
    component: 'web',
    restarts: true,
    fields: [
      { path: 'spec.replicas', before: 1, after: 2 },
      { path: 'spec.template.spec.containers[web].image', before: 'web:1', after: 'web:2' },
      { path: 'metadata.labels.tier', after: 'front' },
      { path: 'spec.paused', before: true },
      { path: 'metadata.annotations["on"]', before: 'no', after: 'yes' },
    ],
  }),
  sampleChange({ action: 'unchanged', ref: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' }, component: 'web' }),
  sampleChange({ action: 'update', ref: { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' }, component: 'db', fields: [{ path: 'data.password', before: '***', after: '***' }] }),
  sampleChange({ action: 'run', ref: { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'migrate' }, component: 'db', hook: { event: 'pre-upgrade', weight: -5 } }),
  sampleChange({ action: 'delete', ref: deployment('old'), component: 'db' }),
  sampleChange({ action: 'keep', ref: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data-db-0' }, component: 'db', reason: 'holds data; no longer declared; deleted only by --delete-claim=data-db-0' }),
  sampleChange({ action: 'replace', ref: { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'seed' }, component: 'db', reason: 'spec.template is immutable', fields: [{ path: 'spec.template.spec.containers[seed].image', before: 'seed:1', after: 'seed:2' }] }),
];

test('counts come first, then dangers with their reasons, then changes by component, and one line ends it', () => {
  expect(planText(samplePlan(mixed), plainLook, { applyCommand: 'mostik apply' })).toBe(
    golden(`
      Plan for shop on https://127.0.0.1:6443 (Kubernetes v1.36.3)
      Profile: dev
      1 to replace, 1 to delete, 1 to create, 2 to update, 1 to run, 1 kept, 1 unchanged

      Dangers
        ± replace  Job/shop/seed  (db)  spec.template is immutable
            ~ spec.template.spec.containers[seed].image: seed:1 -> seed:2
        - delete  Deployment/shop/old  (db)
        = keep  PersistentVolumeClaim/shop/data-db-0  (db)
            holds data; no longer declared; deleted only by --delete-claim=data-db-0

      web
        + create  ConfigMap/shop/web  not dry-run: namespace comes in this plan
        ~ update  Deployment/shop/web  restarts
            ~ spec.replicas: 1 -> 2
            ~ spec.template.spec.containers[web].image: web:1 -> web:2
            + metadata.labels.tier: front
            - spec.paused: true
            ~ metadata.annotations["on"]: "no" -> "yes"
        1 unchanged

      db
        ~ update  Secret/shop/db
            ~ data.password: *** (changed)
        ▸ run  Job/shop/migrate  pre-upgrade, weight -5

      Plan: 1 to replace, 1 to delete, 1 to create, 2 to update, 1 to run, 1 kept, 1 unchanged
      1 object could not be dry-run by the server; validated from files only
      Apply it with: mostik apply
    `),
  );
});

test('a change of profile heads the plan, and simulated nodes are named', () => {
  const plan = samplePlan([sampleChange({ action: 'unchanged', ref: deployment('web'), component: 'web' })], { profiles: ['service1-only'] });
  expect(planText(plan, plainLook, { simulated: true })).toBe(
    golden(`
      Plan for shop on https://127.0.0.1:6443 (Kubernetes v1.36.3)
      nodes are simulated: containers do not run
      Profile changes: dev -> service1-only (generation 3 was made with dev)
      1 unchanged

      Plan: 1 unchanged
      Nothing to do: the cluster is as the files say
    `),
  );
});

test('a conflict stands first and says that nothing is applied', () => {
  const changes = [sampleChange({ action: 'create', ref: deployment('new'), component: 'web' }), sampleChange({ action: 'conflict', ref: deployment('web'), component: 'web', reason: 'owned by platform other' })];
  expect(planText(samplePlan(changes), plainLook, { applyCommand: 'mostik apply' })).toBe(
    golden(`
      Plan for shop on https://127.0.0.1:6443 (Kubernetes v1.36.3)
      Profile: dev
      1 in conflict, 1 to create

      Dangers
        ! conflict  Deployment/shop/web  (web)  owned by platform other

      web
        + create  Deployment/shop/new

      Plan: 1 in conflict, 1 to create
      1 conflict to solve first: nothing is applied until then
    `),
  );
});

test('verbose shows unchanged objects, fields of new ones and where they come from', () => {
  const changes = [
    sampleChange({ action: 'create', ref: deployment('web'), component: 'web', at: { file: 'charts/web/templates/deployment.yaml', line: 1 }, fields: [{ path: 'spec', after: { replicas: 2, paused: false, list: ['a', 1] } }] }),
    sampleChange({ action: 'unchanged', ref: deployment('api'), component: 'web' }),
  ];
  expect(planText(samplePlan(changes), { ...plainLook, verbose: true })).toContain(
    golden(`
      web
        + create  Deployment/shop/web
            from charts/web/templates/deployment.yaml:1
            + spec: {replicas: 2, paused: false, list: [a, 1]}
        · unchanged  Deployment/shop/api
    `),
  );
});

test('texts of several lines are shown as a small diff, long values are cut to the width', () => {
  const before = Array.from({ length: 12 }, (_, i) => `line ${i}`).join('\n');
  const change = sampleChange({
    action: 'update',
    ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' },
    component: 'web',
    fields: [
      { path: 'data["app.conf"]', before: `${before}\n`, after: `${before.replace('line 6', 'line six')}\n` },
      { path: 'data.long', before: 'x'.repeat(60), after: 'y'.repeat(60) },
      { path: 'data.tail', before: `${'x'.repeat(60)}1`, after: `${'x'.repeat(60)}2` },
    ],
  });
  expect(planText(samplePlan([change]), { ...plainLook, width: 60 })).toContain(
    golden(`
        ~ update  ConfigMap/shop/web
            ~ data["app.conf"]:
                … 4 lines alike
                  line 4
                  line 5
                - line 6
                + line six
                  line 7
                  line 8
                … 3 lines alike
            ~ data.long: xxxxxxxxxxxxxxxxx… -> yyyyyyyyyyyyyyyyy…
            ~ data.tail: …xxxxxxxx1 -> …xxxxxxxx2
    `).replace(/^/gm, '  '),
  );
});

test('colour changes nothing but colour', () => {
  const coloured = planText(samplePlan(mixed), { ...plainLook, style: createStyle(true) });
  expect(coloured).toContain('\u001b[31m');
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(planText(samplePlan(mixed), plainLook));
});

test('control characters of the cluster do not reach the terminal', () => {
  const change = sampleChange({ action: 'update', ref: deployment('web'), component: 'web', fields: [{ path: 'metadata.annotations.x', before: 'a\u001b[2Jb', after: 'c\u0007' }] });
  expect(planText(samplePlan([change]), plainLook)).not.toMatch(/[\u001b\u0007]/);
});
