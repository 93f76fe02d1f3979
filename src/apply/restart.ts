import type { Kube } from '../kube/index.js';
import { groupOf, refOf, type KubeObject } from '../model/index.js';

/** The annotation by which kubectl, too, makes a workload's pods anew. */
const restartedAt = 'kubectl.kubernetes.io/restartedAt';

/** Tells whether an object has pods that a new template rolls. */
export function isRestartable({ apiVersion, kind }: KubeObject): boolean {
  return groupOf(apiVersion) === 'apps' && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind);
}

/**
 * Rolls a workload's pods as `kubectl rollout restart` does. The annotation belongs to `mostik-restart`, not to what the
 * platform declares: no plan sees it, no apply takes it away.
 */
export async function restartObject(kube: Kube, live: KubeObject, signal: AbortSignal): Promise<KubeObject> {
  const body = { spec: { template: { metadata: { annotations: { [restartedAt]: new Date().toISOString() } } } } };
  return kube.patch(refOf(live), { type: 'merge', body }, { fieldManager: 'mostik-restart', signal });
}
