import type { Kube } from '../kube/index.js';
import { groupOf, keyOf, labels, refOf, type KubeObject, type ObjectRef } from '../model/index.js';

/** The live objects a plan compares with, by object key, and what the cluster does not have yet. */
export interface Live {
  objects: Map<string, KubeObject>;
  /** `group/Kind` that the server does not serve: their CRD comes in this plan, or is missing. */
  unknownKinds: Set<string>;
  /** Namespaces of desired objects that do not exist. */
  missingNamespaces: Set<string>;
  storageClasses: Map<string, KubeObject>;
}

/** Above this many unlisted objects of one kind and namespace, one LIST of the namespace is cheaper than asking for each. */
const askByName = 8;

/**
 * Reads the live side: one LIST per kind by label over all namespaces, then the desired objects that were not listed,
 * so that adoption is not shown as create.
 */
export async function readLive(kube: Kube, wanted: { platform: string; desired: readonly ObjectRef[]; recorded: readonly ObjectRef[] }): Promise<Live> {
  const live: Live = { objects: new Map(), unknownKinds: new Set(), missingNamespaces: new Set(), storageClasses: new Map() };
  const kinds = new Map<string, ObjectRef>();
  for (const ref of [...wanted.desired, ...wanted.recorded]) kinds.set(kindKey(ref), ref);
  const known = await Promise.all([...kinds.values()].map(async (ref) => ({ ref, resource: await kube.resourceFor(ref.apiVersion, ref.kind) })));
  for (const { ref, resource } of known) if (!resource) live.unknownKinds.add(kindKey(ref));
  const served = known.flatMap(({ ref, resource }) => (resource ? [ref] : []));
  const [namespaces] = await Promise.all([
    kube.list('v1', 'Namespace'),
    ...served.map(async (ref) => {
      const { items } = await kube.list(ref.apiVersion, ref.kind, { labelSelector: `${labels.platform}=${wanted.platform}` });
      for (const object of items) if (!object.metadata.ownerReferences?.length) live.objects.set(keyOf(refOf(object)), object);
    }),
    kube.list('storage.k8s.io/v1', 'StorageClass').then(({ items }) => {
      for (const item of items) live.storageClasses.set(item.metadata.name, item);
    }),
  ]);
  const existing = new Set(namespaces.items.map((item) => item.metadata.name));
  for (const ref of wanted.desired) if (ref.namespace && !existing.has(ref.namespace)) live.missingNamespaces.add(ref.namespace);
  await readUnlisted(kube, live, wanted.desired);
  return live;
}

/** Tells kinds apart over versions: `group/Kind`. */
export function kindKey(ref: { apiVersion: string; kind: string }): string {
  return `${groupOf(ref.apiVersion)}/${ref.kind}`;
}

async function readUnlisted(kube: Kube, live: Live, desired: readonly ObjectRef[]): Promise<void> {
  const groups = new Map<string, ObjectRef[]>();
  for (const ref of desired) {
    if (live.objects.has(keyOf(ref)) || live.unknownKinds.has(kindKey(ref)) || (ref.namespace && live.missingNamespaces.has(ref.namespace))) continue;
    const key = `${kindKey(ref)}/${ref.namespace ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), ref]);
  }
  await Promise.all(
    [...groups.values()].map(async (refs) => {
      const first = refs[0];
      if (!first) return;
      const found =
        refs.length > askByName
          ? (await kube.list(first.apiVersion, first.kind, first.namespace ? { namespace: first.namespace } : {})).items
          : (await Promise.all(refs.map((ref) => kube.get(ref)))).filter((object) => object !== undefined);
      const asked = new Set(refs.map(keyOf));
      for (const object of found) {
        const key = keyOf(refOf(object));
        if (asked.has(key)) live.objects.set(key, object);
      }
    }),
  );
}
