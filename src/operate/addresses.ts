import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, type KubeObject } from '../model/index.js';

/** The URLs that an object gives to the outside: hosts of Ingresses and HTTPRoutes, addresses of LoadBalancer Services. */
export function urlsOf(object: KubeObject): string[] {
  const group = groupOf(object.apiVersion);
  if (object.kind === 'Ingress' && group === 'networking.k8s.io') return ingressUrls(object);
  if (object.kind === 'HTTPRoute' && group === 'gateway.networking.k8s.io') return routeUrls(object);
  return object.kind === 'Service' && group === '' && valueAt(object, 'spec', 'type') === 'LoadBalancer' ? serviceUrls(object) : [];
}

/** Addresses that a load balancer gave to an object. */
export function addressesOf(object: KubeObject): string[] {
  return asList(valueAt(object, 'status', 'loadBalancer', 'ingress')).flatMap((entry) => asString(asDict(entry)['ip']) ?? asString(asDict(entry)['hostname']) ?? []);
}

function serviceUrls(service: KubeObject): string[] {
  const ports = asList(valueAt(service, 'spec', 'ports')).flatMap((port) => asNumber(asDict(port)['port']) ?? []);
  return addressesOf(service).flatMap((address) => ports.map((port) => (port === 80 ? `http://${address}` : port === 443 ? `https://${address}` : `${address}:${port}`)));
}

function ingressUrls(ingress: KubeObject): string[] {
  const secured = new Set(asList(valueAt(ingress, 'spec', 'tls')).flatMap((tls) => asList(asDict(tls)['hosts'])));
  return asList(valueAt(ingress, 'spec', 'rules')).flatMap((rule) => {
    const host = asString(asDict(rule)['host']) ?? addressesOf(ingress)[0];
    if (host === undefined) return [];
    const paths = asList(valueAt(rule, 'http', 'paths')).map((path) => asString(asDict(path)['path']) ?? '/');
    return (paths.length === 0 ? ['/'] : paths).map((path) => `${secured.has(host) ? 'https' : 'http'}://${host}${path === '/' ? '' : path}`);
  });
}

/** The scheme is the listener's, which another object holds; a route that names port 443 or a section of that name is secure. */
function routeUrls(route: KubeObject): string[] {
  const parents = asList(valueAt(route, 'spec', 'parentRefs')).map(asDict);
  const secure = parents.some(({ port, sectionName }) => port === 443 || /https|tls|secure/i.test(asString(sectionName) ?? ''));
  const paths = asList(valueAt(route, 'spec', 'rules')).flatMap((rule) => {
    const matches = asList(asDict(rule)['matches']);
    return matches.length === 0 ? ['/'] : matches.map((match) => asString(valueAt(match, 'path', 'value')) ?? '/');
  });
  const hosts = asList(valueAt(route, 'spec', 'hostnames')).flatMap((host) => asString(host) ?? []);
  return hosts.flatMap((host) => [...new Set(paths)].map((path) => `${secure ? 'https' : 'http'}://${host}${path === '/' ? '' : path}`));
}
