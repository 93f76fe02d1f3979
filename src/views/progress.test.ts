import { expect, test } from 'vitest';
import type { ApplyEvent, ObjectRef } from '../model/index.js';
import { plainLook } from './look.js';
import { eventLine, heartbeatLine } from './progress-lines.js';
import { progressTable } from './progress-table.js';
import { recordEvent, startProgress, type Progress } from './progress.js';
import { golden, sampleChange, sampleComponent, samplePlan } from './sample-plan.js';

const ref = (kind: string, name: string): ObjectRef => ({ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, namespace: 'shop', name });

const plan = samplePlan(
  [
    sampleChange({ action: 'create', ref: ref('Service', 'db'), component: 'db' }),
    sampleChange({ action: 'create', ref: ref('Deployment', 'db'), component: 'db' }),
    sampleChange({ action: 'create', ref: ref('Deployment', 'web'), component: 'web' }),
    sampleChange({ action: 'create', ref: ref('Deployment', 'worker'), component: 'web' }),
    sampleChange({ action: 'unchanged', ref: ref('ConfigMap', 'web'), component: 'web' }),
    sampleChange({ action: 'keep', ref: ref('PersistentVolumeClaim', 'old'), component: 'web' }),
    sampleChange({ action: 'create', ref: ref('Deployment', 'mail'), component: 'mail' }),
  ],
  { components: [sampleComponent('db'), sampleComponent('web', ['db']), sampleComponent('mail', ['web'])] },
);

const object = (component: string, ref: ObjectRef, phase: 'written' | 'waiting' | 'healthy', reason?: string): ApplyEvent => ({ type: 'object', component, ref, action: 'create', phase, ...(reason ? { reason } : {}) });

function after(events: [seconds: number, event: ApplyEvent][]): Progress {
  const progress = startProgress(plan, 0);
  for (const [seconds, event] of events) recordEvent(progress, event, seconds * 1000);
  return progress;
}

const halfway: [number, ApplyEvent][] = [
  [0, { type: 'component', component: 'db', phase: 'applying' }],
  [1, object('db', ref('Service', 'db'), 'written')],
  [1, object('db', ref('Deployment', 'db'), 'written')],
  [1, { type: 'component', component: 'db', phase: 'waiting' }],
  [2, object('db', ref('Deployment', 'db'), 'healthy')],
  [4, { type: 'component', component: 'db', phase: 'healthy' }],
  [4, { type: 'component', component: 'web', phase: 'applying' }],
  [5, object('web', ref('Deployment', 'web'), 'written')],
  [5, object('web', ref('Deployment', 'worker'), 'written')],
  [5, { type: 'component', component: 'web', phase: 'waiting' }],
  [6, object('web', ref('Deployment', 'web'), 'waiting', '1 of 2 replicas available')],
  [6, object('web', ref('Deployment', 'worker'), 'waiting', 'pod worker-7c9 Pending: 3 Insufficient cpu')],
];

const draw = (progress: Progress, seconds: number, rows = Infinity, width = Infinity): string =>
  progressTable(progress, { ...plainLook, width }, { now: seconds * 1000, rows, simulated: false }).join('\n');

test('a component that nothing has reached says after what it starts', () => {
  expect(draw(after([]), 0)).toBe(
    golden(`
      COMPONENT  PHASE      READY  TIME  WAITING FOR
      db         ○ pending    0/2
      web        ○ pending    1/3        after db
      mail       ○ pending    0/1        after web
    `),
  );
});

test('the table counts ready objects and shows below a component the objects it waits for', () => {
  expect(draw(after(halfway), 75)).toBe(
    golden(`
      COMPONENT  PHASE      READY   TIME  WAITING FOR
      db         ✓ healthy    2/2     4s
      web        … waiting    1/3  1m11s  2 objects
                                          └ Deployment/shop/web: 1 of 2 replicas available
                                          └ Deployment/shop/worker: pod worker-7c9 Pending: 3 Insufficient cpu
      mail       ○ pending    0/1         after web
    `),
  );
});

