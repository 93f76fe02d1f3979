import { asList, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { healthy, progressing } from './reading.js';

/** A LoadBalancer Service is healthy when it has an address; any other at once. */
export function serviceHealth(object: KubeObject): Health {
  if (valueAt(object, 'spec', 'type') !== 'LoadBalancer') return healthy;
  return asList(valueAt(object, 'status', 'loadBalancer', 'ingress')).length > 0 ? healthy : progressing('no load balancer address yet');
}
