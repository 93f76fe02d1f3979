import type { Health, KubeObject } from '../../model/index.js';
import { conditionsOf, failed, healthy, isBehind, progressing } from './reading.js';
import { asNumber, valueAt } from '../../lib/read-unknown.js';

/**
 * Judges a custom resource by the conditions most controllers agree on (kstatus): Ready or Available true is healthy,
 * Stalled or Failed true has failed, Reconciling or Ready false is progressing. Without conditions it is healthy by being there.
 */
export function conditionsHealth(object: KubeObject): Health {
  if (asNumber(valueAt(object, 'status', 'observedGeneration')) !== undefined && isBehind(object)) return progressing('waiting for its controller');
  const conditions = conditionsOf(object);
  const bad = conditions.find(({ type, status }) => (type === 'Stalled' || type === 'Failed') && status === 'True');
  if (bad) return failed(bad.message || bad.reason || bad.type);
  const ready = conditions.find(({ type }) => type === 'Ready') ?? conditions.find(({ type }) => type === 'Available');
  if (ready) return ready.status === 'True' ? healthy : progressing(ready.message || ready.reason || `${ready.type} is ${ready.status}`);
  const busy = conditions.find(({ type, status }) => type === 'Reconciling' && status === 'True');
  return busy ? progressing(busy.message || busy.reason) : healthy;
}
