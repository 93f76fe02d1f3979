import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { asDict, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { groupOf, type KubeObject, type PlannedChange } from '../model/index.js';

/** The field manager of `mostik stop`: it owns what keeps a workload down, so that an apply leaves that alone. */
export const stopManager = 'mostik-stop';
/** Annotation of a stopped workload or scaler: who, since when, and what it was. */
export const stoppedAnnotation = 'mostik.dev/stopped';
/** KEDA scales to this number and leaves it there (keda.sh ScaledObject annotations). */
export const kedaPaused = 'autoscaling.keda.sh/paused-replicas';

/** A label that no node has: a DaemonSet whose pods ask for it has none. */
export const nowhereLabel = 'mostik.dev/stopped';

/** Who stopped a workload, and what it was. */
export interface Stopped {
  by: string;
  /** ISO time. */
  since: string;
  /** Replicas before; absent for what has none. */
  replicas?: number;
  /** The node selector of a DaemonSet's pods before; absent where there was none. */
  nodeSelector?: Record<string, string>;
  /** The field that keeps it down was set by Mostik, or is an autoscaler's: after the start it is Mostik's again. */
  ours: boolean;
}

/** Reads who stopped an object; undefined when nobody did, or somebody has scaled it up again. */
export function stoppedOf(object: KubeObject): Stopped | undefined {
  const text = object.metadata.annotations?.[stoppedAnnotation];
  if (text === undefined || !isDown(object)) return undefined;
  try {
    const { by, since, replicas, nodeSelector, ours } = asDict(JSON.parse(text));
    return { by: asString(by) ?? 'somebody', since: asString(since) ?? '', ...(typeof replicas === 'number' ? { replicas } : {}), ...(nodeSelector === undefined ? {} : { nodeSelector: asStrings(nodeSelector) }), ours: ours === true };
  } catch {
    return { by: 'somebody', since: '', ours: false };
  }
}

function isDown(object: KubeObject): boolean {
  if (object.kind === 'CronJob') return valueAt(object, 'spec', 'suspend') === true;
  if (object.kind === 'DaemonSet') return nodeSelectorOf(object)?.[nowhereLabel] !== undefined;
  if (groupOf(object.apiVersion) === 'keda.sh') return object.metadata.annotations?.[kedaPaused] !== undefined;
  return valueAt(object, 'spec', 'replicas') === 0;
}

/** The node selector of a DaemonSet's pods; undefined where it has none. */
export function nodeSelectorOf(object: KubeObject): Record<string, string> | undefined {
  const selector = valueAt(object, 'spec', 'template', 'spec', 'nodeSelector');
  return selector === undefined ? undefined : asStrings(selector);
}

/** What a plan sends of an object that somebody stopped: all but what keeps it down. */
export function withoutStopped(desired: KubeObject): KubeObject {
  if (desired['spec'] === undefined) return desired;
  if (desired.kind === 'DaemonSet') return withoutNodeSelector(desired);
  const field = desired.kind === 'CronJob' ? 'suspend' : 'replicas';
  const { [field]: _left, ...spec } = asDict(desired['spec']);
  return { ...desired, spec };
}

/** The selector is one value to the server: it has one owner as a whole (`x-kubernetes-map-type: atomic`). */
function withoutNodeSelector(desired: KubeObject): KubeObject {
  const spec = asDict(desired['spec']);
  const template = asDict(spec['template']);
  const { nodeSelector: _left, ...podSpec } = asDict(template['spec']);
  return { ...desired, spec: { ...spec, template: { ...template, spec: podSpec } } };
}

/** What a plan sends to start a stopped object again: an autoscaled one begins where it was. */
export function withStarted(desired: KubeObject, stopped: Stopped, isAutoscaled: boolean): KubeObject {
  return isAutoscaled && stopped.replicas !== undefined ? { ...desired, spec: { ...asDict(desired['spec']), replicas: Math.max(1, stopped.replicas) } } : desired;
}

/** Says of each component that somebody stopped that this plan leaves it so. */
export function stoppedNotes(changes: readonly PlannedChange[]): Diagnostic[] {
  const down = new Map<string, Stopped>();
  for (const { change, live } of changes) {
    const stopped = live && change.action !== 'delete' && change.reason?.startsWith(startReason) !== true ? stoppedOf(live) : undefined;
    if (stopped && !down.has(change.component)) down.set(change.component, stopped);
  }
  return [...down].map(([component, { by, since }]) => ({ ...diagnose('component-stopped', { component, by, since }), component }));
}

const startReason = 'starts again';

/** Why an object is changed that somebody had stopped. */
export function startedReason({ by, since }: Stopped): string {
  return `${startReason}: ${by} stopped it ${since}`;
}
