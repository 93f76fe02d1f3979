import type { KubeObject } from '../model/index.js';

/**
 * Field managers of deployers whose fields move to us when an object is adopted: kubectl's client-side and server-side
 * apply, and Helm's. A closed list, since taking another tool's fields away from it makes the two fight.
 */
export const adoptable: ReadonlySet<string> = new Set(['kubectl-client-side-apply', 'kubectl', 'kubectl-last-applied', 'helm']);

/** Controllers of Kubernetes itself: their fields are never taken over, not even when named. */
export const controllers: ReadonlySet<string> = new Set([
  'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-apiserver', 'cloud-controller-manager', 'k3s', 'keda', 'keda-operator', 'cluster-autoscaler', 'vpa-recommender',
]);

/** The managers of a live object whose fields adoption moves: never entries of status or another subresource. */
export function managersToMove(live: KubeObject, takeOver: ReadonlySet<string>): string[] {
  const names = (live.metadata.managedFields ?? [])
    .filter((entry) => !entry.subresource && entry.manager !== undefined)
    .map((entry) => entry.manager ?? '')
    .filter((manager) => (adoptable.has(manager) || takeOver.has(manager)) && !controllers.has(manager));
  return [...new Set(names)];
}
