import { asDict, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, type KubeObject, type RenderedObject } from '../model/index.js';

/** Keys of the workloads whose number of replicas an autoscaler of the platform decides: `Kind/namespace/name`. */
export function autoscaledWorkloads(objects: readonly Pick<RenderedObject, 'object'>[]): Set<string> {
  const targets = new Set<string>();
  for (const { object } of objects) {
    const group = groupOf(object.apiVersion);
    const isHpa = group === 'autoscaling' && object.kind === 'HorizontalPodAutoscaler';
    const isScaledObject = group === 'keda.sh' && object.kind === 'ScaledObject';
    if (!isHpa && !isScaledObject) continue;
    const target = asDict(valueAt(object, 'spec', 'scaleTargetRef'));
    // KEDA's kind defaults to Deployment (keda.sh ScaledObject spec).
    targets.add(`${asString(target['kind']) ?? 'Deployment'}/${object.metadata.namespace ?? ''}/${asString(target['name']) ?? ''}`);
  }
  return targets;
}

/** Who owns `spec.replicas` of a live object, by field manager. */
export function replicasOwners(live: KubeObject): string[] {
  return (live.metadata.managedFields ?? [])
    .filter((entry) => valueAt(entry.fieldsV1, 'f:spec', 'f:replicas') !== undefined)
    .map((entry) => entry.manager ?? '');
}

/**
 * Decides `spec.replicas` of an autoscaled workload: left out once somebody else owns it; the live number while it is
 * ours (or a deployer's whose fields we take over), for dropping a field as its only owner resets it to 1.
 */
export function withAutoscaledReplicas(desired: KubeObject, live: KubeObject, ours: ReadonlySet<string>): KubeObject {
  const owners = replicasOwners(live);
  const spec = asDict(desired['spec']);
  if (owners.some((owner) => !ours.has(owner))) {
    const { replicas: _replicas, ...rest } = spec;
    return { ...desired, spec: rest };
  }
  const replicas = valueAt(live, 'spec', 'replicas');
  return owners.length > 0 && replicas !== undefined ? { ...desired, spec: { ...spec, replicas } } : desired;
}
