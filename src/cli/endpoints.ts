import type { Kube } from '../kube/index.js';
import { valueAt } from '../lib/read-unknown.js';
import { formatRef, labels, refOf, type KubeObject } from '../model/index.js';
import { addressesOf, urlsOf } from '../operate/addresses.js';
import type { Endpoint } from '../views/summary.js';

/** Finds where a platform can be reached from outside: addresses of LoadBalancer Services, hosts of Ingresses and HTTPRoutes. */
export async function findEndpoints(kube: Kube, platform: string, signal: AbortSignal): Promise<Endpoint[]> {
  const options = { labelSelector: `${labels.platform}=${platform}`, signal };
  const kinds: [string, string][] = [['v1', 'Service'], ['networking.k8s.io/v1', 'Ingress'], ['gateway.networking.k8s.io/v1', 'HTTPRoute']];
  const lists = await Promise.all(kinds.map(async ([apiVersion, kind]) => ((await kube.resourceFor(apiVersion, kind)) ? (await kube.list(apiVersion, kind, options)).items : [])));
  return lists.flat().flatMap((object) => (waitsForAddress(object) ? [endpoint(object, '')] : urlsOf(object).map((url) => endpoint(object, url))));
}

function waitsForAddress(object: KubeObject): boolean {
  return object.kind === 'Service' && valueAt(object, 'spec', 'type') === 'LoadBalancer' && addressesOf(object).length === 0;
}

function endpoint(object: KubeObject, address: string): Endpoint {
  return { component: object.metadata.labels?.[labels.component] ?? '', object: formatRef(refOf(object)), address };
}
