import type { AddressRange } from './address.js';
import { addressEndpoint, hasLabels, type Endpoint } from './endpoint.js';
import type { Network } from './network.js';
import type { Direction, Policy, Rule } from './policy.js';
import { formatPorts, isEmpty, type PortSet } from './port-set.js';

/** What one rule lets through, resolved: a packet filter can be written from it. */
export interface EffectiveRule {
  policy: Policy;
  rule: Rule;
  /** Everybody, or these endpoints and blocks. */
  peers: 'everybody' | { endpoints: Endpoint[]; blocks: { range: AddressRange; except: AddressRange[] }[] };
  ports: PortSet;
}

/** What an endpoint takes in and sends out. */
export interface EffectiveRules {
  endpoint: Endpoint;
  /** `open`: no policy selects it, everything passes. Otherwise only what a rule says; what a connection answers always passes. */
  ingress: 'open' | EffectiveRule[];
  egress: 'open' | EffectiveRule[];
}

/** The rules of an endpoint with peers resolved to endpoints and blocks, and named ports to numbers. */
export function effectiveRules(network: Network, endpoint: Endpoint): EffectiveRules {
  return { endpoint, ingress: sideRules(network, endpoint, 'ingress'), egress: sideRules(network, endpoint, 'egress') };
}

function sideRules(network: Network, endpoint: Endpoint, direction: Direction): 'open' | EffectiveRule[] {
  const selecting = network.selecting(endpoint, direction);
  if (selecting.length === 0) return 'open';
  return selecting.flatMap((policy) => policy[direction].flatMap((rule) => resolved(network, { endpoint, policy, rule, direction })));
}

function resolved(network: Network, { endpoint, policy, rule, direction }: { endpoint: Endpoint; policy: Policy; rule: Rule; direction: Direction }): EffectiveRule[] {
  const blocks = (rule.peers ?? []).flatMap((peer) => (peer.kind === 'block' && peer.block ? [peer.block] : []));
  // Pods that a block covers too: a named port means a number of theirs, which the block as a whole cannot say.
  const isPeer = (peer: Endpoint): boolean => !rule.peers || network.picks(policy, rule, peer) || (blocks.length > 0 && network.share(policy, rule, peer) === 'all');
  const pods = network.endpoints.filter((peer) => hasLabels(peer) && peer !== endpoint && isPeer(peer));
  const common = rule.ports(direction === 'ingress' ? endpoint : nameless);
  const made: EffectiveRule[] = [];
  const add = (peers: EffectiveRule['peers'], ports: PortSet): void => {
    if (!isEmpty(ports) && (peers === 'everybody' || peers.endpoints.length + peers.blocks.length > 0)) made.push({ policy, rule, peers, ports });
  };
  // Names of ports mean another number on each target, so that what leaves has one rule for all alike targets.
  const groups = new Map<string, { endpoints: Endpoint[]; ports: PortSet }>();
  for (const peer of pods) {
    const ports = direction === 'ingress' ? common : rule.ports(peer);
    const group = groups.get(formatPorts(ports));
    if (group) group.endpoints.push(peer);
    else groups.set(formatPorts(ports), { endpoints: [peer], ports });
  }
  const alike = groups.get(formatPorts(common))?.endpoints ?? [];
  add(rule.peers ? { endpoints: alike, blocks } : 'everybody', common);
  for (const [key, group] of groups) if (key !== formatPorts(common)) add({ endpoints: group.endpoints, blocks: [] }, group.ports);
  return made;
}

const nameless = addressEndpoint('nobody', []);