test('one object that is waited for stands in the line of its component', () => {
  const progress = after([...halfway, [9, object('web', ref('Deployment', 'web'), 'healthy')]]);
  expect(draw(progress, 10).split('\n')[2]).toBe('web        … waiting    2/3    6s  Deployment/shop/worker: pod worker-7c9 Pending: 3 Insufficient cpu');
});

test('lines are cut to the terminal, and few rows leave out objects, then what is done', () => {
  const progress = after(halfway);
  expect(draw(progress, 10, 4, 60)).toBe(
    golden(`
      COMPONENT  PHASE      READY  TIME  WAITING FOR
      db         ✓ healthy    2/2    4s
      web        … waiting    1/3    6s  2 objects
      mail       ○ pending    0/1        after web
    `),
  );
  expect(draw(progress, 10, 3)).toBe(
    golden(`
      COMPONENT  PHASE      READY  TIME  WAITING FOR
      web        … waiting    1/3    6s  2 objects
      and 1 healthy, 1 pending
    `),
  );
  expect(draw(progress, 10, Infinity, 60).split('\n').every((line) => line.length <= 60)).toBe(true);
});

test('a failure keeps its reason in the last table, and what stood on it says why it was skipped', () => {
  const progress = after([
    ...halfway,
    [20, { type: 'component', component: 'web', phase: 'timeout', reason: 'not healthy after 15 s: Deployment/shop/web: 1 of 2 replicas available' }],
    [20, { type: 'component', component: 'mail', phase: 'skipped', reason: 'web is not healthy' }],
  ]);
  expect(draw(progress, 99)).toBe(
    golden(`
      COMPONENT  PHASE      READY  TIME  WAITING FOR
      db         ✓ healthy    2/2    4s
      web        ✗ timeout    1/3   16s  not healthy after 15 s: Deployment/shop/web: 1 of 2 replicas available
      mail       ⊘ skipped    0/1        web is not healthy
    `),
  );
});

test('a component that is no longer declared is removed, not healthy', () => {
  const old = sampleChange({ action: 'delete', ref: ref('Deployment', 'old'), component: 'old' });
  const progress = startProgress(samplePlan([old], { components: [] }), 0);
  expect(draw(progress, 0).split('\n')[1]).toBe('old        ○ to remove    0/1');
  recordEvent(progress, { type: 'object', component: 'old', ref: old.ref, action: 'delete', phase: 'written' }, 1000);
  expect(draw(progress, 1).split('\n')[1]).toBe('old        ✓ removed    1/1');
  expect(draw(startProgress(samplePlan([]), 0), 0)).toBe('');
});

test('simulated nodes head the table', () => {
  expect(progressTable(after([]), plainLook, { now: 0, rows: Infinity, simulated: true })[0]).toBe('nodes are simulated: containers do not run');
});

test('without a terminal each change of a component is one line, objects only on request', () => {
  const progress = startProgress(plan, 0);
  const lines = (verbose: boolean): string[] =>
    halfway.flatMap(([seconds, event]) => {
      const now = seconds * 1000;
      return recordEvent(progress, event, now) ? (eventLine(progress, event, { look: { ...plainLook, verbose }, now }) ?? []) : [];
    });
  expect(lines(false).join('\n')).toBe(
    ['    0s … db applying', '    1s … db waiting 0/2', '    4s ✓ db healthy 2/2', '    4s … web applying', '    5s … web waiting 1/3'].join('\n'),
  );
  expect(eventLine(progress, { type: 'note', message: 'taking over a lock' }, { look: plainLook, now: 7000 })).toBe('    7s taking over a lock');
});

test('a heartbeat says what is waited for', () => {
  expect(heartbeatLine(after(halfway), { look: plainLook, now: 65_000 })).toBe(' 1m05s … 1 of 3 components done: web 1/3: Deployment/shop/web: 1 of 2 replicas available');
});
