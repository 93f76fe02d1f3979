import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { formatPorts, intersectionOf, isEmpty, missingRule, protocols, whyClosed, withoutPorts, type Endpoint, type Flow, type Network, type PortSet, type Protocol, type ReadEdge } from '../network/index.js';
import { isGuarded, networkOf } from './network.js';

/** Finds edges that name a port which their target does not have, and declared edges that NetworkPolicies cut. */
export function networkEdges(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const guarded = isGuarded(platform, desired);
  if (!guarded && platform.components.every(({ edges }) => edges.length === 0)) return [];
  const { declared, network } = networkOf(platform, desired);
  const wrong = declared.edges.flatMap((edge) => portProblems(edge, { platform, guarded }));
  if (!guarded) return wrong;
  const edges = new Map<string, Flow[]>();
  for (const flow of declared.flows) {
    if (!checked.has(flow.kind)) continue;
    const key = `${flow.kind} ${flow.component} ${flow.other}`;
    edges.set(key, [...(edges.get(key) ?? []), flow]);
  }
  return [...wrong, ...[...edges.values()].flatMap((flows) => cutEdge(flows, { network, declared: declared.edges }))];
}

/** Paths that are declared as edges or follow from them; the others have findings of their own. */
const checked: ReadonlySet<Flow['kind']> = new Set(['component', 'kubernetes-api', 'ingress', 'webhook', 'cidr', 'scaler', 'monitoring']);

function portProblems({ edge: { from, to }, ports, outside, at }: ReadEdge, { platform, guarded }: { platform: ResolvedPlatform; guarded: boolean }): Diagnostic[] {
  if (ports.opened.size > 0 && ports.unknown.length === 0) return [];
  // What runs elsewhere has its addresses in an edge of its own.
  const elsewhere = ports.offered.length === 0 && platform.components.find(({ name }) => name === from)?.edges.some(({ kind }) => kind === 'cidr');
  if (elsewhere) return [];
  if (outside !== undefined) return guarded ? [diagnose('edge-outside', { from, to, host: outside }, at)] : [];
  if (ports.unknown.length > 0) {
    const has = ports.offered.length === 0 ? 'it has no port' : `it has ${ports.offered.join(', ')}`;
    return [diagnose('edge-port-unknown', { from, to, ports: ports.unknown.join(', '), has }, at)];
  }
  return guarded ? [diagnose('edge-portless', { from, to }, at)] : [];
}

/** One finding for an edge, whatever the number of its pods: the first pair that is cut, and how many more are. */
function cutEdge(flows: readonly Flow[], { network, declared }: { network: Network; declared: readonly ReadEdge[] }): Diagnostic[] {
  const cut = flows.flatMap((flow) => {
    const missing = missingPorts(network, flow);
    return isEmpty(missing) ? [] : [{ flow, missing }];
  });
  const [first] = cut;
  if (!first) return [];
  const { flow, missing } = first;
  const at = firstPort(missing);
  const verdict = network.verdict(flow.from, flow.to, at);
  const why = whyClosed(verdict, { from: flow.from, to: flow.to, ...at });
  const params = { edge: edgeWords(flow), ports: formatPorts(missing), why: why.join('; '), more: cut.length > 1 ? ` (and ${cut.length - 1} more pairs of pods)` : '', missing: missingRules(network, flow, missing).join('; and ') };
  const diagnostic = diagnose('edge-closed', params, flow.at);
  // An edge that names no port means every port of a Service, and may have meant one of them.
  const vague = flow.kind === 'component' && declared.find((each) => each.at === flow.at)?.edge.ports === undefined;
  const halfOpen = vague && flows.every((each) => !isEmpty(intersectionOf(each.ports, network.open(each.from, each.to).certain)));
  return [halfOpen ? { ...diagnostic, severity: 'warning' } : diagnostic];
}

/** The ports of a flow that are not open for sure. Where it says no ports, or one of several is enough, any open one will do. */
function missingPorts(network: Network, { kind, from, to, ports }: Flow): PortSet {
  const open = network.open(from, to);
  const any = kind === 'kubernetes-api' ? open.possible : open.certain;
  const enough = kind === 'kubernetes-api' || kind === 'scaler' || formatPorts(ports) === 'all ports';
  if (enough && !isEmpty(intersectionOf(any, ports))) return { TCP: [], UDP: [], SCTP: [] };
  return withoutPorts(ports, open.certain);
}

/** The first port of a set, to explain it by. */
export function firstPort(set: PortSet): { port: number; protocol: Protocol } {
  const protocol = protocols.find((each) => set[each].length > 0) ?? 'TCP';
  return { port: set[protocol][0]?.[0] ?? 1, protocol };
}

function edgeWords({ kind, component, other, from }: Flow): string {
  switch (kind) {
    case 'webhook':
      return `${other} calls ${component}`;
    case 'monitoring':
      return `${from.component ?? other} reads metrics of ${component}`;
    case 'scaler':
      return `${from.component ?? from.id} reads ${other} to scale ${component}`;
    default:
      return `${component} uses ${other}`;
  }
}

/** What a policy would have to say on each side that is closed. */
export function missingRules(network: Network, { from, to }: { from: Endpoint; to: Endpoint }, missing: PortSet): string[] {
  const { egress, ingress } = network.verdict(from, to, firstPort(missing));
  const ports = formatPorts(missing);
  return [
    ...(egress.state === 'open' ? [] : [`${missingRule('egress', to, { ports, namespace: from.namespace })} for ${from.id}`]),
    ...(ingress.state === 'open' ? [] : [`${missingRule('ingress', from, { ports, namespace: to.namespace })} for ${to.id}`]),
  ];
}
