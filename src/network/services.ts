import { asDict, asList, asNumber, asString, asStrings, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { groupOf, type RenderedObject } from '../model/index.js';
import { addressEndpoint, protocols, type Endpoint, type Protocol } from './endpoint.js';
import { noPorts, portsOf, unionOf, type PortSet } from './port-set.js';

/** A port of a Service, and where it leads. */
export interface ServicePort {
  name: string;
  port: number;
  protocol: Protocol;
  /** A number, or what the containers behind it call their port. */
  target: number | string;
}

/** A Service, as far as it leads to pods or addresses. */
export interface ServiceView {
  name: string;
  namespace: string;
  component: string;
  type: string;
  ports: ServicePort[];
  /** The endpoints behind it. */
  targets: Endpoint[];
}

/** The Services of a platform with what stands behind each: pods by its selector, or the addresses of its EndpointSlices. */
export function servicesOf(objects: readonly RenderedObject[], endpoints: readonly Endpoint[]): ServiceView[] {
  const addresses = addressesOf(objects);
  return objects.flatMap(({ object, ref, component, hook }): ServiceView[] => {
    if (ref.kind !== 'Service' || ref.apiVersion !== 'v1' || hook) return [];
    const spec = asDict(object['spec']);
    const type = asString(spec['type']) ?? 'ClusterIP';
    if (type === 'ExternalName') return [];
    const namespace = ref.namespace ?? '';
    const selector = Object.entries(asStrings(spec['selector']));
    const targets = endpoints.filter((each) => each.kind === 'pod' && each.namespace === namespace && selector.every(([key, value]) => each.labels[key] === value));
    const ports = asList(spec['ports']).flatMap((entry) => portOf(asDict(entry)));
    const behind = selector.length > 0 ? targets : (addresses.get(`${namespace}/${ref.name}`) ?? []).map((each) => ({ ...each, component }));
    return [{ name: ref.name, namespace, component, type, ports, targets: behind }];
  });
}

/** The Services that lead to each endpoint. */
export function servicesByTarget(services: readonly ServiceView[]): Map<Endpoint, ServiceView[]> {
  const found = new Map<Endpoint, ServiceView[]>();
  for (const service of services) {
    for (const target of service.targets) {
      const before = found.get(target);
      if (before) before.push(service);
      else found.set(target, [service]);
    }
  }
  return found;
}

/** The port of an endpoint to which a port of a Service leads. */
export function resolvedPort({ target, protocol }: ServicePort, endpoint: Endpoint): PortSet {
  if (typeof target === 'number') return portsOf(protocol, target);
  return unionOf(endpoint.ports.filter((each) => each.name === target && each.protocol === protocol).map(({ port }) => portsOf(protocol, port)));
}

/** All ports of an endpoint to which ports of these Services lead. */
export function servedPorts(services: readonly ServiceView[], endpoint: Endpoint, fits: (port: ServicePort, service: ServiceView) => boolean = () => true): PortSet {
  return unionOf(services.flatMap((service) => (service.targets.includes(endpoint) ? service.ports.filter((port) => fits(port, service)).map((port) => resolvedPort(port, endpoint)) : [])));
}

/** The ports that the containers of an endpoint declare. */
export function containerPorts(endpoint: Endpoint): PortSet {
  return endpoint.ports.length === 0 ? noPorts : unionOf(endpoint.ports.map(({ port, protocol }) => portsOf(protocol, port)));
}

/** Reads a protocol; TCP when nothing is said. */
export function protocolOf(value: unknown): Protocol {
  return protocols.find((each) => each === value) ?? 'TCP';
}

function portOf(entry: Dict): ServicePort[] {
  const port = asNumber(entry['port']);
  if (port === undefined) return [];
  const given = entry['targetPort'];
  // 0 and the empty text stand for "not said", as the API server reads them.
  const target = asNumber(given) || asString(given) || port;
  return [{ name: asString(entry['name']) ?? '', port, protocol: protocolOf(entry['protocol']), target }];
}

/** Addresses that somebody has written down for a Service without a selector, by `namespace/name`. */
function addressesOf(objects: readonly RenderedObject[]): Map<string, Endpoint[]> {
  const found = new Map<string, Endpoint[]>();
  for (const { object, ref } of objects) {
    const service = ref.kind === 'EndpointSlice' ? object.metadata.labels?.['kubernetes.io/service-name'] : ref.kind === 'Endpoints' && groupOf(ref.apiVersion) === '' ? ref.name : undefined;
    if (service === undefined) continue;
    const addresses = ref.kind === 'Endpoints' ? asList(object['subsets']).flatMap((subset) => asList(asDict(subset)['addresses']).flatMap((each) => asString(asDict(each)['ip']) ?? [])) : asList(object['endpoints']).flatMap((each) => asList(asDict(each)['addresses']).flatMap((address) => asString(address) ?? []));
    const ports = (ref.kind === 'Endpoints' ? asList(object['subsets']).flatMap((subset) => asList(asDict(subset)['ports'])) : asList(object['ports'])).flatMap((entry) => {
      const port = asNumber(asDict(entry)['port']);
      const name = asString(asDict(entry)['name']);
      return port === undefined ? [] : [{ port, protocol: protocolOf(asDict(entry)['protocol']), ...(name ? { name } : {}) }];
    });
    const key = `${ref.namespace ?? ''}/${service}`;
    found.set(key, [...(found.get(key) ?? []), { ...addressEndpoint(`${ref.kind}/${ref.namespace ?? ''}/${ref.name}`, addresses), ports }]);
  }
  return found;
}

/** A backend of an Ingress or a route: a Service, and its port by number or name (all of them when none is said). */
export interface Backend {
  namespace: string;
  service: string;
  port: number | string | undefined;
}

/** Where the Ingresses and routes of these objects lead. */
export function backendsOf(objects: readonly RenderedObject[]): Backend[] {
  return objects.flatMap(({ object, ref }) => {
    const namespace = ref.namespace ?? '';
    return findBackends(object['spec'], routeReader(`${groupOf(ref.apiVersion)}/${ref.kind}`)).map((each) => ({ ...each, namespace: each.namespace || namespace }));
  });
}

/** Reads a backend where a kind keeps one. */
type ReadBackend = (value: Dict) => Backend | undefined;

function routeReader(kind: string): ReadBackend | undefined {
  if (kind === 'networking.k8s.io/Ingress') return ({ service }) => (isDict(service) && asString(service['name']) ? { namespace: '', service: String(service['name']), port: asNumber(valueAt(service, 'port', 'number')) ?? asString(valueAt(service, 'port', 'name')) } : undefined);
  if (/^gateway\.networking\.k8s\.io\/\w+Route$/.test(kind)) return (value) => named(value, 'name', asNumber(value['port']));
  if (/^traefik\.io\/IngressRoute(TCP|UDP)?$/.test(kind)) return (value) => named(value, 'name', asNumber(value['port']) ?? asString(value['port']));
  if (kind === 'networking.istio.io/VirtualService') return (value) => named(value, 'host', asNumber(valueAt(value, 'port', 'number')));
  return undefined;
}

const backendFields = new Set(['backendRefs', 'services', 'destination', 'backend', 'defaultBackend']);

function named(value: Dict, field: string, port: number | string | undefined): Backend | undefined {
  const name = asString(value[field]);
  if (name === undefined || (value['kind'] !== undefined && value['kind'] !== 'Service')) return undefined;
  const [service = name, namespace = ''] = field === 'host' ? name.split('.') : [name];
  return { namespace: asString(value['namespace']) ?? namespace, service, port };
}

/** Walks a spec down to the fields that hold backends. */
function findBackends(value: unknown, read: ReadBackend | undefined): Backend[] {
  if (!read) return [];
  if (Array.isArray(value)) return value.flatMap((each) => findBackends(each, read));
  return Object.entries(asDict(value)).flatMap(([key, below]) => {
    if (!backendFields.has(key)) return findBackends(below, read);
    return (Array.isArray(below) ? below : [below]).flatMap((each) => read(asDict(each)) ?? []);
  });
}

