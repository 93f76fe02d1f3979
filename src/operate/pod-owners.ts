import { isForbidden, type Kube } from '../kube/index.js';
import { groupBy } from '../lib/group-by.js';
import { carriesLabels, groupOf, keyOf, refOf, type KubeObject, type ObjectRef } from '../model/index.js';

/** An object that pods are looked up for, and what they are called then: its component, or the user's own word. */
export interface PodRoot {
  group: string;
  ref: ObjectRef;
}

/** Pods by their labels alone. */
export interface LabelledPods {
  group: string;
  namespace: string;
  labels: Record<string, string>;
}

/** Whose pods are looked for. */
export interface PodSources {
  roots: readonly PodRoot[];
  labelled: readonly LabelledPods[];
}

/** A pod, and whose it is. */
export interface OwnedPod {
  group: string;
  pod: KubeObject;
}

/** Tells of each pod whose it is, in their order; undefined for pods of nobody that was asked for. */
export type PodOwners = (pods: readonly KubeObject[], signal?: AbortSignal) => Promise<(string | undefined)[]>;

/**
 * The one rule by which a pod belongs to a component: it is an object of the component's inventory itself, or its owner
 * references lead up to one, over as many objects as lie between (ReplicaSet, Job, the StatefulSet that an operator made
 * for a custom resource); the nearest object on the way decides. A pod that leads to none belongs to whom the platform
 * declares its labels for. Selectors of workloads never count: a pod of somebody else may carry the same labels.
 *
 * What lies between is asked for level by level, one request for each kind and namespace, and kept for the next call.
 */
export function podOwners(kube: Kube, { roots, labelled }: PodSources): PodOwners {
  const groups = new Map(roots.map(({ ref, group }) => [keyOf(ref), group]));
  const ask = askOnce(kube);
  // Nothing is above a pod that was named itself, nor above labels.
  const isAsked = roots.some(({ ref }) => ref.kind !== 'Pod');

  return async (pods, signal) => {
    const links = new Map<string, Link>();
    const read = async (objects: readonly KubeObject[]): Promise<KubeObject[]> => {
      const open = objects.filter((object) => !groups.has(keyOf(refOf(object)))).flatMap(referencesOf).filter(({ uid }) => !links.has(uid));
      const owners = [...new Map(open.map((owner) => [owner.uid, owner])).values()];
      const refs = await Promise.all(owners.map(async (owner) => ({ uid: owner.uid, ref: await refOfOwner(kube, owner) })));
      const found = await ask(refs.filter(({ ref }) => !groups.has(keyOf(ref))), signal);
      for (const { uid, ref } of refs) links.set(uid, { ref, object: found.get(uid) });
      return [...found.values()].filter((object) => object !== undefined);
    };
    for (let level: readonly KubeObject[] = isAsked ? pods : []; level.length > 0; ) level = await read(level);

    const climb = (ref: ObjectRef, object: KubeObject | undefined, below: readonly string[]): string | undefined => {
      const own = groups.get(keyOf(ref));
      if (own !== undefined || !object) return own;
      for (const { uid } of referencesOf(object)) {
        const link = links.get(uid);
        const above = link && !below.includes(uid) ? climb(link.ref, link.object, [...below, uid]) : undefined;
        if (above !== undefined) return above;
      }
      return undefined;
    };
    return pods.map((pod) => climb(refOf(pod), pod, []) ?? labelled.find((one) => carries(pod, one))?.group);
  };
}

/** The pods of some namespaces that belong to somebody, by name. */
export async function ownedPods(kube: Kube, owners: PodOwners, { namespaces, ...options }: { namespaces: readonly string[]; labelSelector?: string; signal?: AbortSignal | undefined }): Promise<OwnedPod[]> {
  const lists = await Promise.all(namespaces.map((namespace) => kube.list('v1', 'Pod', { ...options, namespace })));
  const pods = lists.flatMap(({ items }) => items);
  const groups = await owners(pods, options.signal);
  const owned = pods.flatMap((pod, i) => (groups[i] === undefined ? [] : [{ pod, group: groups[i] }]));
  return owned.sort((a, b) => (keyOf(refOf(a.pod)) < keyOf(refOf(b.pod)) ? -1 : 1));
}

interface Reference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  /** Of the object that refers: that of its owner too, unless the owner has none. */
  namespace: string | undefined;
}

interface Wanted {
  uid: string;
  ref: ObjectRef;
}

/** An owner, and the object itself where one had to look what is above it. */
interface Link {
  ref: ObjectRef;
  object: KubeObject | undefined;
}

function referencesOf({ metadata }: KubeObject): Reference[] {
  return (metadata.ownerReferences ?? []).map(({ apiVersion, kind, name, uid }) => ({ apiVersion, kind, name, uid, namespace: metadata.namespace }));
}

async function refOfOwner(kube: Kube, { apiVersion, kind, name, namespace }: Reference): Promise<ObjectRef> {
  const isWide = (await kube.resourceFor(apiVersion, kind))?.namespaced === false;
  return { apiVersion, kind, name, ...(namespace !== undefined && !isWide ? { namespace } : {}) };
}

/** Reads objects by uid, each once; undefined for those that are gone or that nobody serves. */
function askOnce(kube: Kube) {
  const asked = new Map<string, Promise<KubeObject | undefined>>();
  return async (wanted: readonly Wanted[], signal: AbortSignal | undefined): Promise<Map<string, KubeObject | undefined>> => {
    const open = groupBy(wanted.filter(({ uid }) => !asked.has(uid)), ({ ref }) => `${ref.apiVersion} ${ref.kind} ${ref.namespace ?? ''}`);
    for (const some of open.values()) {
      const answer = readSome(kube, some, signal);
      for (const { uid } of some) {
        asked.set(uid, answer.then((objects) => objects.find(({ metadata }) => metadata.uid === uid)));
        // What failed is asked for again.
        asked.get(uid)?.catch(() => asked.delete(uid));
      }
    }
    return new Map(await Promise.all(wanted.map(async ({ uid }) => [uid, await asked.get(uid)] as const)));
  };
}

/** Kinds that everybody must be allowed to read who wants to know whose a pod is. */
const builtIn = new Set(['', 'apps', 'batch']);

async function readSome(kube: Kube, some: readonly Wanted[], signal: AbortSignal | undefined): Promise<KubeObject[]> {
  const [first] = some;
  if (!first || !(await kube.resourceFor(first.ref.apiVersion, first.ref.kind))) return [];
  const { apiVersion, kind, namespace } = first.ref;
  try {
    if (some.length > 1) return (await kube.list(apiVersion, kind, { namespace, metadataOnly: true, signal })).items;
    const object = await kube.get(first.ref, { metadataOnly: true, signal });
    return object ? [object] : [];
  } catch (error) {
    // Somebody else's custom resources may be secret.
    if (isForbidden(error) && !builtIn.has(groupOf(apiVersion))) return [];
    throw error;
  }
}

/** A selector without labels leads to no pod. */
function carries(pod: KubeObject, { namespace, labels }: LabelledPods): boolean {
  return pod.metadata.namespace === namespace && Object.keys(labels).length > 0 && carriesLabels(pod.metadata.labels, labels);
}
