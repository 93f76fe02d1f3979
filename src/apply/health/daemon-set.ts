import { asString, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { count, healthy, isBehind, progressing } from './reading.js';

/** Healthy when every node that should run a pod runs an available one of the newest template. */
export function daemonSetHealth(object: KubeObject): Health {
  if (isBehind(object)) return progressing('waiting for the DaemonSet controller');
  const wanted = count(object, 'status', 'desiredNumberScheduled');
  const updated = count(object, 'status', 'updatedNumberScheduled');
  const available = count(object, 'status', 'numberAvailable');
  if (asString(valueAt(object, 'spec', 'updateStrategy', 'type')) !== 'OnDelete' && updated < wanted) return progressing(`${updated} of ${wanted} pods are of the new template`);
  return available < wanted ? progressing(`${available} of ${wanted} pods available`) : healthy;
}
