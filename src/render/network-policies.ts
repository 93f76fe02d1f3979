import type { Location } from '../diagnostics/index.js';
import type { Dict } from '../lib/read-unknown.js';
import type { KubeObject, ResolvedPlatform } from '../model/index.js';
import { allPorts, declaredFlows, formatPorts, hasLabels, namespaceNameLabel, protocols, unionOf, type Endpoint, type Flow, type PortSet } from '../network/index.js';
import type { Draft } from './draft.js';
import { policyNames } from './network-names.js';
import { findSelectors, type Selectors } from './network-selectors.js';
import type { OwnComponent } from './own-components.js';

/** Where a node-local DNS cache listens: a link-local address, which no label finds. */
const linkLocal = '169.254.0.0/16';

/**
 * The NetworkPolicies that open what the platform declares and nothing else: one for each workload, with all that it sends and takes in,
 * so that no write of one policy cuts what the next would open; then one that denies everything for each namespace.
 */
export function networkPolicies(platform: ResolvedPlatform, drafts: readonly Draft[]): Pick<OwnComponent, 'objects' | 'drafts' | 'diagnostics'> {
  const selectors = findSelectors(platform, drafts);
  const { around, selectorOf } = selectors;
  const { flows } = declaredFlows(platform, around);
  const at = platform.locate(['network', 'policies']);
  const own = around.workloads.filter((each) => selectorOf.has(each));
  const names = policyNames(own, around.podsOf);
  const making: Making = { selectorOf, everybody: new Set([around.places.api, around.places.anywhere]), dns: around.places.dns };
  const traffic: Traffic = { itself: itselfPeers(own, making), into: grouped(flows, 'to'), outOf: grouped(flows, 'from') };
  const allowed = own.map((endpoint) => ({ object: allowPolicy(names.get(endpoint)!, endpoint, { traffic, making }), at: placeOf(platform, endpoint, at) }));
  const closed = [...new Set(own.map(({ namespace }) => namespace))].filter((namespace) => !isShared(platform, namespace)).map((namespace) => ({ object: defaultDeny(namespace), at }));
  return { objects: [...allowed, ...closed], drafts: selectors.drafts, diagnostics: selectors.diagnostics };
}

interface Making extends Pick<Selectors, 'selectorOf'> {
  /** Places whose address nobody knows: a rule about them names no peer. */
  everybody: ReadonlySet<Endpoint>;
  dns: Endpoint;
}

/** Flows by the endpoint that a policy is about. */
interface Traffic {
  /** All pods of a component, as a policy in a namespace names them. */
  itself(component: string | undefined, namespace: string): Dict[];
  into: ReadonlyMap<Endpoint, Flow[]>;
  outOf: ReadonlyMap<Endpoint, Flow[]>;
}

function itselfPeers(own: readonly Endpoint[], making: Making): Traffic['itself'] {
  const known = new Map<string, Dict[]>();
  return (component, namespace) => {
    if (component === undefined) return [];
    const key = `${component}/${namespace}`;
    const peers = known.get(key) ?? distinct(own.filter((each) => each.component === component).flatMap((each) => peersOf(each, namespace, making)));
    known.set(key, peers);
    return peers;
  };
}

function grouped(flows: readonly Flow[], end: 'from' | 'to'): Map<Endpoint, Flow[]> {
  const groups = new Map<Endpoint, Flow[]>();
  for (const flow of flows) {
    const group = groups.get(flow[end]);
    if (group) group.push(flow);
    else groups.set(flow[end], [flow]);
  }
  return groups;
}

/** The place of the edges that a policy follows from. */
function placeOf({ components }: ResolvedPlatform, { component }: Endpoint, otherwise: Location): Location {
  const found = components.find(({ name }) => name === component);
  return found && found.edges.length > 0 ? found.locate(['uses']) : otherwise;
}

/** Others live in these namespaces too: their pods must not be cut off, so that each workload is closed by its own policy alone. */
function isShared({ components }: ResolvedPlatform, namespace: string): boolean {
  return namespace.startsWith('kube-') || components.some(({ external }) => external.includes(`Namespace/${namespace}`));
}

function defaultDeny(namespace: string): KubeObject {
  return policyOf('default-deny', namespace, { description: 'Denies what no other policy of this namespace allows', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } });
}

