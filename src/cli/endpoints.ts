import type { Kube } from '../kube/index.js';
import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, labels, refOf, type KubeObject } from '../model/index.js';
import type { Endpoint } from '../views/summary.js';

/** Finds where a platform can be reached from outside: addresses of LoadBalancer Services, hosts of Ingresses. */
export async function findEndpoints(kube: Kube, platform: string, signal: AbortSignal): Promise<Endpoint[]> {
  const options = { labelSelector: `${labels.platform}=${platform}`, signal };
  const [services, ingresses] = await Promise.all([kube.list('v1', 'Service', options), kube.list('networking.k8s.io/v1', 'Ingress', options)]);
  return [...services.items.flatMap(serviceEndpoints), ...ingresses.items.flatMap(ingressEndpoints)];
}

function serviceEndpoints(service: KubeObject): Endpoint[] {
  if (valueAt(service, 'spec', 'type') !== 'LoadBalancer') return [];
  const ports = asList(valueAt(service, 'spec', 'ports')).flatMap((port) => asNumber(asDict(port)['port']) ?? []);
  const addresses = addressesOf(service);
  if (addresses.length === 0) return [endpoint(service, '')];
  return addresses.flatMap((address) => ports.map((port) => endpoint(service, port === 80 ? `http://${address}` : port === 443 ? `https://${address}` : `${address}:${port}`)));
}

function ingressEndpoints(ingress: KubeObject): Endpoint[] {
  const secured = new Set(asList(valueAt(ingress, 'spec', 'tls')).flatMap((tls) => asList(asDict(tls)['hosts'])));
  return asList(valueAt(ingress, 'spec', 'rules')).flatMap((rule) => {
    const host = asString(asDict(rule)['host']);
    if (host === undefined) return [];
    const paths = asList(valueAt(rule, 'http', 'paths')).flatMap((path) => asString(asDict(path)['path']) ?? '/');
    return (paths.length === 0 ? ['/'] : paths).map((path) => endpoint(ingress, `${secured.has(host) ? 'https' : 'http'}://${host}${path === '/' ? '' : path}`));
  });
}

function addressesOf(service: KubeObject): string[] {
  return asList(valueAt(service, 'status', 'loadBalancer', 'ingress')).flatMap((entry) => asString(asDict(entry)['ip']) ?? asString(asDict(entry)['hostname']) ?? []);
}

function endpoint(object: KubeObject, address: string): Endpoint {
  return { component: object.metadata.labels?.[labels.component] ?? '', object: formatRef(refOf(object)), address };
}
