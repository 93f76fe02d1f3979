import type { Location } from '../diagnostics/index.js';
import type { Desired, ResolvedPlatform } from '../model/index.js';
import { apiPorts, formatPorts, hasLabels, hasPort, ingressControllers, intersectionOf, isEmpty, noPorts, ownEndpoints, parseRange, policyName, rulePath, ruleWords, unionOf, withoutPorts, type AddressRange, type Direction, type Endpoint, type Flow, type PortSet, type Protocol, type Side, type State } from '../network/index.js';
import { findEnd, findPorts, heardPorts, listOf, type End } from './network-ends.js';
import { readNetwork, type PlatformNetwork } from './network.js';

/** What is asked about paths; without one end, all that there are on that side. */
export interface NetworkQuestion {
  from?: string | undefined;
  to?: string | undefined;
  port?: string | undefined;
}

/** What a policy says of one side of a path. */
export interface PolicyReport {
  policy: string;
  /** Rules that let it through, and those that come near. */
  rules: { rule: string; words: string; missing?: 'peer' | 'port' | 'both'; partly?: true }[];
}

/** One side of a path: the endpoint that policies select or not. */
export interface SideReport {
  endpoint: string;
  state: State;
  policies: PolicyReport[];
}

/** The verdict on one path, and whether it is what the platform declares. */
export interface PathReport {
  from: string;
  to: string;
  port: number;
  protocol: Protocol;
  state: State;
  itself: boolean;
  /** What declares it: `uses`, `expose` ... */
  declared?: { by: Flow['kind'] | 'itself'; component: string; at: Location };
  agrees: boolean;
  egress: SideReport;
  ingress: SideReport;
  notes: string[];
}

/** How one component stands to another. */
export interface Cell {
  state: 'itself' | 'open' | 'closed' | 'cut' | 'undeclared';
  /** The ports that are open, or cut. */
  ports: string;
}

/** Who reaches whom: a row for each that sends, a column for each that receives. */
export interface NetworkMatrix {
  from: string[];
  to: string[];
  cells: Cell[][];
  /** False where there is no NetworkPolicy, so that everything is open. */
  guarded: boolean;
  agrees: boolean;
}

/** Explains the paths between two ends, one for each pair of pods and port. */
export function reportPaths(platform: ResolvedPlatform, desired: Desired, question: NetworkQuestion & { from: string; to: string }): PathReport[] {
  const known = readNetwork(platform, desired);
  const from = findEnd(question.from, 'from', { platform, around: known.around });
  const to = findEnd(question.to, 'to', { platform, around: known.around });
  const world = readNetworkWith(platform, desired, { known, ends: [from, to] });
  // Jobs and the like take nothing in: beside pods that do they would only hide the answer.
  const heard = to.endpoints.filter((end) => !isEmpty(heardPorts(end, world.around)));
  const targets = heard.length > 0 ? heard : to.endpoints;
  return from.endpoints.flatMap((start) => targets.filter((end) => end !== start || from.endpoints.length === 1).flatMap((end) => {
    const ports = question.port === undefined ? wantedPorts(start, end, world) : findPorts(question.port, [end], world.around);
    return ports.map((port) => reportPath(start, end, { ...port, world }));
  }));
}

/** The same endpoints in a network that knows the addresses of the question, too. */
function readNetworkWith(platform: ResolvedPlatform, desired: Desired, { known, ends }: { known: PlatformNetwork; ends: readonly End[] }): PlatformNetwork {
  const strange = ends.flatMap(({ endpoints }) => endpoints).filter((endpoint) => !known.network.endpoints.includes(endpoint));
  return strange.length === 0 ? known : readNetwork(platform, desired, { around: known.around, more: strange });
}

/** The ports worth asking about: what is declared, else where something listens, else one that stands for any. */
function wantedPorts(from: Endpoint, to: Endpoint, world: PlatformNetwork): { port: number; protocol: Protocol }[] {
  if (to === world.around.places.api) return listOf(apiPorts);
  const declared = unionOf([noPorts, ...declaring(from, to, world).map(({ ports }) => ports)]);
  const heard = heardPorts(to, world.around);
  const both = isEmpty(heard) || formatPorts(declared) !== 'all ports' ? unionOf([formatPorts(declared) === 'all ports' ? noPorts : declared, heard]) : heard;
  const list = listOf(both);
  return list.length > 0 ? list : [{ port: 443, protocol: 'TCP' }];
}

function reportPath(from: Endpoint, to: Endpoint, { port, protocol, world }: { port: number; protocol: Protocol; world: PlatformNetwork }): PathReport {
  const { network } = world;
  const verdict = network.verdict(from, to, { port, protocol });
  const flow = declaring(from, to, world).find(({ ports }) => hasPort(ports, protocol, port));
  const declared = flow ? { by: flow.kind, component: flow.component, at: flow.at } : sameComponent(from, to, world);
  const notes = [from, to].filter(({ kind }) => kind === 'pod').flatMap((each) => (hasLabels(each) ? [] : [`${each.id} runs on the host network: to a policy it is its node, and Kubernetes leaves open what then holds`]));
  return {
    from: from.id,
    to: to.id,
    port,
    protocol,
    state: verdict.state,
    itself: verdict.itself,
    ...(declared ? { declared } : {}),
    agrees: verdict.itself || (declared ? verdict.state === 'open' : verdict.state === 'closed'),
    egress: sideReport(verdict.egress, 'egress', from),
    ingress: sideReport(verdict.ingress, 'ingress', to),
    notes,
  };
}

