import { setTimeout } from 'node:timers/promises';
import { isRestartable, isStoppable, restartObject, startObject, stopObject } from '../apply/index.js';
import type { Kube } from '../kube/index.js';
import { asDict, asNumber, asStrings, valueAt } from '../lib/read-unknown.js';
import { plural } from '../lib/plural.js';
import { formatRef, groupOf, refOf, type KubeObject } from '../model/index.js';
import { autoscaledWorkloads, stoppedOf } from '../plan/index.js';
import type { LivePlatform } from './live-platform.js';
import { ownedPods, podOwners } from './pod-owners.js';
import type { Settling, Work } from './roll.js';

/** Rolls the pods of components, what others stand on first. */
export const restartWork: Work = {
  verb: 'restart',
  reverse: false,
  applies: isRestartable,
  hint: 'Deployments, StatefulSets and DaemonSets can be restarted; a Job runs again with the next change of its component',
  change: async (kube, object, { monitor, signal }) => {
    if (stoppedOf(object)) return undefined;
    monitor.note(await restartObject(kube, object, signal));
    return 'restarts';
  },
  settle: waitUntilHealthy,
};

/** Takes the pods of components away, what stands on others first. */
export const stopWork: Work = {
  verb: 'stop',
  reverse: true,
  applies: isStoppable,
  hint: 'Deployments, StatefulSets, DaemonSets and CronJobs can be stopped; a Job runs to its end',
  change: async (kube, object, { live, monitor, signal }) => {
    if (stoppedOf(object)) return undefined;
    monitor.note(await stopObject(kube, object, { isAutoscaled: scaled(live).has(workloadKey(object)), signal }));
    if (object.kind === 'CronJob') return 'is suspended';
    if (object.kind === 'DaemonSet') return 'leaves its nodes';
    return object.kind === 'ScaledObject' ? 'is paused' : `is scaled from ${replicasOf(object)} to 0`;
  },
  settle: waitUntilGone,
};

/** Brings stopped components back to what they were, what others stand on first. */
export const startWork: Work = {
  verb: 'start',
  reverse: false,
  applies: isStoppable,
  hint: 'Deployments, StatefulSets, DaemonSets and CronJobs can be stopped and started',
  change: async (kube, object, { monitor, signal }) => {
    const stopped = stoppedOf(object);
    if (!stopped) return undefined;
    monitor.note(await startObject(kube, object, { signal }));
    if (object.kind === 'CronJob') return 'runs on its schedule again';
    if (object.kind === 'DaemonSet') return 'comes back to its nodes';
    return object.kind === 'ScaledObject' ? 'scales again' : `is scaled from 0 to ${stopped.replicas ?? 1}`;
  },
  settle: waitUntilHealthy,
};

const replicasOf = (object: KubeObject): number => asNumber(valueAt(object, 'spec', 'replicas')) ?? 1;

const workloadKey = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

function scaled({ objects }: LivePlatform): Set<string> {
  return autoscaledWorkloads([...objects.values()].map((object) => ({ object })));
}

async function waitUntilHealthy(_kube: Kube, object: KubeObject, { monitor, timeoutSeconds, tell, signal }: Settling): ReturnType<Work['settle']> {
  const { outcome, unhealthy } = await monitor.waitFor([refOf(object)], { timeoutSeconds, signal, onHealth: (_, { status, reason }) => { if (status !== 'healthy') tell(reason); } });
  if (outcome === 'healthy') return undefined;
  const reasons = unhealthy.map(({ ref, health }) => `${formatRef(ref)}: ${health.reason}`).join('; ');
  return { outcome, reason: outcome === 'timeout' ? `not healthy after ${timeoutSeconds} s: ${reasons}` : reasons };
}

/** A stopped database must have written its last word before anybody takes its node away. */
async function waitUntilGone(kube: Kube, object: KubeObject, { timeoutSeconds, tell, signal }: Settling): ReturnType<Work['settle']> {
  if (groupOf(object.apiVersion) !== 'apps') return undefined;
  // The selector only makes the list short: pods of somebody else with these labels stay.
  const labelSelector = Object.entries(asStrings(asDict(valueAt(object, 'spec', 'selector'))['matchLabels'])).map(([key, value]) => `${key}=${value}`).join(',');
  const owners = podOwners(kube, { roots: [{ group: object.metadata.name, ref: refOf(object) }], labelled: [] });
  const namespaces = [object.metadata.namespace ?? ''];
  let told = -1;
  for (const deadline = Date.now() + timeoutSeconds * 1000; ; ) {
    const items = (await ownedPods(kube, owners, { namespaces, labelSelector, signal })).map(({ pod }) => pod);
    if (items.length === 0) return undefined;
    if (Date.now() > deadline) return { outcome: 'timeout', reason: `${plural(items.length, 'pod')} still ${items.length === 1 ? 'ends' : 'end'} after ${timeoutSeconds} s: ${items.map(({ metadata }) => metadata.name).join(', ')}` };
    if (items.length !== told) tell(`${plural(items.length, 'pod')} still ${items.length === 1 ? 'ends' : 'end'}`);
    told = items.length;
    await setTimeout(300, undefined, { signal });
  }
}
