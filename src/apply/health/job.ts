import { asNumber, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { conditionOf, count, failed, healthy, progressing } from './reading.js';

/** Healthy when complete, failed when Kubernetes gave up; a suspended Job waits for a person and counts as healthy. */
export function jobHealth(object: KubeObject): Health {
  const failure = conditionOf(object, 'Failed');
  if (failure?.status === 'True') return failed(`Job failed: ${failure.message || failure.reason}`);
  if (conditionOf(object, 'Complete')?.status === 'True') return healthy;
  if (valueAt(object, 'spec', 'suspend') === true) return { status: 'healthy', reason: 'suspended' };
  const wanted = asNumber(valueAt(object, 'spec', 'completions')) ?? 1;
  return progressing(`${count(object, 'status', 'succeeded')} of ${wanted} pods succeeded, ${count(object, 'status', 'failed')} failed`);
}
