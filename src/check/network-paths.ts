import { diagnose, type Diagnostic, type Location, type Severity } from '../diagnostics/index.js';
import { activeExceptions, dateOf, type Desired, type ResolvedPlatform } from '../model/index.js';
import { containerPorts, few, formatPorts, hasLabels, ingressControllers, intersectionOf, isEmpty, noPorts, ruleName, servedPorts, unionOf, withoutPorts, type Endpoint, type Network, type PortSet } from '../network/index.js';
import { firstPort } from './network-edges.js';
import { networkOf, type PlatformNetwork } from './network.js';

const rule = 'tr-k8s-7';

/**
 * Finds open paths into components that nothing declares: from other components, from ingress controllers, from pods of other
 * namespaces. Asked for by `network.policies: generated` and by rule tr-k8s-7; where both are absent everything may be open.
 */
export function networkPaths(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const severity = severityOf(platform);
  if (!severity) return [];
  const world = networkOf(platform, desired);
  const excepted = new Set(activeExceptions(platform.policies.exceptions, dateOf(new Date())).flatMap((each) => (each.rule === rule ? [each.object] : [])));
  const openings = new Map<string, Opening>();
  const declared = declaredPorts(world);
  const outside = [world.around.places.strangers, ...ingressControllers(platform, world.around).map(({ endpoint }) => endpoint).filter(({ component }) => component === undefined)];
  for (const to of world.around.workloads) {
    if (excepted.has(to.id)) continue;
    for (const from of [...world.around.workloads, ...outside]) {
      // Nothing closes the way between two pods that are their nodes.
      if (from === to || from.component === to.component || !(hasLabels(from) || hasLabels(to))) continue;
      const extra = undeclared(world, { from, to, declared: declared(from, to) });
      if (!isEmpty(extra)) note(openings, { from, to, extra, world });
    }
  }
  return [...openings.values()].map((opening) => ({ ...finding(opening, platform), severity }));
}

function severityOf({ network, policies }: ResolvedPlatform): Severity | undefined {
  const action = policies.rules.find(({ id }) => id === rule)?.action;
  if (network.policies === 'generated' || action === 'enforce') return 'error';
  return action === 'warn' ? 'warning' : undefined;
}

/** The ports that are declared from one endpoint to another; what anybody may reach is declared for all. */
function declaredPorts({ declared, around: { places } }: PlatformNetwork): (from: Endpoint, to: Endpoint) => PortSet {
  const table = new Map<Endpoint, Map<Endpoint, PortSet>>();
  for (const { from, to, ports } of declared.flows) {
    const row = table.get(to) ?? new Map<Endpoint, PortSet>();
    row.set(from, unionOf([row.get(from) ?? noPorts, ports]));
    table.set(to, row);
  }
  return (from, to) => unionOf([from, places.anywhere, places.api].flatMap((each) => table.get(to)?.get(each) ?? []));
}

/** What is open and not declared. Beside a declared port only those count on which something listens. */
function undeclared({ network, around }: PlatformNetwork, { from, to, declared }: { from: Endpoint; to: Endpoint; declared: PortSet }): PortSet {
  const extra = withoutPorts(network.open(from, to).possible, declared);
  if (isEmpty(declared) || isEmpty(extra)) return extra;
  return intersectionOf(extra, unionOf([containerPorts(to), servedPorts(around.servicesAt(to), to), noPorts]));
}

/** All ways into a component that one rule opens, or that stand open because nothing isolates it. */
interface Opening {
  to: Endpoint;
  targets: Set<string>;
  from: Set<string>;
  ports: PortSet;
  why: string;
  at: Location | undefined;
}

function note(openings: Map<string, Opening>, { from, to, extra, world }: { from: Endpoint; to: Endpoint; extra: PortSet; world: PlatformNetwork }): void {
  const { why, at } = openedBy(world, { from, to, extra });
  const key = `${to.component ?? to.id} ${why}`;
  const before = openings.get(key);
  const opening = before ?? { to, targets: new Set(), from: new Set(), ports: noPorts, why, at };
  opening.targets.add(to.id);
  opening.from.add(from.component ?? from.id);
  opening.ports = unionOf([opening.ports, extra]);
  if (!before) openings.set(key, opening);
}

function openedBy({ network, around }: PlatformNetwork, { from, to, extra }: { from: Endpoint; to: Endpoint; extra: PortSet }): { why: string; at: Location | undefined } {
  const { ingress } = network.verdict(from, to, firstPort(extra));
  const [passage] = ingress.passages;
  if (!passage) return { why: nothingSelects(network, to), at: around.podsOf.get(to)?.of.at };
  const some = passage.share === 'some' ? ' for some of the addresses that pods may have' : '';
  return { why: `${ruleName(passage, 'ingress')} lets them in${some}`, at: around.objects.find(({ object }) => object === passage.policy.object)?.at };
}

function nothingSelects(network: Network, to: Endpoint): string {
  if (!hasLabels(to)) return 'it runs on the host network, where no NetworkPolicy guards it';
  const others = network.selecting(to, 'egress').length > 0 ? ' for ingress' : '';
  return `no NetworkPolicy selects its pods${others}`;
}

function finding({ to, targets, from, ports, why, at }: Opening, { components }: ResolvedPlatform): Diagnostic {
  const place = at ?? components.find(({ name }) => name === to.component)?.at;
  const component = to.component ?? to.id;
  const users = [...from].filter((name) => components.some((each) => each.name === name));
  const declare = users.length > 0 ? `declare it (uses: [${component}] of ${few(users)}), or ` : '';
  return diagnose('path-open', { to: component, pods: few([...targets]), from: few([...from]), ports: formatPorts(ports), why, declare }, place);
}
