import { asDict, asNumber, asString } from '../lib/read-unknown.js';
import { groupOf, type ObjectRef, type RenderedObject } from '../model/index.js';

/** Between which numbers an autoscaler keeps the pods of a workload. */
export interface Scaling {
  least: number;
  most: number;
  by: ObjectRef;
}

/** The autoscalers of a platform by `Kind/namespace/name` of what they scale. */
export function scalings(objects: readonly RenderedObject[]): Map<string, Scaling> {
  const found = new Map<string, Scaling>();
  for (const { object, ref } of objects) {
    const spec = asDict(object['spec']);
    const target = asDict(spec['scaleTargetRef']);
    const name = asString(target['name']);
    const bounds = boundsOf(`${groupOf(ref.apiVersion)}/${ref.kind}`, spec);
    if (name === undefined || !bounds) continue;
    found.set(`${asString(target['kind']) ?? 'Deployment'}/${ref.namespace ?? ''}/${name}`, { ...bounds, by: ref });
  }
  return found;
}

function boundsOf(kind: string, spec: Record<string, unknown>): { least: number; most: number } | undefined {
  if (kind === 'autoscaling/HorizontalPodAutoscaler') return { least: asNumber(spec['minReplicas']) ?? 1, most: asNumber(spec['maxReplicas']) ?? 1 };
  // KEDA goes down to nothing and up to a hundred unless it is told otherwise.
  if (kind === 'keda.sh/ScaledObject') return { least: asNumber(spec['minReplicaCount']) ?? 0, most: asNumber(spec['maxReplicaCount']) ?? 100 };
  return undefined;
}
