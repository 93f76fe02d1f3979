import type { Kube } from '../kube/index.js';
import { asDict, asList, isDict, valueAt } from '../lib/read-unknown.js';
import { refOf, type KubeObject } from '../model/index.js';

/** Field manager of what makes an embedded cluster a cluster: nodes, classes, API services. */
const systemManager = 'mostik-cluster';

/**
 * Applies the system objects of an embedded cluster, which `cluster/` hands over as data. One that is there as it should
 * be is not written: a second `up` writes nothing.
 */
export async function applySystemObjects(kube: Kube, objects: readonly KubeObject[]): Promise<void> {
  await Promise.all(
    objects.map(async (object) => {
      const live = await kube.get(refOf(object));
      if (!live || !covers(live, object)) await kube.apply(object, { fieldManager: systemManager });
    }),
  );
}

/** A node that has been taken away, and how many pods were on it. */
export interface RemovedNode {
  name: string;
  pods: number;
}

/**
 * Takes away the nodes of an embedded cluster that were declared once and are no longer, with the pods on them: they would be
 * given more pods, and Kubernetes itself waits minutes before it replaces the pods of a node that is gone. Ours are those that
 * were applied here, and the one whose kubelet had `realAddress`; nodes that somebody else has added stay.
 */
export async function removeOtherNodes(kube: Kube, declared: readonly string[], realAddress: string): Promise<RemovedNode[]> {
  const { items } = await kube.list('v1', 'Node');
  const gone = items.filter((node) => !declared.includes(node.metadata.name) && (isApplied(node) || addressesOf(node).includes(realAddress)));
  return Promise.all(
    gone.map(async (node) => {
      await kube.delete(refOf(node));
      const pods = await kube.list('v1', 'Pod', { fieldSelector: `spec.nodeName=${node.metadata.name}` });
      await Promise.all(pods.items.map((pod) => kube.delete(refOf(pod), { gracePeriodSeconds: 0 })));
      return { name: node.metadata.name, pods: pods.items.length };
    }),
  );
}

function isApplied({ metadata }: KubeObject): boolean {
  return metadata.managedFields?.some(({ manager }) => manager === systemManager) === true;
}

function addressesOf(node: KubeObject): unknown[] {
  return asList(valueAt(node, 'status', 'addresses')).map((entry) => asDict(entry)['address']);
}

/** True when every field of `wanted` stands in `live` with the same value. */
function covers(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(live) && live.length === wanted.length && wanted.every((item, index) => covers(live[index], item));
  if (isDict(wanted)) return isDict(live) && Object.entries(wanted).every(([key, value]) => covers(live[key], value));
  return live === wanted;
}