function sideReport({ state, selecting, passages, refusals }: Side, direction: Direction, endpoint: Endpoint): SideReport {
  const policies = selecting.map((policy): PolicyReport => {
    const through = passages.filter((each) => each.policy === policy).map(({ rule, share }) => ({ rule: rulePath(direction, rule), words: ruleWords(policy, direction, rule), ...(share === 'some' ? { partly: true as const } : {}) }));
    const near = refusals.filter((each) => each.policy === policy).flatMap(({ rules }) => rules.map(({ rule, missing }) => ({ rule: rulePath(direction, rule), words: ruleWords(policy, direction, rule), missing })));
    return { policy: policyName(policy), rules: [...through, ...near] };
  });
  return { endpoint: endpoint.id, state, policies };
}

/** Pods of one component need no declaration. */
function sameComponent({ component }: Endpoint, to: Endpoint, { around }: PlatformNetwork): PathReport['declared'] {
  const of = component === undefined || component !== to.component ? undefined : around.podsOf.get(to)?.of;
  return component === undefined || !of ? undefined : { by: 'itself', component, at: of.at };
}

/** The declarations of a path. An address may lie in one that is declared, and what anybody may reach is declared for all. */
function declaring(from: Endpoint, to: Endpoint, { declared }: PlatformNetwork): Flow[] {
  return declared.flows.filter((flow) => covers(flow.from, from) && covers(flow.to, to));
}

function covers(declared: Endpoint, asked: Endpoint): boolean {
  if (declared === asked) return true;
  if (declared.kind !== 'address' || asked.kind !== 'address') return false;
  // Where no address is known it may be any.
  if (declared.addresses.length === 0) return true;
  const ranges = rangesOf(declared);
  const wanted = rangesOf(asked);
  return wanted.length > 0 && wanted.every((each) => ranges.some((range) => range.family === each.family && range.first <= each.first && each.last <= range.last));
}

function rangesOf({ addresses }: Endpoint): AddressRange[] {
  return addresses.flatMap((text) => parseRange(text) ?? []);
}

/** Who reaches whom, by component; ingress controllers of the cluster come first among those that send. */
export function reportMatrix(platform: ResolvedPlatform, desired: Desired, question: NetworkQuestion): NetworkMatrix {
  const world = readNetwork(platform, desired);
  const { around } = world;
  const components = platform.components.map(({ name }): End => ({ name, endpoints: ownEndpoints(name, around) })).filter(({ endpoints }) => endpoints.length > 0);
  const foreign = ingressControllers(platform, around).map(({ endpoint }) => endpoint).filter(({ component }) => component === undefined);
  const from = question.from === undefined ? [...(foreign.length > 0 ? [{ name: 'ingress', endpoints: foreign }] : []), ...components] : [findEnd(question.from, 'from', { platform, around })];
  const to = question.to === undefined ? components : [findEnd(question.to, 'to', { platform, around })];
  const full = readNetworkWith(platform, desired, { known: world, ends: [...from, ...to] });
  const cells = from.map((start) => to.map((end) => cellOf(start, end, full)));
  const agrees = cells.every((row) => row.every(({ state }) => state !== 'cut' && state !== 'undeclared'));
  return { from: from.map(({ name }) => name), to: to.map(({ name }) => name), cells, guarded: world.guarded, agrees };
}

function cellOf(from: End, to: End, world: PlatformNetwork): Cell {
  if (from.name === to.name) return { state: 'itself', ports: '' };
  const sets = from.endpoints.flatMap((start) => to.endpoints.filter((end) => end !== start).map((end) => pairPorts(start, end, world)));
  const joined = (key: 'open' | 'cut' | 'undeclared'): PortSet => unionOf([noPorts, ...sets.map((set) => set[key])]);
  for (const key of ['undeclared', 'cut', 'open'] as const) if (!isEmpty(joined(key))) return { state: key, ports: formatPorts(joined(key)) };
  return { state: 'closed', ports: '' };
}

function pairPorts(from: Endpoint, to: Endpoint, world: PlatformNetwork): Record<'open' | 'cut' | 'undeclared', PortSet> {
  const declared = unionOf([noPorts, ...declaring(from, to, world).map(({ ports }) => ports)]);
  const { certain, possible } = world.network.open(from, to);
  const extra = withoutPorts(possible, declared);
  const heard = heardPorts(to, world.around);
  // All ports open says less than the ports on which something listens.
  const undeclared = isEmpty(declared) && (isEmpty(heard) || isEmpty(intersectionOf(extra, heard))) ? extra : intersectionOf(extra, heard);
  return { open: intersectionOf(certain, declared), cut: withoutPorts(declared, certain), undeclared };
}
