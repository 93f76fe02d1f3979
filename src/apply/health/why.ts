import type { Kube } from '../../kube/index.js';
import { asDict, asString, asStrings, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { holdUpOf } from './hold-up.js';
import { isHopeless, newestPods } from './hopeless.js';
import { podHealth } from './pod.js';
import { conditionOf } from './reading.js';

/** A health with its whole reason. */
export interface Explained extends Health {
  /** Waiting alone will not mend it: a refusal, a pod without room, a missing key, a crash. */
  stuck: boolean;
  /** Nor will it come right by trying again: an image that is not to be had, a crash at every start. */
  hopeless: boolean;
}

/** Adds to a workload's health what holds its pods up: the scheduler's or the kubelet's reason of the first pod that is not ready. */
export async function explain(kube: Kube, object: KubeObject, health: Health): Promise<Explained> {
  if (health.status === 'healthy') return { ...health, stuck: false, hopeless: false };
  const reasons = [health.reason];
  const failure = conditionOf(object, 'ReplicaFailure') ?? conditionOf(object, 'FailedCreate');
  if (failure?.status === 'True') reasons.push(failure.message);
  const pods = await podsReason(kube, object);
  reasons.push(pods.reason);
  const isClaim = object.kind === 'PersistentVolumeClaim';
  const warning = isClaim || ['StatefulSet', 'DaemonSet', 'Job'].includes(object.kind) ? await lastWarning(kube, object) : noWarning;
  if (isClaim || warning.reason.startsWith('Failed')) reasons.push(warning.message);
  const stuck = failure?.status === 'True' || pods.stuck || isClaim || warning.reason === 'FailedCreate';
  return { ...health, reason: [...new Set(reasons.filter((reason) => reason !== ''))].join('; '), stuck, hopeless: pods.hopeless };
}

/** The labels that a workload finds its pods by; undefined for what has no pods. */
function podSelector(object: KubeObject): string | undefined {
  if (!['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet'].includes(object.kind)) return undefined;
  const labels = Object.entries(asStrings(valueAt(object, 'spec', 'selector', 'matchLabels')));
  return labels.length === 0 ? undefined : labels.map(([key, value]) => `${key}=${value}`).join(',');
}

/** The pods that a workload finds by its labels; none for what has no pods. */
export async function podsOf(kube: Kube, workload: KubeObject, signal?: AbortSignal): Promise<KubeObject[]> {
  const labelSelector = podSelector(workload);
  return labelSelector === undefined ? [] : (await kube.list('v1', 'Pod', { namespace: workload.metadata.namespace ?? '', labelSelector, signal })).items;
}

const noPods = { reason: '', stuck: false, hopeless: false };
const noWarning = { reason: '', message: '' };

async function podsReason(kube: Kube, object: KubeObject): Promise<typeof noPods> {
  const items = await podsOf(kube, object);
  const held = items.filter((pod) => !pod.metadata.deletionTimestamp).map((pod) => ({ pod, health: podHealth(pod) })).filter(({ health }) => health.status !== 'healthy');
  const newest = held.sort((a, b) => String(b.pod.metadata['creationTimestamp']).localeCompare(String(a.pod.metadata['creationTimestamp'])))[0];
  if (!newest) return noPods;
  const isVague = /ContainerCreating|PodInitializing|not ready yet/.test(newest.health.reason);
  const warning = isVague ? (await lastWarning(kube, newest.pod)).message : '';
  return { reason: `pod ${newest.pod.metadata.name} ${newest.health.reason}${warning === '' ? '' : `; ${warning}`}`, stuck: held.some(({ pod }) => holdUpOf(pod)?.stuck === true), hopeless: newestPods(object, items).some((pod) => isHopeless(pod, { ofJob: object.kind === 'Job' })) };
}

/** The newest warning event about an object, empty when there is none. */
async function lastWarning(kube: Kube, object: KubeObject): Promise<{ reason: string; message: string }> {
  const uid = object.metadata.uid;
  if (uid === undefined) return noWarning;
  const { items } = await kube.list('v1', 'Event', { namespace: object.metadata.namespace ?? '', fieldSelector: `involvedObject.uid=${uid},type=Warning` });
  const time = (event: KubeObject): string => asString(event['lastTimestamp']) ?? asString(event['eventTime']) ?? '';
  const last = asDict(items.sort((a, b) => time(b).localeCompare(time(a)))[0]);
  return { reason: asString(last['reason']) ?? '', message: asString(last['message']) ?? '' };
}
