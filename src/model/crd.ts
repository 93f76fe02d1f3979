import { asList, asString, valueAt } from '../lib/read-unknown.js';
import type { KubeObject } from './object.js';

/** The kind that a CustomResourceDefinition brings, whatever its version: `group/Kind`. */
export function kindOfCrd(crd: KubeObject): string {
  return `${asString(valueAt(crd, 'spec', 'group')) ?? ''}/${asString(valueAt(crd, 'spec', 'names', 'kind')) ?? ''}`;
}

/** The same for each version that is served, as objects name it. */
export function servedKinds(crd: KubeObject): { apiVersion: string; kind: string }[] {
  const group = asString(valueAt(crd, 'spec', 'group')) ?? '';
  const kind = asString(valueAt(crd, 'spec', 'names', 'kind'));
  if (!kind) return [];
  return asList(valueAt(crd, 'spec', 'versions')).flatMap((version) => {
    const name = asString(valueAt(version, 'name'));
    return name && valueAt(version, 'served') !== false ? [{ apiVersion: `${group}/${name}`, kind }] : [];
  });
}
