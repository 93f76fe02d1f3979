import type { Kube } from '../kube/index.js';
import { asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { containerStatusesOf, maskText, type KubeObject, type ObjectRef, type SecretTable } from '../model/index.js';
import { newestPods } from './health/hopeless.js';
import { podsOf } from './health/why.js';

/** What a kubelet answers in place of a log that is gone. */
const noLog = 'unable to retrieve container logs';
/** Characters of a line that are shown. */
const longest = 300;

/** The last line that the newest crashing pod of a workload wrote before it ended, without secret values; undefined when there is none. */
export async function lastWords(kube: Kube, ref: ObjectRef, { secrets, signal }: { secrets: SecretTable; signal: AbortSignal }): Promise<string | undefined> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
    const workload = await kube.get(ref, { signal: limited });
    if (!workload) return undefined;
    for (const pod of newestPods(workload, await podsOf(kube, workload, limited))) {
      const found = crashed(pod);
      if (found === undefined) continue;
      let last = '';
      for await (const line of kube.logs({ apiVersion: 'v1', kind: 'Pod', namespace: ref.namespace ?? '', name: pod.metadata.name }, { ...found, tailLines: 5, signal: limited })) if (line.trim() !== '' && !line.startsWith(noLog)) last = line.trim();
      if (last !== '') return maskText(last, secrets).slice(0, longest);
    }
  } catch {
    // The failure itself is told; what the container said is only more of it, and a node may not give it.
    signal.throwIfAborted();
  }
  return undefined;
}

/** The container of a pod that ended with an error: the one that lies there now, or the one before. */
function crashed(pod: KubeObject): { container: string; previous?: boolean } | undefined {
  const statuses = containerStatusesOf(pod);
  for (const [state, previous] of [['state', false], ['lastState', true]] as const) {
    const container = asString(valueAt(statuses.find((status) => (asNumber(valueAt(status, state, 'terminated', 'exitCode')) ?? 0) !== 0), 'name'));
    if (container !== undefined) return { container, ...(previous ? { previous } : {}) };
  }
  return undefined;
}
