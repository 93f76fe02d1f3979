import { setTimeout } from 'node:timers/promises';
import type { Kube } from '../kube/index.js';
import { asList, asString, valueAt } from '../lib/read-unknown.js';
import type { KubeObject, ObjectRef, PlannedChange } from '../model/index.js';
import { newestPods } from './health/hopeless.js';
import { conditionOf } from './health/reading.js';
import { podsOf } from './health/why.js';

/** Milliseconds that a container without a readiness probe has to go on running: most that cannot start end sooner. */
const trial = 3000;

/** Workloads that a plan gives new pods. */
export function renewedWorkloads(changes: readonly PlannedChange[]): ObjectRef[] {
  return changes.filter(({ change }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(change.ref.kind) && (change.restarts || change.action === 'create' || change.action === 'replace')).map(({ change }) => change.ref);
}

/**
 * The containers that count as ready from their first moment, since nobody probes them, by id. Pods of simulated nodes are
 * left out: their containers do not run, so they cannot end.
 */
export async function unprobedContainers(kube: Kube, refs: readonly ObjectRef[], signal: AbortSignal): Promise<string[]> {
  const ids = await Promise.all(refs.map(async (ref) => {
    const live = await kube.get(ref, { signal });
    if (!live || !isUnprobed(valueAt(live, 'spec', 'template'))) return [];
    return newestPods(live, await podsOf(kube, live, signal)).filter((pod) => conditionOf(pod, 'mostik.dev/StartChecked') === undefined).flatMap(containerIds);
  }));
  return ids.flat().sort();
}

/** Waits for as long as a container is on trial. */
export function onTrial(signal: AbortSignal): Promise<void> {
  return setTimeout(trial, undefined, { signal });
}

function isUnprobed(template: unknown): boolean {
  return asList(valueAt(template, 'spec', 'containers')).some((container) => valueAt(container, 'readinessProbe') === undefined && valueAt(container, 'startupProbe') === undefined);
}

function containerIds(pod: KubeObject): string[] {
  return asList(valueAt(pod, 'status', 'containerStatuses')).map((status) => asString(valueAt(status, 'containerID')) ?? '');
}
