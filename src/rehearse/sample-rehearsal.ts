import type { Rehearsal } from './schema.js';

/** A report for tests. */
export function sampleRehearsal(report: Partial<Rehearsal> = {}): Rehearsal {
  return {
    version: 1,
    tool: 'mostik',
    toolVersion: '1.0.0',
    platform: 'shop',
    profiles: ['dev'],
    kubernetes: '1.36',
    outcome: 'well',
    base: { kind: 'generation', generation: 3, cluster: 'c1', profiles: ['dev'], ready: true, notes: [] },
    essence: { base: { kind: 'generation', generation: 3, cluster: 'c1', profiles: ['dev'] }, flags: {}, components: {}, objects: {}, digest: '' },
    nodes: { from: 'declared', names: ['worker-1', 'worker-2'] },
    counts: { update: 1, unchanged: 2 },
    problems: [],
    notReady: [],
    waves: [],
    replacements: [],
    restarts: [],
    pods: [],
    services: [],
    budgets: [],
    faults: [],
    warnings: [],
    notExercised: [{ what: 'containers', why: 'they do not run' }],
    seconds: 7.5,
    ...report,
  };
}
