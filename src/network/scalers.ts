import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, type ResolvedPlatform } from '../model/index.js';
import type { Endpoint } from './endpoint.js';
import type { Flow, ReadEdge } from './flows.js';
import type { PlatformEndpoints } from './platform.js';
import { intersectionOf, isEmpty, noPorts, portsOf, unionOf, type PortSet } from './port-set.js';
import { containerPorts, servedPorts } from './services.js';

/** Ports on which KEDA asks what it scales by, by type of trigger; types that ask nobody in the platform are left out. */
const triggerPorts: Readonly<Record<string, readonly number[]>> = {
  rabbitmq: [5671, 5672, 15671, 15672],
  redis: [6379],
  'redis-streams': [6379],
  'redis-sentinel': [6379, 26379],
  'redis-cluster': [6379],
  kafka: [9092, 9093, 9094],
  postgresql: [5432],
  mysql: [3306],
  mongodb: [27017],
  'nats-jetstream': [8222],
  activemq: [8161],
  artemis: [8161],
  prometheus: [80, 443, 9090],
  'metrics-api': [80, 443, 8000, 8080],
};

/** KEDA reaches what a scaled component uses on the ports of its triggers: a queue whose length nobody may read scales nothing. */
export function scalerFlows({ components }: ResolvedPlatform, { edges, around }: { edges: readonly ReadEdge[]; around: PlatformEndpoints }): Flow[] {
  const askers = kedaEndpoints(around);
  return components.flatMap(({ name }) => {
    const asked = askedPorts(name, around);
    if (askers.length === 0 || isEmpty(asked)) return [];
    return edges.filter(({ edge }) => edge.from === name).flatMap(({ edge, ports, at }) =>
      [...ports.opened.keys()].flatMap((to): Flow[] => {
        const opened = intersectionOf(unionOf([servedPorts(around.servicesAt(to), to), containerPorts(to), noPorts]), asked);
        if (isEmpty(opened)) return [];
        return askers.map((from) => ({ kind: 'scaler', from, to, ports: opened, component: name, other: edge.to, at }));
      }),
    );
  });
}

function kedaEndpoints({ places, workloads, objects }: PlatformEndpoints): Endpoint[] {
  const makers = new Set(objects.flatMap(({ ref, component }) => (ref.kind === 'CustomResourceDefinition' && ref.name === 'scaledobjects.keda.sh' ? [component] : [])));
  const own = workloads.filter(({ component }) => component !== undefined && makers.has(component));
  return own.length > 0 ? own : places.controllers.filter(({ controller }) => controller.name === 'keda').map(({ endpoint }) => endpoint);
}

function askedPorts(name: string, { objects }: PlatformEndpoints): PortSet {
  const scaled = objects.filter(({ component, object }) => component === name && groupOf(object.apiVersion) === 'keda.sh' && (object.kind === 'ScaledObject' || object.kind === 'ScaledJob'));
  const types = scaled.flatMap(({ object }) => asList(valueAt(object, 'spec', 'triggers')).map((trigger) => asString(asDict(trigger)['type']) ?? ''));
  return unionOf(types.flatMap((type) => (Object.hasOwn(triggerPorts, type) ? triggerPorts[type]! : [])).map((port) => portsOf('TCP', port)));
}
