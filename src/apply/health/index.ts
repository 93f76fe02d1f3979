import { valueAt } from '../../lib/read-unknown.js';
import type { KubeObject, Health } from '../../model/index.js';
import { groupOf } from '../../model/index.js';
import { claimHealth } from './claim.js';
import { conditionsHealth } from './conditions.js';
import { crdHealth } from './crd.js';
import { daemonSetHealth } from './daemon-set.js';
import { deploymentHealth } from './deployment.js';
import { jobHealth } from './job.js';
import { podHealth } from './pod.js';
import { sealedSecretHealth } from './sealed-secret.js';
import { serviceHealth } from './service.js';
import { statefulSetHealth } from './stateful-set.js';

/** Judges one object. Same words as kstatus: what a controller still works on is `progressing`. */
export type HealthRule = (object: KubeObject) => Health;

const rules: Record<string, HealthRule> = {
  'apps/Deployment': deploymentHealth,
  'apps/StatefulSet': statefulSetHealth,
  'apps/DaemonSet': daemonSetHealth,
  'batch/Job': jobHealth,
  '/Pod': podHealth,
  '/PersistentVolumeClaim': claimHealth,
  '/Service': serviceHealth,
  'apiextensions.k8s.io/CustomResourceDefinition': crdHealth,
  'bitnami.com/SealedSecret': sealedSecretHealth,
};

/** Groups of Kubernetes itself whose other kinds have nothing to wait for. */
const builtIn = /^$|^(apps|batch|autoscaling|policy|extensions)$|\.k8s\.io$/;

/** Tells whether an object can be anything but healthy once it was written; by its kind alone when only a reference is known. */
export function hasHealth(ref: { apiVersion: string; kind: string }, object?: KubeObject): boolean {
  const group = groupOf(ref.apiVersion);
  if (object && ref.kind === 'Service' && group === '') return valueAt(object, 'spec', 'type') === 'LoadBalancer';
  return rules[`${group}/${ref.kind}`] !== undefined || !builtIn.test(group);
}

/** Whether controllers of custom resources run beside the cluster; where none can, nobody will ever say that one is ready. */
export type Controllers = 'run' | 'none';

/** Judges a live object: by its kind's rule, for custom resources by their conditions, else healthy by being there. */
export function healthOf(object: KubeObject, controllers: Controllers = 'run'): Health {
  if (object.metadata.deletionTimestamp) return { status: 'progressing', reason: 'is being deleted' };
  const group = groupOf(object.apiVersion);
  const rule = rules[`${group}/${object.kind}`];
  if (rule && !(controllers === 'none' && hasOwnBalancer(object))) return rule(object);
  if (controllers === 'none' && (hasOwnBalancer(object) || !builtIn.test(group))) return { status: 'unknown', reason: 'admitted, readiness unknown' };
  return builtIn.test(group) ? { status: 'healthy', reason: '' } : conditionsHealth(object);
}

/** A load balancer of a class is given its address by a controller of that class alone. */
function hasOwnBalancer(object: KubeObject): boolean {
  return object.kind === 'Service' && valueAt(object, 'spec', 'loadBalancerClass') !== undefined;
}
