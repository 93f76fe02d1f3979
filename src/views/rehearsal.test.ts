import { describe, expect, test } from 'vitest';
import { sampleRehearsal } from '../rehearse/sample-rehearsal.js';
import { plainLook } from './look.js';
import { rehearsalPage } from './rehearsal-html.js';
import { rehearsalText } from './rehearsal-human.js';
import { golden } from './sample-plan.js';

const chain = [
  { kind: 'component' as const, subject: 'orchestrator', text: 'is not ready' },
  { kind: 'object' as const, subject: 'Deployment/shop/orchestrator', text: '0 of 2 replicas available' },
  { kind: 'pod' as const, subject: 'pod orchestrator-1', text: 'Secret shop/db has no key password' },
];
const sentence = 'orchestrator is not ready because Deployment/shop/orchestrator: 0 of 2 replicas available: pod orchestrator-1: Secret shop/db has no key password';

const failed = sampleRehearsal({
  outcome: 'failed',
  counts: { update: 1, replace: 1, unchanged: 2 },
  problems: [
    { kind: 'not-ready', component: 'orchestrator', object: 'Deployment/shop/orchestrator', message: sentence },
    { kind: 'refusal', component: 'web', object: 'Deployment/shop/web', by: { kind: 'policy', name: 'pinned' }, message: "Deployment/shop/web: ValidatingAdmissionPolicy 'pinned' denied it", hint: 'correct the object' },
  ],
  notReady: [
    { component: 'orchestrator', root: 'orchestrator', chain, sentence },
    { component: 'api-gateway', root: 'orchestrator', chain: [{ kind: 'component', subject: 'api-gateway', text: 'is not ready' }, ...chain], sentence: `api-gateway is not ready because ${sentence}` },
  ],
  waves: [
    { number: 0, components: [{ name: 'orchestrator', phase: 'failed', reason: 'no key', changes: [{ action: 'update', object: 'Deployment/shop/orchestrator', restarts: true, fields: [{ path: 'spec.template.x', before: 1, after: '<b>2</b>' }] }], unchanged: 2 }] },
    { number: 1, components: [{ name: 'api-gateway', phase: 'skipped', reason: 'orchestrator is not healthy', changes: [], unchanged: 1 }] },
  ],
  services: [{ service: 'Service/shop/web', component: 'web', before: 2, least: 0, after: 2, wentEmpty: 1 }, { service: 'Service/shop/db', component: 'db', before: 1, least: 1, after: 1, wentEmpty: 0 }],
  budgets: [{ budget: 'PodDisruptionBudget/shop/web', component: 'web', demanded: 2, before: 2, least: 0 }],
  pods: [{ component: 'web', started: 2, ended: 2 }],
  faults: ['node worker-2 is lost with its pods during the rollout'],
  notExercised: [{ what: 'containers', why: 'they do not run' }, { what: 'ScaledObject/shop/a', why: 'readiness unknown' }, { what: 'ScaledObject/shop/b', why: 'readiness unknown' }],
});

describe('the text of a rehearsal', () => {
  test('says what fails, who is held up by it, what people would notice, and what it cannot know', () => {
    expect(rehearsalText(failed, plainLook)).toBe(
      golden(`
        Rehearsal of shop from generation 3 (profile dev) on 2 declared nodes
        nodes are simulated: containers do not run
        Profiles: dev
        1 to replace, 1 to update, 2 unchanged
        Fault: node worker-2 is lost with its pods during the rollout

        What fails
          ✗ orchestrator is not ready because Deployment/shop/orchestrator: 0 of 2 replicas available: pod orchestrator-1: Secret shop/db has no key password
          ✗ Deployment/shop/web: ValidatingAdmissionPolicy 'pinned' denied it
            refused by policy pinned
            → correct the object
          ⊘ api-gateway is not ready because orchestrator is not ready

        Waves
          1  ✗ orchestrator  failed  1 to update, 2 unchanged
               ~ update  Deployment/shop/orchestrator  restarts
          2  ⊘ api-gateway  skipped  1 unchanged

        Disruption (counts; times are no forecast)
          ✗ Service/shop/web: 2 ready before, 0 at the fewest, 2 at the end; without any once
          ✗ PodDisruptionBudget/shop/web: demands 2 healthy pods, had 0 at the fewest
          pods: web 2 ended, 2 started

        Not exercised
          containers: they do not run
          ScaledObject/shop/a, ScaledObject/shop/b: readiness unknown

        ✗ The change would fail: 2 problems (the rehearsal took 7.5 s)
      `),
    );
  });

  test('of one that went well ends with that', () => {
    const lines = rehearsalText(sampleRehearsal({ services: [{ service: 'Service/shop/db', component: 'db', before: 1, least: 1, after: 1, wentEmpty: 0 }] }), plainLook).split('\n');
    expect(lines).toContain('  ✓ 1 Service kept every ready endpoint');
    expect(lines.at(-1)).toBe('✓ The change would go well (the rehearsal took 7.5 s)');
    expect(lines).not.toContain('What fails');
  });
});

describe('the page of a rehearsal', () => {
  const page = rehearsalPage(failed);

  test('holds everything that the text says', () => {
    for (const part of ['The change would fail: 2 problems', 'Secret shop/db has no key password', 'refused by policy pinned', 'Service/shop/web', 'without any once', 'ScaledObject/shop/b', 'worker-2 is lost', 'spec.template.x']) expect(page).toContain(part);
  });

  test('takes nothing from elsewhere and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|src=|href=|url\(|@import|https?:/);
    expect(page).toContain("default-src 'none'");
  });

  test('shows what comes from a cluster as text', () => {
    expect(page).toContain('&lt;b&gt;2&lt;/b&gt;');
    expect(rehearsalPage(sampleRehearsal({ notExercised: [{ what: '"><script>x</script>\u0007', why: "it's" }] }))).toContain('&quot;&gt;&lt;script&gt;x&lt;/script&gt;\ufffd');
  });
});
