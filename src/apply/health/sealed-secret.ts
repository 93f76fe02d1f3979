import type { Health, KubeObject } from '../../model/index.js';
import { conditionOf, failed, healthy, isBehind, progressing } from './reading.js';

/**
 * A SealedSecret whose values its controller could not open has failed: waiting does not help. Where no controller has
 * said anything it counts by being there, since there may be none (simulated nodes).
 */
export function sealedSecretHealth(object: KubeObject): Health {
  const synced = conditionOf(object, 'Synced');
  if (!synced) return healthy;
  if (isBehind(object)) return progressing('waiting for its controller');
  return synced.status === 'False' ? failed(`its controller cannot open it: ${synced.message || synced.reason || 'no reason given'}`) : healthy;
}
