import type { Kube } from '../kube/index.js';
import { asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { maskText, type KubeObject, type ObjectRef, type SecretTable } from '../model/index.js';
import { newestPods } from './health/hopeless.js';
import { podSelector } from './health/why.js';

/** Characters of a line that are shown. */
const longest = 300;

/** The last line that the newest crashing pod of a workload wrote before it ended, without secret values; undefined when there is none. */
export async function lastWords(kube: Kube, ref: ObjectRef, { secrets, signal }: { secrets: SecretTable; signal: AbortSignal }): Promise<string | undefined> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
    const workload = await kube.get(ref, { signal: limited });
    const selector = workload && podSelector(workload);
    if (!workload || selector === undefined) return undefined;
    const { items } = await kube.list('v1', 'Pod', { namespace: ref.namespace, labelSelector: selector, signal: limited });
    for (const pod of newestPods(workload, items)) {
      const container = crashed(pod);
      if (container === undefined) continue;
      let last = '';
      for await (const line of kube.logs({ apiVersion: 'v1', kind: 'Pod', namespace: ref.namespace ?? '', name: pod.metadata.name }, { container, previous: true, tailLines: 5, signal: limited })) if (line.trim() !== '') last = line.trim();
      if (last !== '') return maskText(last, secrets).slice(0, longest);
    }
  } catch {
    // The failure itself is told; what the container said is only more of it, and a node may not give it.
    signal.throwIfAborted();
  }
  return undefined;
}

/** The container of a pod that was restarted after it ended with an error. */
function crashed(pod: KubeObject): string | undefined {
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap((list) => asList(valueAt(pod, 'status', list)));
  return asString(valueAt(statuses.find((status) => (asNumber(valueAt(status, 'lastState', 'terminated', 'exitCode')) ?? 0) !== 0), 'name'));
}
