import { nodeOf, type CapacityInput, type KnownKind } from '../capacity/index.js';
import { isForbidden, type Kube } from '../kube/index.js';
import { labels, type Desired, type KubeObject } from '../model/index.js';

/** Kinds whose pods are looked up by their owner. */
const owners = [['apps/v1', 'Deployment'], ['apps/v1', 'ReplicaSet'], ['apps/v1', 'StatefulSet'], ['apps/v1', 'DaemonSet'], ['batch/v1', 'CronJob'], ['batch/v1', 'Job'], ['v1', 'ReplicationController']] as const;

/** Kinds that decide about pods beside nodes. */
const rules = [
  ['v1', 'Namespace'], ['v1', 'LimitRange'], ['v1', 'ResourceQuota'], ['v1', 'PersistentVolume'], ['v1', 'PersistentVolumeClaim'],
  ['storage.k8s.io/v1', 'StorageClass'], ['scheduling.k8s.io/v1', 'PriorityClass'], ['node.k8s.io/v1', 'RuntimeClass'],
] as const;

/** Reads what a platform's pods are judged against on a cluster as it is: nodes, pods of others, rules. Its own pods count as replaced. */
export async function liveCapacity(kube: Kube, desired: Desired, signal?: AbortSignal): Promise<CapacityInput> {
  const [nodes, running, read] = await Promise.all([
    kube.list('v1', 'Node', { signal }),
    podsOfOthers(kube, desired.name, signal),
    Promise.all(rules.map(async ([apiVersion, kind]) => ({ kind, items: await listIfAllowed(kube, { apiVersion, kind }, signal) }))),
  ]);
  const declared = new Set(desired.objects.map(({ ref }) => `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`));
  // A quota or LimitRange of the platform stands in the files as it will be, or is gone.
  const isLeftOver = ({ kind, metadata }: KubeObject): boolean => metadata.labels?.[labels.platform] === desired.name && kind !== 'PersistentVolumeClaim' && !declared.has(`${kind}/${metadata.namespace ?? ''}/${metadata.name}`);
  const knows = read.flatMap(({ kind, items }): KnownKind[] => (items && (kind === 'StorageClass' || kind === 'PriorityClass') ? [kind] : []));
  return { objects: desired.objects, nodes: nodes.items.map(nodeOf), running, around: read.flatMap(({ items }) => items ?? []).filter((object) => !isLeftOver(object)), knows };
}

async function podsOfOthers(kube: Kube, platform: string, signal: AbortSignal | undefined): Promise<KubeObject[]> {
  const [pods, ...lists] = await Promise.all([
    kube.list('v1', 'Pod', { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed', signal }),
    ...owners.map(([apiVersion, kind]) => kube.list(apiVersion, kind, { metadataOnly: true, signal })),
  ]);
  const byUid = new Map(lists.flatMap(({ items }) => items).map((object) => [object.metadata.uid, object]));
  const isOwn = (object: KubeObject): boolean => {
    if (object.metadata.labels?.[labels.platform] === platform) return true;
    const owner = byUid.get(object.metadata.ownerReferences?.find(({ controller }) => controller)?.uid);
    return owner !== undefined && isOwn(owner);
  };
  return pods.items.filter((pod) => !isOwn(pod));
}

/** Undefined where the user may not see them: nothing is then said that depends on all of them. */
async function listIfAllowed(kube: Kube, { apiVersion, kind }: { apiVersion: string; kind: string }, signal: AbortSignal | undefined): Promise<KubeObject[] | undefined> {
  if (!(await kube.resourceFor(apiVersion, kind))) return [];
  try {
    return (await kube.list(apiVersion, kind, { signal })).items;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}
