import type { Location } from '../diagnostics/index.js';
import { asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, type Edge, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { isSolver } from './acme.js';
import { edgePorts, type EdgePorts } from './edge-ports.js';
import { addressEndpoint, hasLabels, type Endpoint } from './endpoint.js';
import type { PlatformEndpoints } from './platform.js';
import { allPorts, intersectionOf, isEmpty, noPorts, portsOf, unionOf, type PortSet } from './port-set.js';
import { scalerFlows } from './scalers.js';
import { backendsOf, containerPorts, servedPorts, type ServiceView } from './services.js';
import { webhookPorts } from './webhooks.js';

/** What makes a path wanted. */
export type FlowKind = 'component' | 'dns' | 'kubernetes-api' | 'ingress' | 'webhook' | 'cidr' | 'expose' | 'front-door' | 'monitoring' | 'scaler';

/** A path that the platform declares, directly or by what follows from it. */
export interface Flow {
  kind: FlowKind;
  from: Endpoint;
  to: Endpoint;
  ports: PortSet;
  /** Who has it: the component with the entry of `uses`, or with `expose`. */
  component: string;
  /** The other side in words: a component, `dns`, `ingress-nginx`, `10.0.0.0/8`. */
  other: string;
  at: Location;
}

/** An edge to a component with what its ports mean there. */
export interface ReadEdge {
  edge: Extract<Edge, { kind: 'component' }>;
  ports: EdgePorts;
  /** The host name behind a Service of the target, when it stands for something outside of the cluster. */
  outside?: string;
  at: Location;
}

/** Everything that may talk, and the edges that it follows from. */
export interface Declared {
  flows: Flow[];
  edges: ReadEdge[];
  /** Exposed components, with the pods of the controllers that let traffic in, and the ports these reach. */
  exposed: { component: ResolvedComponent; controllers: Endpoint[]; targets: Map<Endpoint, PortSet> }[];
}

/** Reads `uses`, `expose` and `network.monitoring` as paths between endpoints. That a component reaches itself goes without saying. */
export function declaredFlows(platform: ResolvedPlatform, around: PlatformEndpoints): Declared {
  const edges = platform.components.flatMap((component) => component.edges.flatMap((edge) => (edge.kind === 'component' ? [readEdge(component, edge, around)] : [])));
  const controllers = ingressControllers(platform, around);
  const exposed = platform.components.filter(({ expose }) => expose).map((component) => ({ component, controllers: controllersFor(component, controllers, around), targets: exposedTargets(component, around) }));
  const flows = [
    ...platform.components.flatMap((component) => [...toOutside(component, around, controllers), ...frontDoor(component, around, controllers)]),
    ...edges.flatMap((edge) => edgeFlows(edge, around)),
    ...exposed.flatMap(exposeFlows),
    ...exposed.flatMap((each) => solverFlows(each, around)),
    ...monitoringFlows(platform, around),
    ...scalerFlows(platform, { edges, around }),
  ];
  return { flows, edges, exposed };
}

/** The endpoints of a component's own pods. */
export function ownEndpoints(component: string, { byComponent }: PlatformEndpoints): readonly Endpoint[] {
  return byComponent.get(component) ?? [];
}

/** The endpoints that an edge to a component leads to: its own, and those behind its Services. */
export function targetsOf(component: string, around: PlatformEndpoints): Endpoint[] {
  const behind = (around.servicesOf.get(component) ?? []).flatMap(({ targets }) => targets);
  return [...new Set([...ownEndpoints(component, around), ...behind])];
}

function readEdge({ locate }: ResolvedComponent, edge: ReadEdge['edge'], around: PlatformEndpoints): ReadEdge {
  const outside = around.externalNames.get(edge.to);
  return { edge, ports: edgePorts(edge, targetsOf(edge.to, around), around.servicesAt), ...(outside === undefined ? {} : { outside }), at: locate(['uses', edge.use], 'value') };
}

function edgeFlows({ edge, ports, at }: ReadEdge, around: PlatformEndpoints): Flow[] {
  const users = ownEndpoints(edge.from, around);
  return [...ports.opened].flatMap(([to, opened]) => users.filter((from) => from !== to).map((from): Flow => ({ kind: 'component', from, to, ports: opened, component: edge.from, other: edge.to, at })));
}

const dnsPorts = unionOf([portsOf('UDP', 53), portsOf('TCP', 53)]);
/** 443 is the Service of the API server, 6443 where it usually listens: a policy sees the one or the other. */
export const apiPorts: PortSet = unionOf([portsOf('TCP', 443), portsOf('TCP', 6443)]);

function toOutside(component: ResolvedComponent, around: PlatformEndpoints, controllers: readonly IngressController[]): Flow[] {
  const { name, edges, locate } = component;
  const { places } = around;
  const own = ownEndpoints(name, around);
  const from = (kind: FlowKind, to: Endpoint, what: { ports: PortSet; other: string; at: Location }): Flow[] => own.filter((each) => each !== to).map((each) => ({ kind, from: each, to, component: name, ...what }));
  const outside = edges.flatMap((edge): Flow[] => {
    const at = locate(['uses', edge.use], 'value');
    switch (edge.kind) {
      case 'component':
      case 'dns':
        return [];
      case 'kubernetes-api':
        return from('kubernetes-api', places.api, { ports: apiPorts, other: 'kubernetes-api', at });
      case 'ingress':
        return controllers.flatMap(({ endpoint }) => from('ingress', endpoint, { ports: allPorts, other: endpoint.component ?? endpoint.id, at }));
      case 'webhook':
        return [...webhookPorts(name, around)].map(([to, ports]) => ({ kind: 'webhook', from: places.api, to, ports, component: name, other: 'kubernetes-api', at }));
      case 'cidr':
        return from('cidr', addressEndpoint(edge.cidr, [edge.cidr]), { ports: edge.ports ? unionOf(edge.ports.map((port) => portsOf('TCP', port))) : allPorts, other: edge.cidr, at });
    }
  });
  const declared = edges.find(({ kind }) => kind === 'dns');
  const dns = from('dns', places.dns, { ports: dnsPorts, other: 'dns', at: declared ? locate(['uses', declared.use], 'value') : component.at });
  return [...dns, ...outside];
}

/** An endpoint of something that lets traffic in, and the classes it serves (none: not known). */
export interface IngressController {
  endpoint: Endpoint;
  classes: string[];
}

/** What lets traffic in: controllers of the cluster, and components of the platform that make an IngressClass. */
export function ingressControllers({ components }: ResolvedPlatform, around: PlatformEndpoints): IngressController[] {
  const foreign = around.places.controllers.filter(({ controller }) => controller.classes.length > 0).map(({ controller, endpoint }) => ({ endpoint, classes: controller.classes }));
  const made = new Map<string, string[]>();
  for (const { component, ref } of around.objects) if (ref.kind === 'IngressClass' || ref.kind === 'GatewayClass') made.set(component, [...(made.get(component) ?? []), ref.name]);
  const own = components.flatMap(({ name }) => {
    const classes = made.get(name);
    return classes ? ownEndpoints(name, around).map((endpoint) => ({ endpoint, classes })) : [];
  });
  return [...own, ...foreign];
}

/** The controllers that serve a component's class; all there are when it names none, or one that nobody is known to serve. */
function controllersFor({ name, expose }: ResolvedComponent, controllers: readonly IngressController[], around: PlatformEndpoints): Endpoint[] {
  const all = controllers.filter(({ endpoint }) => endpoint.component !== name);
  const own = around.objects.filter(({ component, object }) => component === name && object.kind === 'Ingress' && groupOf(object.apiVersion) === 'networking.k8s.io');
  const wanted = expose?.class ? [expose.class] : own.flatMap(({ object }) => asString(valueAt(object, 'spec', 'ingressClassName')) ?? object.metadata.annotations?.['kubernetes.io/ingress.class'] ?? []);
  const serving = all.filter(({ classes }) => classes.some((each) => wanted.includes(each)));
  return (serving.length > 0 ? serving : all).map(({ endpoint }) => endpoint);
}

/** The ports behind the Ingresses and routes of a component; without any, those of its Services (one of them when `expose.port` names it). */
function exposedTargets({ name, expose }: ResolvedComponent, around: PlatformEndpoints): Map<Endpoint, PortSet> {
  const backends = backendsOf(around.objects.filter(({ component, hook }) => component === name && !hook));
  const routed = collect(targetsBehind(around.services), (endpoint) =>
    servedPorts(around.servicesAt(endpoint), endpoint, (port, service) => backends.some((each) => each.service === service.name && each.namespace === service.namespace && (each.port === undefined || each.port === port.port || each.port === port.name))),
  );
  if (routed.size > 0) return routed;
  const own = around.services.filter(({ component }) => component === name);
  const served = collect(targetsOf(name, around), (endpoint) => servedPorts(own, endpoint, ({ port, target }) => expose?.port === undefined || port === expose.port || target === expose.port));
  return served.size > 0 ? served : collect(targetsOf(name, around), (endpoint) => (expose?.port === undefined ? containerPorts(endpoint) : intersectionOf(containerPorts(endpoint), portsOf('TCP', expose.port))));
}

function targetsBehind(services: readonly ServiceView[]): Endpoint[] {
  return [...new Set(services.flatMap(({ targets }) => targets))];
}

function collect(endpoints: readonly Endpoint[], portsFor: (endpoint: Endpoint) => PortSet): Map<Endpoint, PortSet> {
  return new Map(endpoints.map((endpoint): [Endpoint, PortSet] => [endpoint, portsFor(endpoint)]).filter(([, ports]) => !isEmpty(ports)));
}

function exposeFlows({ component: { name, locate }, controllers, targets }: Declared['exposed'][number]): Flow[] {
  const at = locate(['expose']);
  return controllers.flatMap((from) => [...targets].map(([to, ports]): Flow => ({ kind: 'expose', from, to, ports, component: name, other: from.component ?? from.id, at })));
}

function solverFlows({ component: { name, namespace, locate }, controllers }: Declared['exposed'][number], { workloads }: PlatformEndpoints): Flow[] {
  const solvers = workloads.filter((each) => isSolver(each) && each.namespace === namespace);
  return controllers.flatMap((from) => solvers.map((to): Flow => ({ kind: 'expose', from, to, ports: containerPorts(to), component: name, other: from.component ?? from.id, at: locate(['expose']) })));
}

/** A component that is an ingress controller, or is exposed by a Service of its own, takes in what its outer Services take in. */
function frontDoor({ name, expose, at, locate }: ResolvedComponent, around: PlatformEndpoints, controllers: readonly IngressController[]): Flow[] {
  const isController = controllers.some(({ endpoint }) => endpoint.component === name);
  if (!isController && !expose) return [];
  const outer = around.services.filter(({ component, type }) => component === name && (type === 'LoadBalancer' || type === 'NodePort'));
  const place = expose ? locate(['expose']) : at;
  return targetsBehind(outer).flatMap((to): Flow[] => {
    const ports = servedPorts(outer, to);
    return isEmpty(ports) ? [] : [{ kind: 'front-door', from: around.places.anywhere, to, ports, component: name, other: 'anywhere', at: place }];
  });
}

const metricsNames = ['metrics', 'http-metrics'];

/** Whoever reads metrics may reach the ports named so, of containers or of Services before them. */
function monitoringFlows(platform: ResolvedPlatform, around: PlatformEndpoints): Flow[] {
  const { monitoring } = around.places;
  if (!monitoring) return [];
  const own = around.workloads.filter((each) => each.namespace === monitoring.namespace && hasLabels(each));
  const readers = own.length > 0 ? own : [monitoring];
  const at = platform.locate(['network', 'monitoring']);
  return around.workloads.flatMap((to) => {
    const ofContainers = unionOf(to.ports.filter(({ name }) => name !== undefined && metricsNames.includes(name)).map(({ port, protocol }) => portsOf(protocol, port)));
    const ports = unionOf([ofContainers, servedPorts(around.servicesAt(to), to, ({ name }) => metricsNames.includes(name)), noPorts]);
    if (isEmpty(ports)) return [];
    return readers.filter((from) => from !== to).map((from): Flow => ({ kind: 'monitoring', from, to, ports, component: to.component ?? '', other: 'monitoring', at }));
  });
}
