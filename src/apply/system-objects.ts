import type { Kube } from '../kube/index.js';
import { isDict } from '../lib/read-unknown.js';
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

/** True when every field of `wanted` stands in `live` with the same value. */
function covers(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(live) && live.length === wanted.length && wanted.every((item, index) => covers(live[index], item));
  if (isDict(wanted)) return isDict(live) && Object.entries(wanted).every(([key, value]) => covers(live[key], value));
  return live === wanted;
}
