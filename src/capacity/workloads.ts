import { asDict, asList, asNumber, asString, asStrings, type Dict } from '../lib/read-unknown.js';
import { podsOf, type ObjectRef, type Pods, type RenderedObject } from '../model/index.js';
import { scalings, type Scaling } from './scaling.js';
import type { Surroundings } from './surroundings.js';
import { daemonTolerations } from './taints.js';

/** An object of the platform that makes pods, all alike. */
export interface Workload {
  of: RenderedObject;
  namespace: string;
  /** The pod's spec, with what controllers and admission add. */
  spec: Dict;
  labels: Record<string, string>;
  /** Pods that must run; with `perNode` one for each node that takes it. */
  pods: number;
  perNode: boolean;
  /** More pods that an autoscaler may want. */
  most?: { pods: number; by: ObjectRef };
  /** Its pods end by themselves and give their room back. */
  ends: boolean;
  /** Pods above `pods`, and pods below it, that a rollout may have. */
  rollout?: { surge: number; unavailable: number };
}

/** The label by which a Deployment tells pods of one revision from those of the next. */
export const revisionLabel = 'pod-template-hash';

/** Finds everything that makes pods, hooks included. */
export function workloadsOf(objects: readonly RenderedObject[], around: Surroundings): Workload[] {
  const scaled = scalings(objects);
  return podsOf([...objects]).map((pods) => workloadOf(pods, { around, scaling: scaled.get(`${pods.of.ref.kind}/${pods.namespace}/${pods.of.ref.name}`) }));
}

function workloadOf(pods: Pods, { around, scaling }: { around: Surroundings; scaling: Scaling | undefined }): Workload {
  const { of, namespace, labels } = pods;
  const { kind } = of.ref;
  const spec = completed(pods, around);
  const object = asDict(of.object['spec']);
  const ends = of.hook !== undefined || kind === 'Job' || kind === 'CronJob' || (kind === 'Pod' && (spec['restartPolicy'] ?? 'Always') !== 'Always');
  const wanted = countOf(kind, object);
  const count = scaling && wanted > 0 ? scaling.least : wanted;
  const rollout = kind === 'Deployment' ? rolloutOf(object, count) : undefined;
  return {
    of,
    namespace,
    spec,
    labels: { ...labels, ...addedLabels(of) },
    pods: count,
    perNode: kind === 'DaemonSet',
    ends,
    ...(scaling && scaling.most > count && wanted > 0 ? { most: { pods: scaling.most, by: scaling.by } } : {}),
    ...(rollout ? { rollout } : {}),
  };
}

/** What controllers and admission add to a pod's spec. */
function completed({ of, spec }: Pods, around: Surroundings): Dict {
  const scheduling = asDict(around.runtimeClass(spec)?.['scheduling']);
  const tolerations = [...asList(spec['tolerations']), ...asList(scheduling['tolerations']), ...(of.ref.kind === 'DaemonSet' ? daemonTolerations(spec['hostNetwork'] === true) : [])];
  const nodeSelector = { ...asStrings(spec['nodeSelector']), ...asStrings(scheduling['nodeSelector']) };
  return { ...spec, tolerations, nodeSelector };
}

/** Labels that controllers put on the pods they make, where rules can speak of them. */
function addedLabels({ ref: { kind, name } }: RenderedObject): Record<string, string> {
  if (kind === 'Deployment') return { [revisionLabel]: `${name}-1` };
  if (kind === 'Job') return { 'job-name': name, 'batch.kubernetes.io/job-name': name };
  return {};
}

function countOf(kind: string, spec: Dict): number {
  switch (kind) {
    case 'Pod':
    case 'DaemonSet':
      return 1;
    case 'Job':
      return parallelPods(spec);
    case 'CronJob':
      return spec['suspend'] === true ? 0 : parallelPods(asDict(asDict(spec['jobTemplate'])['spec']));
    default:
      return asNumber(spec['replicas']) ?? 1;
  }
}

function parallelPods(job: Dict): number {
  if (job['suspend'] === true) return 0;
  return Math.min(asNumber(job['parallelism']) ?? 1, asNumber(job['completions']) ?? Infinity);
}

function rolloutOf(spec: Dict, pods: number): Workload['rollout'] {
  const strategy = asDict(spec['strategy']);
  if (pods === 0 || strategy['type'] === 'Recreate') return undefined;
  const { maxSurge, maxUnavailable } = asDict(strategy['rollingUpdate']);
  const surge = Math.ceil(share(maxSurge ?? '25%', pods));
  const unavailable = Math.floor(share(maxUnavailable ?? '25%', pods));
  // Neither more nor fewer would be no rollout at all, so Kubernetes takes one away then.
  return { surge, unavailable: surge + unavailable === 0 ? 1 : unavailable };
}

/** A number of pods, or a share of them such as `25%`. */
function share(value: unknown, pods: number): number {
  const percent = /^(\d+)%$/.exec(asString(value) ?? '');
  return percent ? (Number(percent[1]) * pods) / 100 : (asNumber(value) ?? 0);
}
