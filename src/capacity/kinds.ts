import { asDict, asList, asString, asStrings, valueAt, type Dict } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import type { CapacityNode } from './node.js';
import { podResources, type PodResources } from './pod-resources.js';
import { honored, podShape } from './pod-shape.js';
import { priorityOf, type Priority } from './priority.js';
import type { PodKind } from './scene.js';
import { overheadOf, type Surroundings } from './surroundings.js';
import { volumeRules, type VolumeRules } from './volumes.js';
import { revisionLabel, type Workload } from './workloads.js';

/** A workload with everything that its pods are judged by. */
export interface Judged {
  workload: Workload;
  resources: PodResources;
  /** None when it names a PriorityClass that is surely not there. */
  priority: Priority | undefined;
  volumes: VolumeRules;
  /** Why its pods wait whatever the nodes are like. */
  held?: string;
}

/** Reads what decides about the pods of a workload. */
export function judgedOf(workload: Workload, around: Surroundings): Judged {
  const { spec, namespace } = workload;
  const resources = podResources(spec, { limitRanges: around.limitRanges(namespace), overhead: overheadOf(spec, around) });
  const priority = priorityOf(spec, around.priorityClasses) ?? (around.knows('PriorityClass') ? undefined : noPriority);
  const volumes = volumeRules(workload, around);
  const gates = asList(spec['schedulingGates']).map((gate) => asString(asDict(gate)['name']) ?? '');
  const held = gates.length > 0 ? `waits until somebody takes its scheduling gates away: ${gates.join(', ')}` : volumes.problem;
  return { workload, resources, priority, volumes, ...(held === undefined ? {} : { held }) };
}

/** The pods of a workload as kinds to be placed: one, or one for each node of a DaemonSet; and one of a new revision. */
export function kindsOf({ workload, resources, priority, volumes }: Judged, { index, sure, count, nodes, around }: { index: number; sure: number; count: number; nodes: readonly CapacityNode[]; around: Surroundings }): PodKind[] {
  const { spec, namespace, labels, ends, perNode, rollout } = workload;
  const kind = kindOf(spec, { namespace, labels }, around);
  const problem = (node: CapacityNode) => kind.shape.nodeProblem(node) ?? volumes.nodeProblem(node);
  const whole: PodKind = { ...kind, workload: index, requests: resources.requests, priority: priority ?? noPriority, sure, count, ends, exclusive: volumes.exclusive, problem };
  if (perNode) {
    // A node that does not take the pods of a DaemonSet gets none; one that is full has one waiting.
    const takers = nodes.filter((node) => kind.shape.nodeProblem(node) === undefined);
    return count === 0 ? [] : takers.map((taker) => ({ ...whole, problem: (node) => (node === taker ? volumes.nodeProblem(node) : "node(s) didn't match Pod's node affinity/selector") }));
  }
  if (rollout?.unavailable !== 0 || count === 0) return [whole];
  const next = kindOf(spec, { namespace, labels: { ...labels, [revisionLabel]: `${workload.of.ref.name}-2` } }, around);
  return [whole, { ...whole, shape: next.shape, spreadOver: next.spreadOver, sure: 1, count: 1, spare: true }];
}

const noPriority: Priority = { value: 0, preempts: true };

function kindOf(spec: Dict, pod: { namespace: string; labels: Record<string, string> }, around: Surroundings): Pick<PodKind, 'shape' | 'spreadOver'> {
  const { affinity, taints } = honored(spec);
  return {
    shape: podShape(spec, pod, around.namespaceLabels),
    spreadOver: (constraint, node) => (!constraint.honorsAffinity || affinity(node)) && (!constraint.honorsTaints || taints(node)),
  };
}

/** Pods that run already, alike ones together; those that have ended or are about to give their room back. */
export function runningKinds(pods: readonly KubeObject[], around: Surroundings): PodKind[] {
  const kinds = new Map<string, PodKind & { runsOn: string[] }>();
  for (const pod of pods) {
    const spec = asDict(pod['spec']);
    const node = asString(spec['nodeName']);
    const phase = asString(valueAt(pod, 'status', 'phase'));
    if (node === undefined || phase === 'Succeeded' || phase === 'Failed' || (spec['restartPolicy'] ?? 'Always') !== 'Always') continue;
    const labels = asStrings(pod.metadata.labels);
    const namespace = pod.metadata.namespace ?? '';
    const { requests } = podResources(spec, { limitRanges: [], overhead: overheadOf(spec, around) });
    const shape = JSON.stringify([namespace, labels, requests, spec['affinity'], spec['priority'], spec['containers'] instanceof Array ? spec['containers'].map((each) => asDict(each)['ports']) : []]);
    const known = kinds.get(shape);
    if (known) known.runsOn.push(node);
    else kinds.set(shape, { ...kindOf(spec, { namespace, labels }, around), requests, priority: { value: Number(spec['priority'] ?? 0), preempts: true }, sure: 0, count: 0, ends: false, exclusive: [], problem: () => undefined, runsOn: [node] });
  }
  return [...kinds.values()];
}
