import type { Health, KubeObject } from '../../model/index.js';
import { conditionOf, failed, healthy, progressing } from './reading.js';

/** Healthy when the API server serves the new kind. */
export function crdHealth(object: KubeObject): Health {
  const names = conditionOf(object, 'NamesAccepted');
  if (names?.status === 'False') return failed(`names are refused: ${names.message}`);
  return conditionOf(object, 'Established')?.status === 'True' ? healthy : progressing('not established yet');
}
