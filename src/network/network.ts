import { asStrings, valueAt } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import { allAddresses, parseRange, privateRanges, shareOf, type AddressRange, type Share } from './address.js';
import { hasLabels, type Endpoint, type Protocol } from './endpoint.js';
import { compilePolicy, type Direction, type Peer, type Policy, type Rule } from './policy.js';
import { allPorts, hasPort, intersectionOf, isEmpty, unionOf, type PortSet } from './port-set.js';

/** Namespaces, endpoints and policies: everything that decides who reaches whom. */
export interface NetworkWorld {
  /** Labels by namespace; the name label that Kubernetes sets is added. */
  namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  endpoints: readonly Endpoint[];
  /** Objects of kind NetworkPolicy. */
  policies: readonly KubeObject[];
  /** CIDRs of the pod network; the private ranges where it is not known. */
  podRanges?: readonly string[];
}

/** `partly`: only for some of the addresses that an end may have. */
export type State = 'open' | 'partly' | 'closed';

/** The ports that are open for sure, and those that may be, depending on addresses. */
export interface OpenPorts {
  certain: PortSet;
  possible: PortSet;
}

/** A rule that lets something through. */
export interface Passage {
  policy: Policy;
  rule: Rule;
  share: 'all' | 'some';
}

/** A policy that selects an endpoint and lets something not through, and how near each of its rules comes. */
export interface Refusal {
  policy: Policy;
  /** None: the policy denies everything. */
  rules: { rule: Rule; missing: 'peer' | 'port' | 'both' }[];
}

/** What one end of a path says. */
export interface Side {
  state: State;
  /** Policies that select the endpoint in this direction; without any, everything is let through. */
  selecting: Policy[];
  passages: Passage[];
  /** Filled where nothing lets it through. */
  refusals: Refusal[];
}

/** Whether traffic from one endpoint to a port of another is let through, and by what on each side. */
export interface Verdict {
  state: State;
  /** A pod always reaches itself, whatever its policies say. */
  itself: boolean;
  egress: Side;
  ingress: Side;
}

/** Answers who reaches whom. Endpoints are those of the world, by identity. */
export interface Network {
  endpoints: readonly Endpoint[];
  policies: readonly Policy[];
  /** Policies that select an endpoint in a direction. */
  selecting(endpoint: Endpoint, direction: Direction): readonly Policy[];
  /** Every port of `to` that `from` reaches. */
  open(from: Endpoint, to: Endpoint): OpenPorts;
  /** The verdict on one port, with its reasons. */
  verdict(from: Endpoint, to: Endpoint, at: { port: number; protocol?: Protocol }): Verdict;
  /** How much of an endpoint the peers of a rule are about. */
  share(policy: Policy, rule: Rule, peer: Endpoint): Share;
  /** Whether a peer of a rule picks an endpoint by its labels, blocks of addresses aside. */
  picks(policy: Policy, rule: Rule, peer: Endpoint): boolean;
}

/** The label that Kubernetes gives to each namespace. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** Compiles policies and finds the pods that each selects, once; every question after that is a look into tables. */
export function createNetwork(world: NetworkWorld): Network {
  const { endpoints } = world;
  const policies = world.policies.map(compilePolicy);
  const indexOf = new Map(endpoints.map((endpoint, i) => [endpoint, i]));
  const tables = { ingress: tableOf(policies, endpoints, 'ingress'), egress: tableOf(policies, endpoints, 'egress') };
  const matcher = createMatcher(world);
  const matches = new Map<Rule, ReadonlyMap<number, 'all' | 'some'>>();

  const numberOf = (endpoint: Endpoint): number => {
    const index = indexOf.get(endpoint);
    if (index === undefined) throw new Error(`${endpoint.id} is not in this network`);
    return index;
  };
  const share = (policy: Policy, rule: Rule, peer: Endpoint): Share => {
    if (!rule.peers) return 'all';
    let found = matches.get(rule);
    if (!found) matches.set(rule, (found = matcher.find(policy, rule.peers)));
    return found.get(numberOf(peer)) ?? 'none';
  };
  const selecting = (endpoint: Endpoint, direction: Direction): readonly Policy[] => tables[direction][numberOf(endpoint)]!;
  const side = (subject: Endpoint, peer: Endpoint, direction: Direction): OpenPorts => {
    const found = selecting(subject, direction);
    if (found.length === 0) return everything;
    const target = direction === 'ingress' ? subject : peer;
    const certain: PortSet[] = [];
    const possible: PortSet[] = [];
    for (const policy of found) {
      for (const rule of policy[direction]) {
        const matched = share(policy, rule, peer);
        if (matched === 'none') continue;
        const ports = rule.ports(target);
        possible.push(ports);
        if (matched === 'all') certain.push(ports);
      }
    }
    const sure = unionOf(certain);
    return { certain: sure, possible: possible.length === certain.length ? sure : unionOf(possible) };
  };

  return {
    endpoints,
    policies,
    selecting,
    share,
    picks: (policy, rule, peer) => (rule.peers ?? []).some((each) => each.kind === 'pods' && matcher.one(policy, each, peer) === 'all'),
    open(from, to) {
      if (from === to) return everything;
      const out = side(from, to, 'egress');
      // Most ways end here: what does not leave need not come in.
      if (isEmpty(out.possible)) return out;
      const into = side(to, from, 'ingress');
      const certain = intersectionOf(out.certain, into.certain);
      return { certain, possible: out.certain === out.possible && into.certain === into.possible ? certain : intersectionOf(out.possible, into.possible) };
    },
    verdict(from, to, { port, protocol = 'TCP' }) {
      const asked = { port, protocol, share };
      const egress = explain(selecting(from, 'egress'), 'egress', { ...asked, peer: to, target: to });
      const ingress = explain(selecting(to, 'ingress'), 'ingress', { ...asked, peer: from, target: to });
      const itself = from === to;
      return { state: itself ? 'open' : weaker(egress.state, ingress.state), itself, egress, ingress };
    },
  };
}