function allowPolicy(name: string, endpoint: Endpoint, { traffic, making }: { traffic: Traffic; making: Making }): KubeObject {
  const { namespace, component } = endpoint;
  const itself = traffic.itself(component, namespace);
  const rules = (flows: readonly Flow[] | undefined, side: 'from' | 'to'): Dict[] => [...(itself.length > 0 ? [{ [side]: itself }] : []), ...rulesOf(flows ?? [], { side, namespace, making })];
  const ingress = rules(traffic.into.get(endpoint), 'from');
  const egress = rules(traffic.outOf.get(endpoint), 'to');
  const spec = { podSelector: making.selectorOf.get(endpoint) ?? {}, policyTypes: ['Ingress', 'Egress'], ...(ingress.length > 0 ? { ingress } : {}), ...(egress.length > 0 ? { egress } : {}) };
  return policyOf(name, namespace, { description: component === undefined ? 'Lets the ingress controller reach what answers ACME challenges' : `What ${component} declares in uses and expose, and who may reach it`, spec });
}

function policyOf(name: string, namespace: string, { description, spec }: { description: string; spec: Dict }): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace, annotations: { 'kubernetes.io/description': description } }, spec };
}

interface RuleSide {
  side: 'from' | 'to';
  namespace: string;
  making: Making;
}

/** One rule for each other side and set of ports, by name. */
function rulesOf(flows: readonly Flow[], { side, namespace, making }: RuleSide): Dict[] {
  const groups = new Map<string, { peers: Set<Endpoint>; ports: PortSet }>();
  for (const [peer, { other, ports }] of byPeer(flows, side)) {
    const key = `${other} ${formatPorts(ports)}`;
    const group = groups.get(key) ?? { peers: new Set(), ports };
    groups.set(key, group);
    group.peers.add(peer);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { peers, ports }]) => {
    const all = [...peers].some((peer) => making.everybody.has(peer));
    const written = all ? [] : distinct([...peers].flatMap((peer) => peersOf(peer, namespace, making)));
    return { ...(written.length > 0 ? { [side]: written } : {}), ...portsOf(ports) };
  }).filter((rule, i, rules) => !isEverything(rule) || rules.findIndex(isEverything) === i);
}

/** All that is open to one peer, under one name. */
function byPeer(flows: readonly Flow[], side: 'from' | 'to'): Map<Endpoint, { other: string; ports: PortSet }> {
  const found = new Map<Endpoint, { other: string; ports: PortSet }>();
  for (const flow of flows) {
    const peer = flow[side];
    if (!isPeer(peer)) continue;
    const before = found.get(peer);
    const other = side === 'to' ? flow.other : flow.kind === 'component' ? flow.component : flow.other;
    found.set(peer, { other: before && before.other < other ? before.other : other, ports: before ? unionOf([before.ports, flow.ports]) : flow.ports });
  }
  return found;
}

/** A pod on the host network has no labels to a policy, and which address its node has nobody knows. */
function isPeer(endpoint: Endpoint): boolean {
  return endpoint.kind === 'address' || hasLabels(endpoint);
}

function isEverything(rule: Dict): boolean {
  return Object.keys(rule).length === 0;
}

function peersOf(peer: Endpoint, namespace: string, { selectorOf, dns }: Making): Dict[] {
  if (peer.kind === 'address') return peer.addresses.map((address) => ({ ipBlock: { cidr: address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}` } }));
  const labels = selectorOf.get(peer) ?? (Object.keys(peer.labels).length > 0 ? { matchLabels: peer.labels } : undefined);
  const elsewhere = peer.namespace === namespace ? {} : { namespaceSelector: { matchLabels: { [namespaceNameLabel]: peer.namespace } } };
  const pods: Dict = { ...elsewhere, ...(labels || peer.namespace === namespace ? { podSelector: labels ?? {} } : {}) };
  return peer === dns ? [pods, { ipBlock: { cidr: linkLocal } }] : [pods];
}

/** Each peer once, in an order that does not depend on that of components. */
function distinct(peers: readonly Dict[]): Dict[] {
  return [...new Map(peers.map((peer) => [JSON.stringify(peer), peer]))].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer);
}

function portsOf(set: PortSet): Dict {
  if (set === allPorts || formatPorts(set) === formatPorts(allPorts)) return {};
  const ports = protocols.flatMap((protocol) => set[protocol].map(([first, last]) => ({ protocol, ...(last - first >= 65534 ? {} : { port: first, ...(last > first ? { endPort: last } : {}) }) })));
  return { ports };
}
