import { asDict, asList, asNumber, asString, asStrings, isDict, type Dict } from '../lib/read-unknown.js';
import { formatRef, refOf } from '../model/index.js';
import { hasLabels, type Endpoint, type Protocol } from './endpoint.js';
import { namespaceNameLabel, type Passage, type Side, type Verdict } from './network.js';
import { rulePath, writtenRule, type Direction, type Policy } from './policy.js';
import { formatSelector } from './selector.js';

/** A path that is asked about. */
export interface Way {
  from: Endpoint;
  to: Endpoint;
  port: number;
  protocol: Protocol;
}

/** Names a policy: `NetworkPolicy/shop/default-deny`. */
export function policyName(policy: Policy): string {
  return formatRef(refOf(policy.object));
}

/** Names a rule: `spec.ingress[0] of NetworkPolicy/shop/allow-web`. */
export function ruleName({ policy, rule }: Pick<Passage, 'policy' | 'rule'>, direction: Direction): string {
  return `${rulePath(direction, rule)} of ${policyName(policy)}`;
}

/** Writes a port: `5432`, `53/UDP`. */
export function formatPort(port: number, protocol: Protocol): string {
  return protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
}

/** Why a path is not open, side by side; empty for an open one. */
export function whyClosed(verdict: Verdict, way: Way): string[] {
  return (['egress', 'ingress'] as const).flatMap((direction) => (verdict[direction].state === 'open' ? [] : [whySide(verdict[direction], direction, way)]));
}

function whySide({ state, refusals, passages }: Side, direction: Direction, { from, to, port, protocol }: Way): string {
  const [subject, peer] = direction === 'egress' ? [from, to] : [to, from];
  const what = `${peer.id} on ${formatPort(port, protocol)}`;
  if (state === 'partly') return `${passages.map((passage) => ruleName(passage, direction)).join(' and ')} lets through only some of the addresses that ${peer.id} may have`;
  const policies = refusals.map(({ policy }) => policyName(policy));
  const verb = policies.length === 1 ? 'selects' : 'select';
  const near = refusals.flatMap(({ policy, rules }) => rules.filter(({ missing }) => missing !== 'both').map(({ rule, missing }) => `${ruleName({ policy, rule }, direction)} has the ${missing === 'port' ? `peer but not port ${formatPort(port, protocol)}` : 'port but not the peer'}`));
  const tail = near.length > 0 ? ` (${near.slice(0, 3).join('; ')})` : '';
  const host = hasLabels(peer) || peer.kind === 'address' ? '' : `; ${peer.id} runs on the host network, where no label finds it`;
  return `${few(policies)} ${verb} ${subject.id} for ${direction}, and no rule lets ${direction === 'egress' ? `it reach ${what}` : `${what} in`}${tail}${host}`;
}

/** The rule that would open a side, in words: `egress to pods app=db of namespace data on 5432`. */
export function missingRule(direction: Direction, peer: Endpoint, { ports, namespace }: { ports: string; namespace: string }): string {
  return `${direction} ${direction === 'egress' ? 'to' : 'from'} ${peerWords(peer, namespace)} on ${ports}`;
}

function peerWords(peer: Endpoint, namespace: string): string {
  if (!hasLabels(peer)) return peer.addresses.length > 0 && peer.addresses.length < 4 ? peer.addresses.join(', ') : peer.id;
  const labels = Object.entries(peer.labels).map(([key, value]) => `${key}=${value}`).join(',');
  const where = peer.namespace === namespace ? '' : ` of namespaces with ${namespaceNameLabel}=${peer.namespace}`;
  return `${labels === '' ? 'all pods' : `pods ${labels}`}${where}`;
}

/** Writes at most three of a list. */
export function few(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** A rule in words: `from pods app=web of namespace shop on 8000, 53/UDP`. */
export function ruleWords(policy: Policy, direction: Direction, rule: Pick<Passage['rule'], 'index'>): string {
  const written = writtenRule(policy, direction, rule);
  const side = direction === 'ingress' ? 'from' : 'to';
  const peers = asList(written[side]).map((peer) => peerText(asDict(peer)));
  const ports = asList(written['ports']).map((port) => portText(asDict(port)));
  return `${side} ${peers.length === 0 ? 'everybody' : peers.join(' or ')} on ${ports.length === 0 ? 'all ports' : ports.join(', ')}`;
}

function peerText({ ipBlock, namespaceSelector, podSelector }: Dict): string {
  if (isDict(ipBlock)) {
    const except = asList(ipBlock['except']).map(String);
    return `${asString(ipBlock['cidr']) ?? ''}${except.length === 0 ? '' : ` but ${except.join(', ')}`}`;
  }
  const pods = isDict(podSelector) && formatSelector(podSelector) !== 'all' ? `pods ${formatSelector(podSelector)}` : 'all pods';
  if (!isDict(namespaceSelector)) return pods;
  const name = asStrings(namespaceSelector['matchLabels'])[namespaceNameLabel];
  const only = name !== undefined && formatSelector(namespaceSelector) === `${namespaceNameLabel}=${name}`;
  if (formatSelector(namespaceSelector) === 'all') return `${pods} of all namespaces`;
  return only ? `${pods} of namespace ${name}` : `${pods} of namespaces ${formatSelector(namespaceSelector)}`;
}

function portText({ port, endPort, protocol }: Dict): string {
  const named = asString(protocol) ?? 'TCP';
  const behind = named === 'TCP' ? '' : `/${named}`;
  const first = asNumber(port) ?? asString(port);
  if (first === undefined) return `all ${named} ports`;
  const last = asNumber(endPort);
  return `${first}${last === undefined ? '' : `-${last}`}${behind}`;
}
