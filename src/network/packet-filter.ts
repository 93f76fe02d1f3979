import { asDict, asList, asNumber, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { formatRef, refOf, type KubeObject } from '../model/index.js';
import type { AddressRange } from './address.js';
import { effectiveRules, type EffectiveRule } from './effective.js';
import { podEndpoint, protocols, type Endpoint, type EndpointPort, type Protocol } from './endpoint.js';
import { createNetwork } from './network.js';
import { allPorts, type PortSet } from './port-set.js';

/** What runs on a node, as its API server tells it. */
export interface NodeWorld {
  namespaces: readonly KubeObject[];
  pods: readonly KubeObject[];
  policies: readonly KubeObject[];
  /** CIDR of the pods of this node. */
  podRange: string;
}

/**
 * Writes the NetworkPolicies of a node as nftables rules, from the same model that proves who reaches whom. Two tables' worth of
 * chains in one table: what is forwarded between pods, and what pods send to the node. What the node itself sends to its pods
 * passes, as Kubernetes asks for (probes). IPv4 alone: pods of this node have no other address.
 */
export function packetFilter(world: NodeWorld, table: string): string {
  const endpoints = world.pods.flatMap((pod) => endpointOf(pod) ?? []);
  const namespaces = Object.fromEntries(world.namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const network = createNetwork({ namespaces, endpoints, policies: world.policies, podRanges: [world.podRange] });
  const chains: string[] = [];
  const isolated: Record<'out' | 'in', string[]> = { out: [], in: [] };
  for (const endpoint of endpoints) {
    const address = endpoint.addresses[0];
    if (address === undefined || endpoint.hostNetwork) continue;
    const { ingress, egress } = effectiveRules(network, endpoint);
    for (const [way, rules] of [['out', egress], ['in', ingress]] as const) {
      if (rules === 'open') continue;
      isolated[way].push(address);
      chains.push(chain({ way, address, endpoint, rules }));
    }
  }
  const jumps = (way: 'out' | 'in', field: string): string[] => (isolated[way].length === 0 ? [] : [`    ip ${field} vmap { ${isolated[way].map((address) => `${address} : jump ${way}-${address}`).join(', ')} }`]);
  const passing = '    ct state established,related accept';
  return [
    `table ip ${table} {}`,
    `delete table ip ${table}`,
    `table ip ${table} {`,
    ...chains,
    '  chain forward {',
    '    type filter hook forward priority filter; policy accept;',
    passing,
    ...jumps('out', 'saddr'),
    ...jumps('in', 'daddr'),
    '  }',
    '  chain input {',
    '    type filter hook input priority filter; policy accept;',
    passing,
    ...jumps('out', 'saddr'),
    '  }',
    ...nodePorts(world.pods),
    '}',
    '',
  ].join('\n');
}

function endpointOf(pod: KubeObject): Endpoint | undefined {
  const address = asString(valueAt(pod, 'status', 'podIP'));
  const phase = asString(valueAt(pod, 'status', 'phase'));
  if (address === undefined || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const spec = asDict(pod['spec']);
  const staying = [...asList(spec['containers']), ...asList(spec['initContainers']).filter((entry) => asDict(entry)['restartPolicy'] === 'Always')];
  return podEndpoint(formatRef(refOf(pod)), pod.metadata.namespace ?? 'default', {
    labels: asStrings(pod.metadata.labels),
    ports: staying.flatMap((container) => asList(asDict(container)['ports']).flatMap((port) => portOf(asDict(port)) ?? [])),
    addresses: [address],
    hostNetwork: spec['hostNetwork'] === true,
  });
}

function portOf(entry: Record<string, unknown>): EndpointPort | undefined {
  const port = asNumber(entry['containerPort']);
  const name = asString(entry['name']);
  const protocol = protocols.find((known) => known === (entry['protocol'] ?? 'TCP'));
  return port === undefined || !protocol ? undefined : { port, protocol, ...(name === undefined ? {} : { name }) };
}

function chain({ way, address, endpoint, rules }: { way: 'out' | 'in'; address: string; endpoint: Endpoint; rules: readonly EffectiveRule[] }): string {
  const field = way === 'out' ? 'daddr' : 'saddr';
  const lines = rules.flatMap((rule) => peersOf(rule, field).flatMap((peer) => portsOf(rule.ports).map((ports) => `    ${peer}${ports}return`)));
  // A refusal is answered, so that a client fails at once instead of waiting.
  return [`  chain ${way}-${address} {`, `    comment "${endpoint.id}"`, `    ip ${field} ${address} return`, ...lines, '    meta l4proto tcp reject with tcp reset', '    reject with icmp type admin-prohibited', '  }'].join('\n');
}

/** Matches for the peers of a rule, one for all endpoints and one for each block; an empty one matches everybody. */
function peersOf({ peers }: EffectiveRule, field: string): string[] {
  if (peers === 'everybody') return [''];
  const addresses = peers.endpoints.flatMap((endpoint) => endpoint.addresses.slice(0, 1));
  const blocks = peers.blocks.filter(({ range }) => range.family === 4).map(({ range, except }) => {
    const without = except.filter(({ family }) => family === 4).map(written);
    return `ip ${field} ${written(range)} ${without.length === 0 ? '' : `ip ${field} != { ${without.join(', ')} } `}`;
  });
  return [...(addresses.length === 0 ? [] : [`ip ${field} { ${[...new Set(addresses)].join(', ')} } `]), ...blocks];
}

function portsOf(ports: PortSet): string[] {
  if (protocols.every((protocol) => same(ports[protocol], allPorts[protocol]))) return [''];
  return protocols.flatMap((protocol: Protocol) => {
    const ranges = ports[protocol].map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
    return ranges.length === 0 ? [] : [`${protocol.toLowerCase()} dport { ${ranges.join(', ')} } `];
  });
}

function same(a: PortSet['TCP'], b: PortSet['TCP']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function written({ first, last }: AddressRange): string {
  return first === last ? dotted(first) : `${dotted(first)}-${dotted(last)}`;
}

function dotted(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');
}

/** Ports of the node that containers ask for (`hostPort`): led on to the pod, from outside and from the node itself. */
function nodePorts(pods: readonly KubeObject[]): string[] {
  const rules = pods.flatMap((pod) => {
    const address = asString(valueAt(pod, 'status', 'podIP'));
    if (address === undefined || valueAt(pod, 'spec', 'hostNetwork') === true) return [];
    return asList(valueAt(pod, 'spec', 'containers')).flatMap((container) =>
      asList(asDict(container)['ports']).flatMap((entry) => {
        const { hostPort, containerPort, protocol = 'TCP', hostIP } = asDict(entry);
        if (asNumber(hostPort) === undefined) return [];
        const only = asString(hostIP);
        const to = only === undefined || only === '' || only === '0.0.0.0' ? 'fib daddr type local' : `ip daddr ${only}`;
        return [`    ${to} ${String(protocol).toLowerCase()} dport ${String(hostPort)} dnat to ${address}:${String(containerPort)}`];
      }),
    );
  });
  const chainOf = (hook: string): string[] => [`  chain node-ports-${hook} {`, `    type nat hook ${hook} priority dstnat; policy accept;`, ...rules, '  }'];
  return rules.length === 0 ? [] : [...chainOf('prerouting'), ...chainOf('output').map((line) => line.replace('priority dstnat', 'priority -100'))];
}
