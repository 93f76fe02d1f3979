import { setTimeout } from 'node:timers/promises';
import type { Kube } from '../kube/index.js';
import { asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { refOf, type ObjectRef } from '../model/index.js';
import { holdUpOf } from './health/hold-up.js';
import { podsOf } from './health/why.js';

/** Milliseconds in which the controller sees a new template. */
const patience = 10_000;

/**
 * Takes away the pods of a StatefulSet's older template that can never become ready. The controller waits for them before it
 * brings the new template, so that a mended image or a rollback would never reach them (kubernetes/kubernetes#67250).
 */
export async function freeStuckPods(kube: Kube, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
    const live = await kube.get(ref, { signal });
    if (!live) return;
    const revision = asString(valueAt(live, 'status', 'updateRevision'));
    if (revision !== undefined && (asNumber(valueAt(live, 'status', 'observedGeneration')) ?? 0) >= (live.metadata.generation ?? 0)) {
      const stuck = (await podsOf(kube, live, signal)).filter((pod) => pod.metadata.labels?.['controller-revision-hash'] !== revision && holdUpOf(pod)?.stuck === true);
      await Promise.all(stuck.map((pod) => kube.delete(refOf(pod), pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid })));
      return;
    }
    await setTimeout(200, undefined, { signal });
  }
}
