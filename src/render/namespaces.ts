import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { implicitAnnotation, type KubeObject, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { nameOf, type Draft } from './draft.js';
import type { ScopeOf } from './kinds.js';

/**
 * Gives a namespaced object without a namespace its component's; an explicit one wins. A cluster-scoped object loses what stands
 * there, as on an API server. A kind that nobody has described needs an explicit namespace.
 */
export function placeInNamespaces(drafts: readonly Draft[], scopeOf: ScopeOf): { drafts: Draft[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const placed = drafts.map((draft) => {
    const { object, component } = draft;
    const scope = scopeOf(object);
    const explicit = object.metadata.namespace;
    if (scope === undefined && explicit === undefined) {
      diagnostics.push(diagnose('scope-unknown', { object: nameOf(object), apiVersion: object.apiVersion, kind: object.kind }, draft.at));
      return draft;
    }
    if (scope === 'cluster') return explicit === undefined ? draft : { ...draft, object: inNamespace(object, undefined) };
    return explicit === undefined ? { ...draft, object: inNamespace(object, component.namespace) } : draft;
  });
  return { drafts: placed, diagnostics };
}

/**
 * The namespaces that objects live in and no component declares, as objects of the first component that uses each:
 * created when they are missing, left alone otherwise. Those that Kubernetes makes and external ones are left out, and that of
 * Mostik's state: apply makes it before anything else, and no platform may take it away with itself.
 */
export function implicitNamespaces(drafts: readonly Draft[], { components, state }: Pick<ResolvedPlatform, 'components' | 'state'>): Draft[] {
  const known = new Set([state.namespace]);
  for (const { object } of drafts) if (object.kind === 'Namespace' && object.apiVersion === 'v1') known.add(object.metadata.name);
  for (const component of components) for (const name of externalNamespaces(component)) known.add(name);
  const made: Draft[] = [];
  for (const { object, component } of drafts) {
    const name = object.metadata.namespace;
    if (name === undefined || name === 'default' || name.startsWith('kube-') || known.has(name)) continue;
    known.add(name);
    const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations: { [implicitAnnotation]: 'true' } } };
    made.push({ component, object: namespace, at: component.at, keep: false });
  }
  return made;
}

function externalNamespaces({ external }: ResolvedComponent): string[] {
  return external.filter((entry) => entry.startsWith('Namespace/')).map((entry) => entry.slice('Namespace/'.length));
}

function inNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  const { namespace: _replaced, name, ...rest } = object.metadata;
  return { ...object, metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...rest } };
}
