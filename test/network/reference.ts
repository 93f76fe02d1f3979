/**
 * Whether one pod reaches a port of another, read from the definition of NetworkPolicy word by word: every policy, every rule,
 * every peer, for each question anew. It shares no code with src/network, so that both must be wrong in the same way to agree.
 */

export interface Expression {
  key: string;
  operator: string;
  values?: string[];
}
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: Expression[];
}
export interface PeerSpec {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}
export interface PortSpec {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}
export interface PolicySpec {
  podSelector: LabelSelector;
  policyTypes?: string[];
  ingress?: { from?: PeerSpec[]; ports?: PortSpec[] }[];
  egress?: { to?: PeerSpec[]; ports?: PortSpec[] }[];
}
export interface SlowPolicy {
  namespace: string;
  spec: PolicySpec;
}
/** A pod when it has a namespace, else a place with an address. */
export interface SlowEndpoint {
  namespace?: string;
  labels: Record<string, string>;
  ports: { name?: string; port: number; protocol: string }[];
  ip: string;
  hostNetwork?: boolean;
}
export interface SlowWorld {
  namespaces: Record<string, Record<string, string>>;
  policies: SlowPolicy[];
}

export function reaches(world: SlowWorld, way: { from: SlowEndpoint; to: SlowEndpoint; port: number; protocol: string }): boolean {
  if (way.from === way.to) return true;
  return mayLeave(world, way) && mayEnter(world, way);
}

type Way = Parameters<typeof reaches>[1];

function mayLeave(world: SlowWorld, { from, to, port, protocol }: Way): boolean {
  let isolated = false;
  for (const policy of world.policies) {
    if (!concerns(policy, 'Egress') || !selectsPod(policy, from)) continue;
    isolated = true;
    for (const rule of policy.spec.egress ?? []) {
      const peerFits = !rule.to || rule.to.length === 0 || rule.to.some((peer) => isPeer(world, policy, peer, to));
      if (peerFits && portFits(rule.ports, to, port, protocol)) return true;
    }
  }
  return !isolated;
}

function mayEnter(world: SlowWorld, { from, to, port, protocol }: Way): boolean {
  let isolated = false;
  for (const policy of world.policies) {
    if (!concerns(policy, 'Ingress') || !selectsPod(policy, to)) continue;
    isolated = true;
    for (const rule of policy.spec.ingress ?? []) {
      const peerFits = !rule.from || rule.from.length === 0 || rule.from.some((peer) => isPeer(world, policy, peer, from));
      if (peerFits && portFits(rule.ports, to, port, protocol)) return true;
    }
  }
  return !isolated;
}

function concerns({ spec }: SlowPolicy, type: 'Ingress' | 'Egress'): boolean {
  if (spec.policyTypes && spec.policyTypes.length > 0) return spec.policyTypes.includes(type);
  if (type === 'Ingress') return true;
  return spec.egress !== undefined && spec.egress.length > 0;
}

function isOrdinaryPod(endpoint: SlowEndpoint): boolean {
  return endpoint.namespace !== undefined && endpoint.hostNetwork !== true;
}

function selectsPod(policy: SlowPolicy, endpoint: SlowEndpoint): boolean {
  return isOrdinaryPod(endpoint) && endpoint.namespace === policy.namespace && selects(policy.spec.podSelector, endpoint.labels);
}

function isPeer(world: SlowWorld, policy: SlowPolicy, peer: PeerSpec, endpoint: SlowEndpoint): boolean {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    return inCidr(endpoint.ip, cidr) && !except.some((each) => inCidr(endpoint.ip, each));
  }
  if (!isOrdinaryPod(endpoint)) return false;
  const namespace = endpoint.namespace!;
  const namespaceLabels = { ...world.namespaces[namespace], 'kubernetes.io/metadata.name': namespace };
  if (peer.namespaceSelector && peer.podSelector) return selects(peer.namespaceSelector, namespaceLabels) && selects(peer.podSelector, endpoint.labels);
  if (peer.namespaceSelector) return selects(peer.namespaceSelector, namespaceLabels);
  if (peer.podSelector) return namespace === policy.namespace && selects(peer.podSelector, endpoint.labels);
  return false;
}

function selects(selector: LabelSelector, labels: Record<string, string>): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labels[key];
    if (operator === 'In' && (value === undefined || !values.includes(value))) return false;
    if (operator === 'NotIn' && value !== undefined && values.includes(value)) return false;
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
  }
  return true;
}

function portFits(ports: PortSpec[] | undefined, target: SlowEndpoint, port: number, protocol: string): boolean {
  if (!ports || ports.length === 0) return true;
  for (const entry of ports) {
    if ((entry.protocol ?? 'TCP') !== protocol) continue;
    if (entry.port === undefined) return true;
    if (typeof entry.port === 'number') {
      if (entry.endPort === undefined ? port === entry.port : port >= entry.port && port <= entry.endPort) return true;
    } else if (isOrdinaryPod(target) && target.ports.some((each) => each.name === entry.port && each.protocol === protocol && each.port === port)) return true;
  }
  return false;
}

export function inCidr(ip: string, cidr: string): boolean {
  const [base = '', bits = ''] = cidr.split('/');
  const [a, b] = [bitsOf(ip), bitsOf(base)];
  return a.length === b.length && a.startsWith(b.slice(0, Number(bits)));
}

/** An address as text of zeros and ones: 32 of them for IPv4, 128 for IPv6. */
function bitsOf(ip: string): string {
  if (!ip.includes(':')) return ip.split('.').map((part) => Number(part).toString(2).padStart(8, '0')).join('');
  const halves = ip.split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [left, right] = [groups(halves[0]), groups(halves[1])];
  const filled = halves.length === 1 ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return filled.map((part) => parseInt(part, 16).toString(2).padStart(16, '0')).join('');
}
