import type { LabelSelector, PeerSpec, PolicySpec, PortSpec, SlowEndpoint, SlowWorld } from './reference.js';

/** Numbers from 0 to below 1 that follow from a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Dice {
  below(limit: number): number;
  chance(share: number): boolean;
  one<T>(choices: readonly T[]): T;
  some<T>(choices: readonly T[], most: number): T[];
}

export function dice(seed: number): Dice {
  const next = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(choices: readonly T[]): T => choices[below(choices.length)]!;
  return { below, one, chance: (share) => next() < share, some: (choices, most) => Array.from({ length: below(most + 1) }, () => one(choices)) };
}

const keys = ['app', 'tier', 'team'];
const values = ['a', 'b', 'c'];
const portNames = ['http', 'metrics', 'db'];
const numbers = [53, 80, 81, 443, 5432, 8080, 9090];
const protocols = ['TCP', 'UDP', 'SCTP'];
const networks = ['10.0.0.0/8', '10.0.0.0/9', '10.0.1.0/24', '10.0.1.3/32', '10.128.0.0/9', '0.0.0.0/0', '203.0.113.0/24', 'fd00::/16', 'fd00:1::/64', '::/0', 'fd00:0:0:2::/63'];
const inside: Record<string, string[]> = {
  '10.0.0.0/8': ['10.0.1.0/24', '10.0.1.4/30', '10.128.0.0/9'],
  '10.0.0.0/9': ['10.0.1.0/30', '10.0.2.0/24'],
  '10.0.1.0/24': ['10.0.1.0/29', '10.0.1.5/32'],
  '0.0.0.0/0': ['10.0.0.0/8', '203.0.113.0/25', '10.0.1.2/31'],
  '203.0.113.0/24': ['203.0.113.9/32'],
  'fd00::/16': ['fd00:0:0:2::/64', 'fd00::/96'],
  '::/0': ['fd00::/16', 'fd00:0:0:2::5/128'],
};

/** A cluster small enough to ask everything, with every feature of a NetworkPolicy in it sooner or later. */
export function randomCluster(seed: number): { world: SlowWorld; endpoints: SlowEndpoint[] } {
  const roll = dice(seed);
  const names = ['north', 'south', 'west'].slice(0, 1 + roll.below(3));
  const namespaces = Object.fromEntries(names.map((name) => [name, labelsOf(roll)]));
  const pods = Array.from({ length: 4 + roll.below(6) }, (_, i) => randomPod(roll, roll.one(names), i));
  const outside = ['203.0.113.9', '203.0.113.200', '10.0.1.5', 'fd00:0:0:2::5'].map((ip): SlowEndpoint => ({ labels: {}, ports: [], ip }));
  const policies = Array.from({ length: roll.below(7) }, () => ({ namespace: roll.one(names), spec: randomPolicy(roll, names) }));
  return { world: { namespaces, policies }, endpoints: [...pods, ...outside.slice(0, roll.below(5))] };
}

function labelsOf(roll: Dice): Record<string, string> {
  return Object.fromEntries(roll.some(keys, 3).map((key) => [key, roll.one(values)]));
}

function randomPod(roll: Dice, namespace: string, index: number): SlowEndpoint {
  const ports = Array.from({ length: roll.below(4) }, () => ({ ...(roll.chance(0.8) ? { name: roll.one(portNames) } : {}), port: roll.one(numbers), protocol: roll.chance(0.7) ? 'TCP' : roll.one(protocols) }));
  const ip = roll.chance(0.8) ? `10.${roll.one([0, 0, 0, 128])}.${roll.one([1, 1, 2])}.${index + 1}` : `fd00:0:0:${roll.one([1, 2])}::${(index + 1).toString(16)}`;
  return { namespace, labels: labelsOf(roll), ports, ip, hostNetwork: roll.chance(0.1) };
}

function randomPolicy(roll: Dice, namespaces: readonly string[]): PolicySpec {
  const spec: PolicySpec = { podSelector: selector(roll, 0.35) };
  if (roll.chance(0.6)) spec.policyTypes = roll.one([['Ingress'], ['Egress'], ['Ingress', 'Egress'], []]);
  const rule = (): { peers: PeerSpec[]; ports: PortSpec[] } => ({ peers: Array.from({ length: roll.below(3) }, () => peer(roll, namespaces)), ports: Array.from({ length: roll.below(3) }, () => port(roll)) });
  if (roll.chance(0.7)) spec.ingress = Array.from({ length: roll.below(3) }, () => ((made) => ({ ...(made.peers.length > 0 || roll.chance(0.5) ? { from: made.peers } : {}), ...(made.ports.length > 0 || roll.chance(0.5) ? { ports: made.ports } : {}) }))(rule()));
  if (roll.chance(0.6)) spec.egress = Array.from({ length: roll.below(3) }, () => ((made) => ({ ...(made.peers.length > 0 || roll.chance(0.5) ? { to: made.peers } : {}), ...(made.ports.length > 0 || roll.chance(0.5) ? { ports: made.ports } : {}) }))(rule()));
  return spec;
}

function selector(roll: Dice, empty: number): LabelSelector {
  if (roll.chance(empty)) return {};
  const made: LabelSelector = {};
  if (roll.chance(0.6)) made.matchLabels = labelsOf(roll);
  if (roll.chance(0.5)) {
    made.matchExpressions = Array.from({ length: 1 + roll.below(2) }, () => {
      const operator = roll.one(['In', 'NotIn', 'Exists', 'DoesNotExist']);
      return { key: roll.one(keys), operator, ...(operator.endsWith('In') ? { values: [roll.one(values), ...roll.some(values, 1)] } : {}) };
    });
  }
  return made;
}

function peer(roll: Dice, namespaces: readonly string[]): PeerSpec {
  const kind = roll.below(10);
  if (kind < 3) return { podSelector: selector(roll, 0.3) };
  if (kind < 5) return { namespaceSelector: namespaceSelector(roll, namespaces) };
  if (kind < 7) return { namespaceSelector: namespaceSelector(roll, namespaces), podSelector: selector(roll, 0.3) };
  const cidr = roll.one(networks);
  const except = inside[cidr] && roll.chance(0.5) ? { except: [roll.one(inside[cidr]), ...roll.some(inside[cidr], 1)] } : {};
  return { ipBlock: { cidr, ...except } };
}

function namespaceSelector(roll: Dice, namespaces: readonly string[]): LabelSelector {
  return roll.chance(0.3) ? { matchLabels: { 'kubernetes.io/metadata.name': roll.one(namespaces) } } : selector(roll, 0.3);
}

function port(roll: Dice): PortSpec {
  const protocol = roll.chance(0.5) ? {} : { protocol: roll.one(['TCP', 'TCP', 'UDP', 'SCTP']) };
  const kind = roll.below(10);
  if (kind < 2) return protocol;
  if (kind < 5) return { ...protocol, port: roll.one(portNames) };
  if (kind < 8) return { ...protocol, port: roll.one(numbers) };
  const first = roll.one(numbers);
  return { ...protocol, port: first, endPort: first + roll.one([0, 1, 400, 4000]) };
}
