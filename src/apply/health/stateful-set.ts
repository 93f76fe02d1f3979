import { asNumber, asString, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { count, healthy, isBehind, progressing } from './reading.js';

/** Healthy when every replica is ready and the rolling update, down to its partition, is through. */
export function statefulSetHealth(object: KubeObject): Health {
  if (isBehind(object)) return progressing('waiting for the StatefulSet controller');
  const wanted = asNumber(valueAt(object, 'spec', 'replicas')) ?? 1;
  const ready = count(object, 'status', 'readyReplicas');
  if (ready < wanted) return progressing(`${ready} of ${wanted} replicas ready`);
  if (asString(valueAt(object, 'spec', 'updateStrategy', 'type')) === 'OnDelete') return healthy;
  const partition = asNumber(valueAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')) ?? 0;
  const updated = count(object, 'status', 'updatedReplicas');
  const isThrough = asString(valueAt(object, 'status', 'currentRevision')) === asString(valueAt(object, 'status', 'updateRevision'));
  if (!isThrough && updated < wanted - partition) return progressing(`${updated} of ${wanted - partition} replicas are of the new template`);
  return healthy;
}
