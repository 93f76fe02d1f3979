import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, type Desired, type KubeObject, type ResolvedPlatform } from '../model/index.js';

/** Kinds that let traffic in, by group; where each keeps its host names. */
const routes: Readonly<Record<string, (object: KubeObject) => string[]>> = {
  'networking.k8s.io/Ingress': (object) => asList(valueAt(object, 'spec', 'rules')).flatMap((rule) => asString(asDict(rule)['host']) ?? '*'),
  'gateway.networking.k8s.io/HTTPRoute': (object) => hostsOr(valueAt(object, 'spec', 'hostnames')),
  'gateway.networking.k8s.io/GRPCRoute': (object) => hostsOr(valueAt(object, 'spec', 'hostnames')),
  'gateway.networking.k8s.io/TLSRoute': (object) => hostsOr(valueAt(object, 'spec', 'hostnames')),
  'networking.istio.io/VirtualService': (object) => hostsOr(valueAt(object, 'spec', 'hosts')),
  'traefik.io/IngressRoute': (object) => hostsInRules(object),
  'traefik.io/IngressRouteTCP': (object) => hostsInRules(object),
};

/** Finds components that say `expose:` while nothing they render lets the traffic in. Native workloads get their Ingress from render. */
export function exposure(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  return platform.components.flatMap(({ name, source, expose, locate }) => {
    if (!expose || source.kind === 'workload') return [];
    const hosts = desired.objects.flatMap(({ object, component }) => {
      const read = component === name ? routes[`${groupOf(object.apiVersion)}/${object.kind}`] : undefined;
      return read ? [read(object)] : [];
    });
    if (hosts.length === 0) return [diagnose('expose-without-ingress', { component: name, host: expose.host }, locate(['expose']))];
    const all = [...new Set(hosts.flat())];
    if (all.some((host) => serves(host, expose.host))) return [];
    return [diagnose('expose-other-host', { component: name, host: expose.host, found: all.join(', ') }, locate(['expose', 'host']))];
  });
}

function hostsOr(value: unknown): string[] {
  const hosts = asList(value).filter((host) => typeof host === 'string');
  return hosts.length > 0 ? hosts : ['*'];
}

function hostsInRules(object: KubeObject): string[] {
  const rules = asList(valueAt(object, 'spec', 'routes')).map((route) => asString(asDict(route)['match']) ?? '');
  const hosts = rules.flatMap((rule) => [...rule.matchAll(/Host(?:SNI)?\(([^)]*)\)/g)].flatMap(([, names = '']) => [...names.matchAll(/[`"]([^`"]+)[`"]/g)].map(([, host = '']) => host)));
  return hosts.length > 0 ? hosts : ['*'];
}

function serves(pattern: string, host: string): boolean {
  if (pattern === '*' || pattern === host) return true;
  return pattern.startsWith('*.') && host.endsWith(pattern.slice(1)) && !host.slice(0, -pattern.length + 1).includes('.');
}
