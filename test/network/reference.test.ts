import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/model/index.js';
import { addressEndpoint, createNetwork, hasPort, podEndpoint, type Endpoint, type EndpointPort, type Network, type Protocol } from '../../src/network/index.js';
import { dice, randomCluster } from './random-policies.js';
import { reaches, type SlowEndpoint, type SlowPolicy, type SlowWorld } from './reference.js';

/** Ports that policies of the random clusters speak of, and their neighbours. */
const asked: [number, Protocol][] = [[53, 'UDP'], [53, 'TCP'], [80, 'TCP'], [81, 'TCP'], [82, 'TCP'], [443, 'SCTP'], [5432, 'TCP'], [8080, 'TCP'], [8080, 'UDP'], [9090, 'TCP'], [9491, 'TCP'], [65535, 'TCP']];

describe('1,000 random sets of policies', () => {
  test('get the same verdicts as a slow reading of the definition', () => {
    const counts = { open: 0, closed: 0 };
    for (let seed = 1; seed <= 1000; seed++) {
      const { world, endpoints } = randomCluster(seed);
      const { network, made } = fastNetwork(world, endpoints);
      for (const [i, from] of endpoints.entries()) {
        for (const [j, to] of endpoints.entries()) {
          const open = network.open(made[i]!, made[j]!);
          for (const [port, protocol] of asked) {
            const slow = reaches(world, { from, to, port, protocol });
            const verdict = network.verdict(made[i]!, made[j]!, { port, protocol });
            counts[slow ? 'open' : 'closed']++;
            if (verdict.state !== (slow ? 'open' : 'closed') || hasPort(open.certain, protocol, port) !== slow || hasPort(open.possible, protocol, port) !== slow) {
              expect.fail(`seed ${seed}: ${made[i]!.id} to ${made[j]!.id} on ${port}/${protocol}: ${verdict.state}, the reference says ${slow ? 'open' : 'closed'}\n${JSON.stringify(world, undefined, 1)}`);
            }
          }
        }
      }
    }
    // A comparison of nothing but closed paths would prove little.
    expect(counts.open).toBeGreaterThan(100_000);
    expect(counts.closed).toBeGreaterThan(100_000);
  }, 180_000);

  test('give a pod without a known address what holds wherever its address lies', () => {
    let partly = 0;
    for (let seed = 2001; seed <= 2300; seed++) {
      const { world, endpoints } = randomCluster(seed);
      const roll = dice(seed);
      const nameless = endpoints.findIndex(({ namespace, hostNetwork }) => namespace !== undefined && hostNetwork !== true);
      if (nameless < 0) continue;
      const { network, made } = fastNetwork(world, endpoints, nameless);
      const samples = Array.from({ length: 12 }, () => `10.${roll.one([0, 0, 128, 77])}.${roll.one([1, 1, 2, 9])}.${roll.below(12)}`);
      for (const [j, other] of endpoints.entries()) {
        for (const [port, protocol] of asked) {
          const { state } = network.verdict(made[nameless]!, made[j]!, { port, protocol });
          const seen = samples.map((ip) => reaches(world, { from: { ...endpoints[nameless]!, ip }, to: other, port, protocol }));
          if (j === nameless) continue;
          if (state === 'open') expect(seen.every(Boolean), `seed ${seed}`).toBe(true);
          if (state === 'closed') expect(seen.some(Boolean), `seed ${seed}`).toBe(false);
          if (state === 'partly') partly++;
        }
      }
    }
    expect(partly).toBeGreaterThan(100);
  }, 180_000);
});

describe('speed', () => {
  test('200 policies and 500 pods are answered for every pair without a wait', () => {
    const roll = dice(7);
    const labelled = Array.from({ length: 500 }, (_, i): SlowEndpoint => ({ namespace: `ns${i % 10}`, labels: { app: `app${i % 50}`, tier: roll.one(['web', 'db']) }, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }], ip: `10.0.${Math.floor(i / 200)}.${(i % 200) + 1}` }));
    const policies = Array.from({ length: 200 }, (_, i): SlowPolicy => ({
      namespace: `ns${i % 10}`,
      spec: {
        podSelector: i < 10 ? {} : { matchLabels: { app: `app${roll.below(50)}` } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: i < 10 ? [] : [{ from: [{ podSelector: { matchLabels: { app: `app${roll.below(50)}` } } }, { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['a'] }] } }], ports: [{ port: 'http' }, { port: 9000, endPort: 9100 }] }],
        egress: [{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { tier: 'db' } } }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.1.0/24'] } }] }],
      },
    }));
    const world: SlowWorld = { namespaces: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`ns${i}`, { team: i % 2 ? 'a' : 'b' }])), policies };
    const run = (): { open: number; elapsed: number } => {
      const started = process.cpuUsage();
      const { network, made } = fastNetwork(world, labelled);
      let open = 0;
      for (const from of made) for (const to of made) if (hasPort(network.open(from, to).certain, 'TCP', 8080)) open++;
      const { user, system } = process.cpuUsage(started);
      return { open, elapsed: (user + system) / 1000 };
    };
    // Time on the processor, the best of three: the machine may have more to do than this.
    const runs = [run(), run(), run()];
    expect(runs[0]!.open).toBeGreaterThan(500);
    expect(runs[0]!.open).toBeLessThan(200_000);
    expect(Math.min(...runs.map(({ elapsed }) => elapsed))).toBeLessThan(5_000);
  });
});

function fastNetwork({ namespaces, policies }: SlowWorld, endpoints: readonly SlowEndpoint[], nameless = -1): { network: Network; made: Endpoint[] } {
  const made = endpoints.map(({ namespace, labels, ports, ip, hostNetwork = false }, i) => {
    const addresses = i === nameless ? [] : [ip];
    return namespace === undefined ? addressEndpoint(`outside-${i}`, addresses) : podEndpoint(`pod-${i}`, namespace, { labels, ports: ports as EndpointPort[], addresses, hostNetwork });
  });
  const objects = policies.map(({ namespace, spec }, i): KubeObject => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `policy-${i}`, namespace }, spec }));
  return { network: createNetwork({ namespaces, endpoints: made, policies: objects, podRanges: ['10.0.0.0/8'] }), made };
}
