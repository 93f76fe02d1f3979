import type { Change, DesiredComponent, Plan } from '../model/index.js';

/** A change for the tests of views. */
export function sampleChange(change: Partial<Change> & Pick<Change, 'action' | 'ref' | 'component'>): Change {
  return { wave: 0, fields: [], restarts: false, pin: { uid: null, digest: null }, desired: null, ...change };
}

/** A plan for the tests of views. */
export function samplePlan(changes: Change[], plan: Partial<Plan> = {}): Plan {
  return {
    platform: 'shop',
    source: { path: 'platform.yaml' },
    profiles: ['dev'],
    kubernetes: '1.36',
    cluster: { id: 'c0ffee', server: 'https://127.0.0.1:6443', version: 'v1.36.3' },
    kind: 'apply',
    base: { generation: 3, profiles: ['dev'] },
    components: [...new Set(changes.map(({ component }) => component))].map((name) => sampleComponent(name)),
    declared: [],
    secrets: new Map(),
    changes: changes.map((change) => ({ change })),
    diagnostics: [],
    ...plan,
  };
}

/** A component for the tests of views. */
export function sampleComponent(name: string, after: string[] = []): DesiredComponent {
  return { name, after, wave: after.length, data: false, timeoutSeconds: 300, external: [] };
}

/** Takes the margin of a text in a test away, and the line ends around it. */
export function golden(text: string): string {
  const lines = text.replace(/^\n/, '').replace(/\n *$/, '').split('\n');
  const margin = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(margin)).join('\n');
}
