import type { Kube } from '../kube/index.js';
import type { KubeObject } from '../model/index.js';

/** Field manager of what makes an embedded cluster a cluster: nodes, classes, API services. */
const systemManager = 'mostik-cluster';

/** Applies the system objects of an embedded cluster, which `cluster/` hands over as data. */
export async function applySystemObjects(kube: Kube, objects: readonly KubeObject[]): Promise<void> {
  await Promise.all(objects.map((object) => kube.apply(object, { fieldManager: systemManager })));
}