const everything: OpenPorts = { certain: allPorts, possible: allPorts };

/** For each endpoint the policies that select it in a direction. */
function tableOf(policies: readonly Policy[], endpoints: readonly Endpoint[], direction: Direction): Policy[][] {
  const byNamespace = new Map<string, Policy[]>();
  for (const policy of policies) {
    if (!policy.directions.has(direction)) continue;
    const list = byNamespace.get(policy.namespace);
    if (list) list.push(policy);
    else byNamespace.set(policy.namespace, [policy]);
  }
  return endpoints.map((endpoint) => (hasLabels(endpoint) ? (byNamespace.get(endpoint.namespace) ?? []).filter(({ selects }) => selects(endpoint.labels)) : []));
}

interface Matcher {
  one(policy: Policy, peer: Peer, endpoint: Endpoint): Share;
  /** The endpoints that a list of peers is about, by their number. */
  find(policy: Policy, peers: readonly Peer[]): Map<number, 'all' | 'some'>;
}

/** Makes the functions that say how much of an endpoint a peer is about. */
function createMatcher({ namespaces, endpoints, podRanges = privateRanges }: NetworkWorld): Matcher {
  const labelled = new Map(Object.entries(namespaces).map(([name, labels]) => [name, { ...labels, [namespaceNameLabel]: name }]));
  const labelsOf = (namespace: string): Record<string, string> => labelled.get(namespace) ?? { [namespaceNameLabel]: namespace };
  const unknownPod = ranges(podRanges);
  const unknownOther = ranges(allAddresses);
  const known = new Map(endpoints.map((endpoint) => [endpoint, endpoint.addresses.length > 0 ? ranges(endpoint.addresses) : hasLabels(endpoint) ? unknownPod : unknownOther]));
  const one = (policy: Policy, peer: Peer, endpoint: Endpoint): Share => {
    if (peer.kind === 'block') return peer.block ? shareOf(peer.block, known.get(endpoint) ?? []) : 'none';
    if (!hasLabels(endpoint)) return 'none';
    const here = peer.namespaces === 'own' ? endpoint.namespace === policy.namespace : peer.namespaces(labelsOf(endpoint.namespace));
    return here && peer.pods(endpoint.labels) ? 'all' : 'none';
  };
  const candidates = createCandidates(endpoints);
  return {
    one,
    find(policy, peers) {
      const found = new Map<number, 'all' | 'some'>();
      for (const peer of peers) {
        for (const index of candidates(peer)) {
          const share = found.get(index) === 'all' ? 'none' : one(policy, peer, endpoints[index]!);
          if (share !== 'none') found.set(index, share);
        }
      }
      return found;
    },
  };
}

/** Narrows the endpoints that a peer may be about down to those with one of its labels, so that not every pod is asked for every rule. */
function createCandidates(endpoints: readonly Endpoint[]): (peer: Peer) => readonly number[] {
  const all = endpoints.map((_, index) => index);
  const byLabel = new Map<string, number[]>();
  for (const [index, { labels }] of endpoints.entries()) {
    for (const [key, value] of Object.entries(labels)) {
      const list = byLabel.get(`${key}=${value}`);
      if (list) list.push(index);
      else byLabel.set(`${key}=${value}`, [index]);
    }
  }
  return (peer) => {
    if (peer.kind === 'block') return all;
    const wanted = Object.entries(asStrings(valueAt(peer.written, 'podSelector', 'matchLabels'))).map(([key, value]) => byLabel.get(`${key}=${value}`) ?? []);
    return wanted.reduce<readonly number[]>((least, list) => (list.length < least.length ? list : least), all);
  };
}

function ranges(texts: readonly string[]): AddressRange[] {
  return texts.flatMap((text) => parseRange(text) ?? []);
}

interface Question {
  port: number;
  protocol: Protocol;
  peer: Endpoint;
  target: Endpoint;
  share: Network['share'];
}

function explain(selecting: readonly Policy[], direction: Direction, { port, protocol, peer, target, share }: Question): Side {
  if (selecting.length === 0) return { state: 'open', selecting: [], passages: [], refusals: [] };
  const passages: Passage[] = [];
  const refusals: Refusal[] = [];
  for (const policy of selecting) {
    const refusal: Refusal = { policy, rules: [] };
    for (const rule of policy[direction]) {
      const matched = share(policy, rule, peer);
      const opened = hasPort(rule.ports(target), protocol, port);
      if (matched !== 'none' && opened) passages.push({ policy, rule, share: matched });
      else refusal.rules.push({ rule, missing: matched !== 'none' ? 'port' : opened ? 'peer' : 'both' });
    }
    refusals.push(refusal);
  }
  const state = passages.some((each) => each.share === 'all') ? 'open' : passages.length > 0 ? 'partly' : 'closed';
  return { state, selecting: [...selecting], passages, refusals: state === 'open' ? [] : refusals };
}

function weaker(a: State, b: State): State {
  if (a === 'closed' || b === 'closed') return 'closed';
  return a === 'partly' || b === 'partly' ? 'partly' : 'open';
}
