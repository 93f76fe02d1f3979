import type { Diagnostic } from '../diagnostics/index.js';
import { refOf, type Desired, type Hook, type KubeObject, type RenderedObject } from '../model/index.js';

/** An object of `apiVersion Kind`, or of a core kind. */
export function object(kind: string, name: string, fields: object = {}, namespace: string | undefined = 'shop'): KubeObject {
  const [apiVersion, short] = kind.includes(' ') ? (kind.split(' ') as [string, string]) : ['v1', kind];
  const { metadata, ...rest } = fields as { metadata?: object };
  return { apiVersion, kind: short, metadata: { name, ...(namespace ? { namespace } : {}), ...metadata }, ...rest };
}

/** Rendered objects of component web, unless they say otherwise. */
export function desired(...objects: (KubeObject | { of: KubeObject; component?: string; hook?: Partial<Hook> })[]): Desired {
  const rendered = objects.map((entry): RenderedObject => {
    const { of, component, hook } = 'of' in entry && !('kind' in entry) ? entry : { of: entry, component: undefined, hook: undefined };
    return { component: component ?? 'web', ref: refOf(of), object: of, at: { file: `${of.kind}.yaml` }, keep: false, ...(hook ? { hook: { events: [], weight: 0, deletePolicies: [], ...hook } } : {}) };
  });
  return { name: 'demo', source: { path: 'platform.yaml' }, profiles: [], kubernetes: '1.36', components: [], objects: rendered, secrets: new Map(), diagnostics: [] };
}

/** A Deployment that fits its schema; `spec` is that of its pods. */
export function deployment(name: string, spec: object, labels: Record<string, string> = { app: name }): KubeObject {
  const pod = { containers: [{ name: 'c', image: 'i' }], ...spec };
  return object('apps/v1 Deployment', name, { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } } });
}

/** Findings as lines. */
export function lines(found: readonly Diagnostic[]): string[] {
  return found.map(({ severity, code, message, hint }) => `${severity} ${code} ${message}${hint ? ` (${hint})` : ''}`);
}
