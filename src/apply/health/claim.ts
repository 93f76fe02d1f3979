import { asString, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { failed, healthy, progressing } from './reading.js';

/** Healthy when bound. A claim whose class waits for the first pod is bound only then, which its pod's health shows. */
export function claimHealth(object: KubeObject): Health {
  const phase = asString(valueAt(object, 'status', 'phase'));
  if (phase === 'Bound') return healthy;
  if (phase === 'Lost') return failed('the volume of the claim is lost');
  const storageClass = asString(valueAt(object, 'spec', 'storageClassName'));
  return progressing(`not bound${storageClass === undefined ? '' : ` (storage class ${storageClass})`}`);
}
