import type { Kube } from '../../kube/index.js';
import { asDict, asString, asStrings, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';
import { podHealth } from './pod.js';
import { conditionOf } from './reading.js';

/** Adds to a workload's health what holds its pods up: the scheduler's or the kubelet's reason of the first pod that is not ready. */
export async function explain(kube: Kube, object: KubeObject, health: Health): Promise<Health> {
  if (health.status === 'healthy') return health;
  const reasons = [health.reason];
  const failure = conditionOf(object, 'ReplicaFailure') ?? conditionOf(object, 'FailedCreate');
  if (failure?.status === 'True') reasons.push(failure.message);
  const selector = podSelector(object);
  if (selector !== undefined) reasons.push(await podsReason(kube, object.metadata.namespace ?? '', selector));
  if (object.kind === 'PersistentVolumeClaim' || object.kind === 'StatefulSet') reasons.push(await lastWarning(kube, object));
  return { ...health, reason: [...new Set(reasons.filter((reason) => reason !== ''))].join('; ') };
}

function podSelector(object: KubeObject): string | undefined {
  if (!['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet'].includes(object.kind)) return undefined;
  const labels = Object.entries(asStrings(valueAt(object, 'spec', 'selector', 'matchLabels')));
  return labels.length === 0 ? undefined : labels.map(([key, value]) => `${key}=${value}`).join(',');
}

async function podsReason(kube: Kube, namespace: string, labelSelector: string): Promise<string> {
  const { items } = await kube.list('v1', 'Pod', { namespace, labelSelector });
  const held = items.filter((pod) => !pod.metadata.deletionTimestamp).map((pod) => ({ pod, health: podHealth(pod) })).filter(({ health }) => health.status !== 'healthy');
  const newest = held.sort((a, b) => String(b.pod.metadata['creationTimestamp']).localeCompare(String(a.pod.metadata['creationTimestamp'])))[0];
  if (!newest) return '';
  const isVague = /ContainerCreating|PodInitializing|not ready yet/.test(newest.health.reason);
  const warning = isVague ? await lastWarning(kube, newest.pod) : '';
  return `pod ${newest.pod.metadata.name} ${newest.health.reason}${warning === '' ? '' : `; ${warning}`}`;
}

/** The newest warning event about an object, empty when there is none. */
async function lastWarning(kube: Kube, object: KubeObject): Promise<string> {
  const uid = object.metadata.uid;
  if (uid === undefined) return '';
  const { items } = await kube.list('v1', 'Event', { namespace: object.metadata.namespace ?? '', fieldSelector: `involvedObject.uid=${uid},type=Warning` });
  const time = (event: KubeObject): string => asString(event['lastTimestamp']) ?? asString(event['eventTime']) ?? '';
  const last = items.sort((a, b) => time(b).localeCompare(time(a)))[0];
  return last ? (asString(asDict(last)['message']) ?? '') : '';
}
