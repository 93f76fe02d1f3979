import { hostname } from 'node:os';
import { MostikError, diagnose } from '../diagnostics/index.js';
import { ApiError, removeManagers, renameManagers, type Kube } from '../kube/index.js';
import { asNumber, valueAt, type Dict } from '../lib/read-unknown.js';
import { fieldManager, formatRef, groupOf, refOf, type KubeObject } from '../model/index.js';
import { kedaPaused, nodeSelectorOf, nowhereLabel, replicasOwners, stopManager, stoppedAnnotation, stoppedOf, type Stopped } from '../plan/index.js';
import { userName } from './lock.js';

/** Tells whether an object can be stopped: what has replicas or a pod on each node, a schedule, or scales others. */
export function isStoppable(object: KubeObject): boolean {
  const group = groupOf(object.apiVersion);
  if (group === 'apps') return ['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind);
  return (group === 'batch' && object.kind === 'CronJob') || (group === 'keda.sh' && object.kind === 'ScaledObject');
}

/** Why an object cannot be stopped although it is one that can; undefined when nothing is in the way. */
export function whyNotStopped(object: KubeObject): string | undefined {
  const isPaused = object.kind === 'ScaledObject' && stoppedOf(object) === undefined && object.metadata.annotations?.[kedaPaused] !== undefined;
  return isPaused ? `its annotation ${kedaPaused} is set by somebody else` : undefined;
}

/**
 * Scales a workload to zero, sends a DaemonSet to nodes that do not exist, suspends a CronJob, pauses a ScaledObject, and
 * notes on the object who did it and what it was.
 * The field is taken from whoever set it: an apply leaves what `mostik-stop` owns alone.
 */
export async function stopObject(kube: Kube, live: KubeObject, { isAutoscaled, signal }: { isAutoscaled: boolean; signal: AbortSignal }): Promise<KubeObject> {
  const reason = whyNotStopped(live);
  if (reason !== undefined) throw new MostikError([diagnose('stop-not-possible', { object: formatRef(refOf(live)), reason, hint: 'remove that annotation, or declare it in the platform' })]);
  const replicas = asNumber(valueAt(live, 'spec', 'replicas'));
  const nodeSelector = live.kind === 'DaemonSet' ? nodeSelectorOf(live) : undefined;
  const stopped: Stopped = { by: `${userName()}@${hostname()}`, since: new Date().toISOString().replace(/\.\d+Z$/, 'Z'), ...(replicas === undefined ? {} : { replicas }), ...(nodeSelector ? { nodeSelector } : {}), ours: isAutoscaled || ownersOfStop(live).includes(fieldManager) };
  return kube.apply(bodyOf(live, { annotations: { [stoppedAnnotation]: JSON.stringify(stopped) }, spec: downOf(live.kind, stopped) }), applyOptions(live, signal));
}

/** Brings an object back to what it was before it was stopped, and gives the field back to whom it belongs. */
export async function startObject(kube: Kube, live: KubeObject, { signal }: { signal: AbortSignal }): Promise<KubeObject> {
  const stopped = stoppedOf(live);
  if (!stopped) return live;
  const up = await kube.apply(bodyOf(live, { annotations: {}, spec: upOf(live.kind, stopped) }), applyOptions(live, signal));
  return up.kind === 'ScaledObject' ? up : giveBack(kube, up, { ours: stopped.ours, signal });
}

/** Moves the ownership of a started object's field; tried again when a status has moved in between. */
async function giveBack(kube: Kube, object: KubeObject, { ours, signal }: { ours: boolean; signal: AbortSignal }): Promise<KubeObject> {
  for (let live = object, attempt = 0; ; live = (await kube.get(refOf(object), { signal })) ?? live, attempt++) {
    const managedFields = ours ? renameManagers(live, [stopManager], fieldManager) : removeManagers(live, [stopManager]);
    try {
      return await kube.patch(refOf(live), { type: 'json', operations: [{ op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion }, { op: 'replace', path: '/metadata/managedFields', value: managedFields }] }, { signal });
    } catch (error) {
      if (attempt >= 10 || !(error instanceof ApiError)) throw error;
    }
  }
}

const applyOptions = (live: KubeObject, signal: AbortSignal) => ({ fieldManager: stopManager, force: true, signal, ...(live.metadata.uid === undefined ? {} : { uid: live.metadata.uid }) });

/** All that `mostik-stop` says of an object; what it does not say any more goes away. */
function bodyOf(live: KubeObject, { annotations, spec }: { annotations: Record<string, string>; spec: Dict | undefined }): KubeObject {
  const { apiVersion, kind } = live;
  const marks = kind === 'ScaledObject' && spec ? { ...annotations, [kedaPaused]: '0' } : annotations;
  return { apiVersion, kind, metadata: { ...refMetadata(live), annotations: marks }, ...(spec && kind !== 'ScaledObject' ? { spec } : {}) };
}

/** What keeps an object down. */
function downOf(kind: string, { nodeSelector }: Stopped): Dict {
  if (kind === 'DaemonSet') return selecting({ ...nodeSelector, [nowhereLabel]: 'true' });
  return kind === 'CronJob' ? { suspend: true } : { replicas: 0 };
}

/** What an object was before; undefined when that was nothing. */
function upOf(kind: string, { nodeSelector, replicas = 1 }: Stopped): Dict | undefined {
  if (kind === 'DaemonSet') return nodeSelector && selecting(nodeSelector);
  if (kind === 'ScaledObject') return undefined;
  return kind === 'CronJob' ? { suspend: false } : { replicas };
}

const selecting = (nodeSelector: Record<string, string>): Dict => ({ template: { spec: { nodeSelector } } });

function refMetadata({ metadata }: KubeObject): { name: string; namespace?: string } {
  return { name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) };
}

/** Who owns the field that is to keep an object down. */
function ownersOfStop(live: KubeObject): string[] {
  if (live.kind !== 'CronJob' && live.kind !== 'DaemonSet') return replicasOwners(live);
  const path = live.kind === 'CronJob' ? ['f:spec', 'f:suspend'] : ['f:spec', 'f:template', 'f:spec', 'f:nodeSelector'];
  return (live.metadata.managedFields ?? []).filter((entry) => valueAt(entry.fieldsV1, ...path) !== undefined).map((entry) => entry.manager ?? '');
}
