import { asDict, asList, asNumber, asString, valueAt, type Dict } from '../lib/read-unknown.js';
import type { Desired, RenderedObject } from '../model/index.js';
import { kindOf } from './graph.js';

/** A Service that a route sends traffic to. */
export interface Backend {
  service: string;
  namespace: string;
  port?: number | string;
  from: string;
}

/** A host and path that a route takes; `*` is every host. */
export interface Taken {
  host: string;
  path: string;
  /** Prefix, Exact ... */
  type: string;
  from: string;
}

/** Something that lets traffic in. */
export interface Route {
  of: RenderedObject;
  hosts: string[];
  taken: Taken[];
  backends: Backend[];
}

/** Every Ingress and route of the platform. */
export function routesOf({ objects }: Desired): Route[] {
  return objects.flatMap((of) => {
    const read = readers[kindOf(of.ref)];
    return read ? [{ of, ...read(of.object, of.ref.namespace ?? '') }] : [];
  });
}

type Reader = (object: Dict, namespace: string) => Omit<Route, 'of'>;

const ingress: Reader = (object, namespace) => {
  const backend = (value: unknown, from: string): Backend[] => {
    const { name, port } = asDict(asDict(value)['service']);
    const { number, name: named } = asDict(port);
    const to = asNumber(number) ?? asString(named);
    return typeof name === 'string' ? [{ service: name, namespace, ...(to === undefined ? {} : { port: to }), from: `${from}.service` }] : [];
  };
  const rules = asList(valueAt(object, 'spec', 'rules')).map(asDict);
  const paths = rules.flatMap((rule, i) =>
    asList(valueAt(rule, 'http', 'paths')).map((entry, j) => ({ host: asString(rule['host']) || '*', entry: asDict(entry), from: `spec.rules[${i}].http.paths[${j}]` })),
  );
  return {
    hosts: rules.map((rule) => asString(rule['host']) || '*'),
    taken: paths.map(({ host, entry, from }) => ({ host, path: asString(entry['path']) || '/', type: asString(entry['pathType']) ?? '', from })),
    backends: [...backend(valueAt(object, 'spec', 'defaultBackend'), 'spec.defaultBackend'), ...paths.flatMap(({ entry, from }) => backend(entry['backend'], `${from}.backend`))],
  };
};

const gateway: Reader = (object, namespace) => {
  const backends = asList(valueAt(object, 'spec', 'rules')).flatMap((rule, i) =>
    asList(asDict(rule)['backendRefs']).flatMap((entry, j): Backend[] => {
      const { kind, group, name, namespace: other, port } = asDict(entry);
      if ((kind !== undefined && kind !== 'Service') || (group !== undefined && group !== '') || typeof name !== 'string') return [];
      return [{ service: name, namespace: asString(other) ?? namespace, ...(typeof port === 'number' ? { port } : {}), from: `spec.rules[${i}].backendRefs[${asString(name) ?? j}]` }];
    }),
  );
  return { hosts: hostsOr(valueAt(object, 'spec', 'hostnames')), taken: [], backends };
};

const traefik: Reader = (object, namespace) => {
  const routes = asList(valueAt(object, 'spec', 'routes')).map(asDict);
  const backends = routes.flatMap((route, i) =>
    asList(route['services']).flatMap((entry, j): Backend[] => {
      const { kind, name, namespace: other, port } = asDict(entry);
      if ((kind !== undefined && kind !== 'Service') || typeof name !== 'string') return [];
      const to = typeof port === 'number' || typeof port === 'string' ? port : undefined;
      return [{ service: name, namespace: asString(other) ?? namespace, ...(to === undefined ? {} : { port: to }), from: `spec.routes[${i}].services[${asString(name) ?? j}]` }];
    }),
  );
  const matches = routes.map((route) => asString(route['match']) ?? '');
  const hosts = matches.flatMap((rule) => [...rule.matchAll(/Host(?:SNI)?\(([^)]*)\)/g)].flatMap(([, names = '']) => [...names.matchAll(/[`"]([^`"]+)[`"]/g)].map(([, host = '']) => host)));
  return { hosts: hosts.length > 0 ? hosts : ['*'], taken: [], backends };
};

/** Kinds that let traffic in, written `group/Kind`. */
const readers: Readonly<Record<string, Reader>> = {
  'networking.k8s.io/Ingress': ingress,
  'gateway.networking.k8s.io/HTTPRoute': gateway,
  'gateway.networking.k8s.io/GRPCRoute': gateway,
  'gateway.networking.k8s.io/TLSRoute': gateway,
  'gateway.networking.k8s.io/TCPRoute': gateway,
  'gateway.networking.k8s.io/UDPRoute': gateway,
  'networking.istio.io/VirtualService': (object) => ({ hosts: hostsOr(valueAt(object, 'spec', 'hosts')), taken: [], backends: [] }),
  'traefik.io/IngressRoute': traefik,
  'traefik.io/IngressRouteTCP': traefik,
  'traefik.io/IngressRouteUDP': traefik,
};

function hostsOr(value: unknown): string[] {
  const hosts = asList(value).filter((host) => typeof host === 'string');
  return hosts.length > 0 ? hosts : ['*'];
}
