import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/model/index.js';
import { addressEndpoint, createNetwork, effectiveRules, hasPort, podEndpoint, type EffectiveRule, type Endpoint, type EndpointPort, type Protocol } from '../../src/network/index.js';
import { randomCluster } from './random-policies.js';
import { reaches } from './reference.js';

const asked: [number, Protocol][] = [[53, 'UDP'], [80, 'TCP'], [81, 'TCP'], [443, 'SCTP'], [5432, 'TCP'], [8080, 'TCP'], [9090, 'TCP'], [9490, 'TCP']];

test('a filter written from the effective rules alone lets through what the definition says, on 300 random clusters', () => {
  let rules = 0;
  for (let seed = 4001; seed <= 4300; seed++) {
    const { world, endpoints } = randomCluster(seed);
    const made = endpoints.map(({ namespace, labels, ports, ip, hostNetwork = false }, i) =>
      namespace === undefined ? addressEndpoint(`outside-${i}`, [ip]) : podEndpoint(`pod-${i}`, namespace, { labels, ports: ports as EndpointPort[], addresses: [ip], hostNetwork }),
    );
    const policies = world.policies.map(({ namespace, spec }, i): KubeObject => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `policy-${i}`, namespace }, spec }));
    const network = createNetwork({ namespaces: world.namespaces, endpoints: made, policies });
    const filters = made.map((endpoint) => effectiveRules(network, endpoint));
    for (const { ingress, egress } of filters) rules += [ingress, egress].reduce((sum, side) => sum + (side === 'open' ? 0 : side.length), 0);
    for (const [i, from] of endpoints.entries()) {
      for (const [j, to] of endpoints.entries()) {
        for (const [port, protocol] of asked) {
          const passes = i === j || (lets(filters[i]!.egress, made[j]!, port, protocol) && lets(filters[j]!.ingress, made[i]!, port, protocol));
          expect(passes, `seed ${seed}: ${made[i]!.id} to ${made[j]!.id} on ${port}/${protocol}`).toBe(reaches(world, { from, to, port, protocol }));
        }
      }
    }
  }
  expect(rules).toBeGreaterThan(1000);
}, 180_000);

/** What a packet filter would do: it knows endpoints, addresses and ports, and no label. */
function lets(side: 'open' | EffectiveRule[], peer: Endpoint, port: number, protocol: Protocol): boolean {
  if (side === 'open') return true;
  return side.some(({ peers, ports }) => hasPort(ports, protocol, port) && (peers === 'everybody' || peers.endpoints.includes(peer) || peers.blocks.some(({ range, except }) => inside(peer, range) && !except.some((each) => inside(peer, each)))));
}

function inside({ addresses }: Endpoint, { family, first, last }: { family: 4 | 6; first: bigint; last: bigint }): boolean {
  return addresses.some((address) => {
    const value = address.includes(':') ? number6(address) : address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    return (family === 6) === address.includes(':') && first <= value && value <= last;
  });
}

function number6(address: string): bigint {
  const [left = [], right = []] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups = address.includes('::') ? [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right] : left;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}
