import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { containersOf, formatRef, groupOf, podsOf, type Controller, type KubeObject, type Pods, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { acmeSolvers } from './acme.js';
import { allAddresses, publicRanges } from './address.js';
import { addressEndpoint, podEndpoint, type Endpoint, type EndpointPort } from './endpoint.js';
import type { NetworkWorld } from './network.js';
import { isNetworkPolicy } from './policy.js';
import { protocolOf, servicesByTarget, servicesOf, type ServiceView } from './services.js';

/** Places that are no component, by what they are. */
export interface Places {
  dns: Endpoint;
  /** Its address depends on the cluster, so it is any. */
  api: Endpoint;
  internet: Endpoint;
  /** Any address at all. */
  anywhere: Endpoint;
  /** A pod of a namespace that nobody speaks of. */
  strangers: Endpoint;
  /** All pods of the namespace that reads metrics. */
  monitoring?: Endpoint;
  /** Pods of controllers that are in the cluster already. */
  controllers: { controller: Controller; endpoint: Endpoint }[];
}

/** The endpoints of a platform and of what stands around it. */
export interface PlatformEndpoints {
  /** One for each workload, and for each kind of pods that an operator makes. */
  workloads: Endpoint[];
  byComponent: ReadonlyMap<string, readonly Endpoint[]>;
  /** The pods that a workload was read from; none for those that operators make. */
  podsOf: ReadonlyMap<Endpoint, Pods>;
  services: ServiceView[];
  /** By component. */
  servicesOf: ReadonlyMap<string, readonly ServiceView[]>;
  /** Host names that Services of a component stand for. */
  externalNames: ReadonlyMap<string, string>;
  /** The Services that lead to an endpoint. */
  servicesAt(endpoint: Endpoint): readonly ServiceView[];
  places: Places;
  objects: readonly RenderedObject[];
}

/** Reads the endpoints of a rendered platform. */
export function endpointsOf(platform: ResolvedPlatform, objects: readonly RenderedObject[]): PlatformEndpoints {
  const pods = new Map<Endpoint, Pods>();
  for (const each of podsOf([...objects])) pods.set(workloadEndpoint(each), each);
  const workloads = [...pods.keys(), ...operatedPods(platform), ...acmeSolvers(platform, objects)];
  const byComponent = grouped(workloads, ({ component }) => component);
  const services = servicesOf(objects, workloads);
  const byTarget = servicesByTarget(services);
  return { workloads, byComponent, podsOf: pods, services, servicesOf: grouped(services, ({ component }) => component), externalNames: externalNames(objects), servicesAt: (endpoint) => byTarget.get(endpoint) ?? [], places: placesOf(platform), objects };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function externalNames(objects: readonly RenderedObject[]): Map<string, string> {
  return new Map(objects.flatMap(({ component, ref, object }): [string, string][] => {
    const host = ref.kind === 'Service' ? asString(valueAt(object, 'spec', 'externalName')) : undefined;
    return host === undefined ? [] : [[component, host]];
  }));
}

/** Everything that a network of the platform is computed from; `more` are endpoints that somebody asks about. */
export function worldOf({ workloads, services, places, objects }: PlatformEndpoints, more: readonly Endpoint[] = []): NetworkWorld {
  const { dns, api, internet, anywhere, strangers, monitoring, controllers } = places;
  const fixed = services.flatMap(({ targets }) => targets.filter(({ kind }) => kind === 'address'));
  const outside = [dns, api, internet, anywhere, strangers, ...(monitoring ? [monitoring] : []), ...controllers.map(({ endpoint }) => endpoint)];
  const namespaces = Object.fromEntries(objects.filter(isNamespace).map(({ object }) => [object.metadata.name, object.metadata.labels ?? {}]));
  return { namespaces, endpoints: [...new Set([...workloads, ...fixed, ...outside, ...more])], policies: policiesOf(objects).map(({ object }) => object) };
}

/** The NetworkPolicies of a platform. */
export function policiesOf(objects: readonly RenderedObject[]): RenderedObject[] {
  return objects.filter(({ object, hook }) => isNetworkPolicy(object) && !hook);
}

function isNamespace({ object }: RenderedObject): boolean {
  return object.kind === 'Namespace' && object.apiVersion === 'v1';
}

function workloadEndpoint(pods: Pods): Endpoint {
  const { of, namespace, labels, spec } = pods;
  return podEndpoint(formatRef(of.ref), namespace, { labels: { ...labels, ...automaticLabels(of.object) }, ports: portsOfPod(pods), hostNetwork: spec['hostNetwork'] === true, component: of.component });
}

/** Labels that Kubernetes puts on the pods of a Job. */
export function automaticLabels({ apiVersion, kind, metadata }: KubeObject): Record<string, string> {
  return kind === 'Job' && groupOf(apiVersion) === 'batch' ? { 'batch.kubernetes.io/job-name': metadata.name, 'job-name': metadata.name } : {};
}

/** Ports of the containers that stay: ordinary ones, and init containers that are sidecars. */
function portsOfPod(pods: Pods): EndpointPort[] {
  const staying = containersOf(pods).filter(({ path, container }) => path.startsWith('containers[') || (path.startsWith('initContainers[') && container['restartPolicy'] === 'Always'));
  return staying.flatMap(({ container }) =>
    asList(container['ports']).flatMap((entry): EndpointPort[] => {
      const { containerPort, name, protocol } = asDict(entry);
      const port = asNumber(containerPort);
      return port === undefined ? [] : [{ port, protocol: protocolOf(protocol), ...(asString(name) ? { name: String(name) } : {}) }];
    }),
  );
}

function operatedPods({ components }: ResolvedPlatform): Endpoint[] {
  return components.flatMap(({ name, namespace, pods }) =>
    pods.map(({ selector, ports }) => {
      const written = Object.entries(selector).map(([key, value]) => `${key}=${value}`).join(',');
      return podEndpoint(`pods/${namespace}/${written}`, namespace, { labels: selector, ports: ports.map((port) => ({ port, protocol: 'TCP' as const })), component: name });
    }),
  );
}

function placesOf({ cluster, network }: ResolvedPlatform): Places {
  return {
    dns: podEndpoint('dns', 'kube-system', { labels: { 'k8s-app': 'kube-dns' }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }, { name: 'dns-tcp', port: 53, protocol: 'TCP' }] }),
    api: addressEndpoint('kubernetes-api', []),
    internet: addressEndpoint('internet', [...publicRanges]),
    anywhere: addressEndpoint('anywhere', [...allAddresses]),
    strangers: podEndpoint('pods of other namespaces', 'mostik-no-such-namespace'),
    ...(network.monitoring === undefined ? {} : { monitoring: podEndpoint(`monitoring (namespace ${network.monitoring})`, network.monitoring) }),
    controllers: cluster.controllers.map((controller) => ({ controller, endpoint: podEndpoint(controller.name, controller.namespace, { labels: controller.pods }) })),
  };
}
