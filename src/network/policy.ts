import { labelTest, type LabelTest } from '../lib/label-selector.js';
import { asDict, asList, asNumber, asString, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { groupOf, type KubeObject } from '../model/index.js';
import { parseRange, type Block } from './address.js';
import { protocols, type Endpoint, type Protocol } from './endpoint.js';
import { allOf, allPorts, noPorts, portsOf, unionOf, type PortSet } from './port-set.js';

/** The way a policy looks at traffic: what comes to the pods it selects, or what leaves them. */
export type Direction = 'ingress' | 'egress';

/** Whom a rule is about. Pods are found by labels, everything with an address by blocks. */
export type Peer =
  | { kind: 'pods'; namespaces: LabelTest | 'own'; pods: LabelTest; written: Dict }
  | { kind: 'block'; block: Block | undefined; written: Dict };

/** One entry of `ingress` or `egress`. */
export interface Rule {
  /** Its index in the list. */
  index: number;
  /** Everybody when undefined. */
  peers: Peer[] | undefined;
  /** The ports it opens on an endpoint; named ones depend on what the endpoint calls its ports. */
  ports(target: Endpoint): PortSet;
}

/** A NetworkPolicy, compiled. */
export interface Policy {
  name: string;
  namespace: string;
  selects: LabelTest;
  directions: ReadonlySet<Direction>;
  ingress: Rule[];
  egress: Rule[];
  object: KubeObject;
}

/** Tells whether an object is a NetworkPolicy of Kubernetes itself. */
export function isNetworkPolicy(object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return object.kind === 'NetworkPolicy' && groupOf(object.apiVersion) === 'networking.k8s.io';
}

/** Tells whether an object is a NetworkPolicy that only closes. */
export function isDenial(object: KubeObject): boolean {
  return isNetworkPolicy(object) && asList(valueAt(object, 'spec', 'ingress')).length === 0 && asList(valueAt(object, 'spec', 'egress')).length === 0;
}

/** Compiles a NetworkPolicy as networking.k8s.io/v1 defines it. */
export function compilePolicy(object: KubeObject): Policy {
  const spec = asDict(object['spec']);
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? 'default',
    selects: labelTest(spec['podSelector']),
    directions: directionsOf(spec),
    ingress: rulesOf(spec['ingress'], 'from'),
    egress: rulesOf(spec['egress'], 'to'),
    object,
  };
}

/** Without `policyTypes` a policy is about ingress, and about egress when it has rules for it. */
function directionsOf(spec: Dict): Set<Direction> {
  const types = asList(spec['policyTypes']);
  if (types.length === 0) return new Set<Direction>(asList(spec['egress']).length > 0 ? ['ingress', 'egress'] : ['ingress']);
  return new Set([...(types.includes('Ingress') ? ['ingress' as const] : []), ...(types.includes('Egress') ? ['egress' as const] : [])]);
}

function rulesOf(rules: unknown, side: 'from' | 'to'): Rule[] {
  return asList(rules).map((entry, index) => {
    const rule = asDict(entry);
    const peers = asList(rule[side]);
    return { index, peers: peers.length === 0 ? undefined : peers.map((peer) => compilePeer(asDict(peer))), ports: compilePorts(asList(rule['ports'])) };
  });
}

function compilePeer(peer: Dict): Peer {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (isDict(ipBlock)) return { kind: 'block', block: blockOf(ipBlock), written: peer };
  // A selector that is not there is not the same as an empty one; a peer with neither is about nobody.
  if (!isDict(namespaceSelector) && !isDict(podSelector)) return { kind: 'block', block: undefined, written: peer };
  return { kind: 'pods', namespaces: isDict(namespaceSelector) ? labelTest(namespaceSelector) : 'own', pods: labelTest(podSelector), written: peer };
}

function blockOf(ipBlock: Dict): Block | undefined {
  const range = parseRange(asString(ipBlock['cidr']) ?? '');
  return range && { range, except: asList(ipBlock['except']).flatMap((entry) => parseRange(asString(entry) ?? '') ?? []) };
}

/** No list of ports, or an empty one, stands for every port of every protocol. */
function compilePorts(ports: readonly unknown[]): Rule['ports'] {
  if (ports.length === 0) return () => allPorts;
  const parts = ports.map((entry) => compilePort(asDict(entry)));
  const fixed = parts.filter((part) => typeof part !== 'function');
  const named = parts.filter((part) => typeof part === 'function');
  const known = unionOf(fixed);
  return named.length === 0 ? () => known : (target) => unionOf([known, ...named.map((find) => find(target))]);
}

function compilePort({ protocol = 'TCP', port, endPort }: Dict): PortSet | ((target: Endpoint) => PortSet) {
  const known = protocols.find((each) => each === (protocol ?? 'TCP'));
  if (!known) return noPorts;
  if (port === undefined || port === null) return allOf(known);
  const number = asNumber(port);
  if (number !== undefined) return portsOf(known, number, asNumber(endPort) ?? number);
  const name = asString(port);
  return name === undefined ? noPorts : (target) => portsNamed(target, name, known);
}

/** A named port is what the containers of the target call so; what has an address alone has no names. */
function portsNamed(target: Endpoint, name: string, protocol: Protocol): PortSet {
  if (target.kind !== 'pod' || target.hostNetwork) return noPorts;
  return unionOf(target.ports.filter((each) => each.name === name && each.protocol === protocol).map(({ port }) => portsOf(protocol, port)));
}

/** Where a rule stands in its policy: `spec.egress[0]`. */
export function rulePath(direction: Direction, rule: Pick<Rule, 'index'>): string {
  return `spec.${direction}[${rule.index}]`;
}

/** The rule as it is written. */
export function writtenRule(policy: Policy, direction: Direction, rule: Pick<Rule, 'index'>): Dict {
  return asDict(valueAt(policy.object, 'spec', direction, rule.index));
}
