import { expect, test } from 'vitest';
import type { ApplyEvent, ApplyResult, Change, Plan } from '../model/index.js';
import { countChanges } from '../model/index.js';
import { diagnose } from '../diagnostics/index.js';
import { findProblems, type ProblemSources } from './problems.js';

const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const change = (action: Change['action'], reason?: string): Change => ({ action, ref, component: 'web', wave: 0, fields: [], restarts: false, pin: { uid: null, digest: null }, desired: null, ...(reason ? { reason } : {}) });
const planOf = (...changes: Change[]): Plan => ({
  platform: 'shop', source: { path: 'platform.yaml' }, profiles: [], kubernetes: '1.36', cluster: { id: '', server: '', version: '' }, kind: 'apply', base: { generation: 0, profiles: [] },
  components: [], declared: [], secrets: new Map(), changes: changes.map((one) => ({ change: one })), diagnostics: [],
});
const result = (components: ApplyResult['components'], outcome: ApplyResult['outcome'] = 'failed'): ApplyResult => ({ platform: 'shop', generation: 1, outcome, components, counts: countChanges([]), diagnostics: [], seconds: { apply: 0, wait: 0 } });
const failedWeb = { name: 'web', phase: 'failed' as const, reason: 'it broke', seconds: 1, objects: 1 };
const event = (phase: 'written' | 'failed', more: Partial<Extract<ApplyEvent, { type: 'object' }>> = {}): ApplyEvent => ({ type: 'object', component: 'web', ref, action: 'update', phase, ...(phase === 'failed' ? { reason: 'Deployment/shop/web: exceeded quota: small, requested: x' } : {}), ...more });
const problems = (sources: Partial<ProblemSources>): ReturnType<typeof findProblems> => findProblems({ plan: planOf(), findings: [], refused: [], result: undefined, events: [], notReady: [], ...sources });

test('errors of checks are problems, warnings are not', () => {
  const findings = [diagnose('removal-failed', { reason: 'an error' }), { ...diagnose('removal-failed', { reason: 'less' }), severity: 'warning' as const }];
  expect(problems({ findings })).toEqual([{ kind: 'check', message: 'an error' }]);
});

test('a refusal of the plan names who refused, a conflict stays the plan\'s', () => {
  const denied = "refused by the server: ValidatingAdmissionPolicy 'pinned' with binding 'b' denied request: no";
  const refusal = diagnose('plan-refused', { object: 'Deployment/shop/web', reason: denied });
  expect(problems({ plan: planOf(change('conflict', denied)), refused: [refusal] })).toMatchObject([{ kind: 'refusal', object: 'Deployment/shop/web', component: 'web', by: { kind: 'policy', name: 'pinned' } }]);
  const conflict = diagnose('plan-conflicts', { object: 'Deployment/shop/web', reason: 'spec.replicas is owned by hand', hint: 'x' });
  expect(problems({ plan: planOf(change('conflict', 'spec.replicas is owned by hand')), refused: [conflict] })).toMatchObject([{ kind: 'plan', component: 'web' }]);
});

test('a write that is refused is told once, and not again as a component that failed', () => {
  expect(problems({ result: result([failedWeb]), events: [event('failed')] })).toEqual([{ kind: 'refusal', component: 'web', object: 'Deployment/shop/web', message: 'Deployment/shop/web: exceeded quota: small, requested: x', by: { kind: 'quota', name: 'small' } }]);
});

test('an object that was written and did not become ready is told by its chain, dependants by that of others', () => {
  const chain = [{ kind: 'component' as const, subject: 'web', text: 'is not ready' }, { kind: 'object' as const, subject: 'Deployment/shop/web', text: '0 of 1' }];
  const notReady = [{ component: 'web', root: 'web', chain, sentence: 'web is not ready because ...' }, { component: 'api', root: 'web', chain, sentence: 'api is not ready because web ...' }];
  expect(problems({ result: result([failedWeb]), events: [event('written'), event('failed')], notReady })).toEqual([{ kind: 'not-ready', component: 'web', object: 'Deployment/shop/web', message: 'web is not ready because ...' }]);
});

test('hooks, removals and whatever else failed are not lost', () => {
  const removal = { ...result([failedWeb, { ...failedWeb, name: 'db', reason: 'gone' }]), diagnostics: [diagnose('removal-failed', { reason: 'stuck' })] };
  expect(problems({ result: removal, events: [event('failed', { action: 'run', reason: 'pre-install hook failed' })] }).map(({ kind, message }) => `${kind}: ${message}`)).toEqual(['hook: pre-install hook failed', 'failed: db: gone', 'removal: stuck']);
  expect(problems({ result: result([failedWeb], 'succeeded') })).toEqual([]);
});
