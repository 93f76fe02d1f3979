import type { Desired, KubeObject } from '../model/index.js';

/** All objects as one Kubernetes List, namespaces, CRDs and hooks in it. */
export function toList({ objects }: Pick<Desired, 'objects'>): { apiVersion: 'v1'; kind: 'List'; items: KubeObject[] } {
  return { apiVersion: 'v1', kind: 'List', items: objects.map(({ object }) => object) };
}
