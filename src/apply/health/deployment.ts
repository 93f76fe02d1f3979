import { asNumber, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { conditionOf, count, failed, healthy, isBehind, progressing } from './reading.js';

/** Healthy when every replica is of the newest template and available, and no old one is left. */
export function deploymentHealth(object: KubeObject): Health {
  if (isBehind(object)) return progressing('waiting for the Deployment controller');
  const wanted = asNumber(valueAt(object, 'spec', 'replicas')) ?? 1;
  const updated = count(object, 'status', 'updatedReplicas');
  const available = count(object, 'status', 'availableReplicas');
  const total = count(object, 'status', 'replicas');
  const progress = conditionOf(object, 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') return failed(`${available} of ${wanted} replicas available; no progress before the deadline`);
  if (updated < wanted) return progressing(`${updated} of ${wanted} replicas are of the new template`);
  if (total > updated) return progressing(`${total - updated} old replicas still end`);
  if (available < wanted) return progressing(`${available} of ${wanted} replicas available`);
  return healthy;
}
