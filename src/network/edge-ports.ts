import type { Endpoint } from './endpoint.js';
import { intersectionOf, isEmpty, portsOf, unionOf, type PortSet } from './port-set.js';
import { containerPorts, servedPorts, type ServiceView } from './services.js';

/** What the ports of an edge mean on the pods of its target. */
export interface EdgePorts {
  /** What the edge opens on each endpoint; endpoints on which it opens nothing are left out. */
  opened: Map<Endpoint, PortSet>;
  /** Ports that were asked for and that neither a Service nor a container of the target has. */
  unknown: (number | string)[];
  /** What could have been asked for: ports of Services, else of containers. */
  offered: string[];
}

/**
 * Resolves the ports of an edge: numbers and names of Service ports first, then numbers behind them, then ports of containers.
 * Without ports all Service ports are meant, or all container ports where there is no Service.
 * A number is taken at its word where the target says nothing of its ports.
 */
export function edgePorts({ ports }: { ports?: (number | string)[] }, targets: readonly Endpoint[], servicesAt: (endpoint: Endpoint) => readonly ServiceView[]): EdgePorts {
  const before = [...new Set(targets.flatMap(servicesAt))];
  const offered = [...new Set([...before.flatMap((service) => service.ports.map(({ name, port }) => (name ? `${port} (${name})` : String(port)))), ...(before.length > 0 ? [] : targets.flatMap((each) => each.ports.map(({ name, port }) => (name ? `${port} (${name})` : String(port)))))])];
  if (!ports) {
    const served = eachTarget(targets, (target) => servedPorts(before, target));
    return { opened: served.size > 0 ? served : eachTarget(targets, containerPorts), unknown: [], offered };
  }
  const silent = before.length === 0 && targets.every((target) => target.ports.length === 0);
  const found = ports.map((port) => ({ port, opened: onePort(port, { targets, before, silent }) }));
  const opened = eachTarget(targets, (target) => unionOf(found.flatMap((each) => each.opened.get(target) ?? [])));
  return { opened, unknown: found.filter((each) => each.opened.size === 0).map(({ port }) => port), offered };
}

interface Ground {
  targets: readonly Endpoint[];
  before: readonly ServiceView[];
  silent: boolean;
}

/** The first meaning of a port that leads anywhere. */
function onePort(port: number | string, { targets, before, silent }: Ground): Map<Endpoint, PortSet> {
  const meanings: ((target: Endpoint) => PortSet)[] =
    typeof port === 'string'
      ? [(target) => servedPorts(before, target, ({ name }) => name === port), (target) => unionOf(target.ports.filter(({ name }) => name === port).map((each) => portsOf(each.protocol, each.port)))]
      : [
          (target) => servedPorts(before, target, (each) => each.port === port),
          (target) => numbered(servedPorts(before, target), port),
          (target) => numbered(containerPorts(target), port),
          ...(silent ? [() => portsOf('TCP', port)] : []),
        ];
  for (const meaning of meanings) {
    const opened = eachTarget(targets, meaning);
    if (opened.size > 0) return opened;
  }
  return new Map();
}

/** The port of that number in a set, in each protocol it has there. */
function numbered(set: PortSet, port: number): PortSet {
  return intersectionOf(set, unionOf([portsOf('TCP', port), portsOf('UDP', port), portsOf('SCTP', port)]));
}

function eachTarget(targets: readonly Endpoint[], portsFor: (target: Endpoint) => PortSet): Map<Endpoint, PortSet> {
  return new Map(targets.map((target): [Endpoint, PortSet] => [target, portsFor(target)]).filter(([, ports]) => !isEmpty(ports)));
}
