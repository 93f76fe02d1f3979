import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { labelTest } from '../lib/label-selector.js';
import { asDict, asList, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { formatSelector } from '../network/index.js';
import { fieldPath, placeOf } from './field.js';
import { graphOf, texts, type Graph } from './graph.js';
import { containersOf } from '../model/pods.js';

/** Finds ServiceMonitors and PodMonitors that fit nothing, or read a port which what they fit does not have. */
export function monitors(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  const services = graph.all('monitoring.coreos.com/ServiceMonitor').flatMap((of) => findings(of, { graph, what: 'Service', field: 'endpoints', targets: servicesIn(graph) }));
  const pods = graph.all('monitoring.coreos.com/PodMonitor').flatMap((of) => findings(of, { graph, what: 'pods', field: 'podMetricsEndpoints', targets: podsIn(graph) }));
  return [...services, ...pods];
}

interface Target {
  namespace: string;
  labels: Readonly<Record<string, string>>;
  ports: string[];
}

interface Monitored {
  graph: Graph;
  what: string;
  field: string;
  targets: readonly Target[];
}

function findings(of: RenderedObject, { graph, what, field, targets }: Monitored): Diagnostic[] {
  const object = formatRef(of.ref);
  const selector = valueAt(of.object, 'spec', 'selector');
  const namespaces = asDict(valueAt(of.object, 'spec', 'namespaceSelector'));
  const names = texts(namespaces['matchNames']);
  const isWatched = (namespace: string): boolean => namespaces['any'] === true || (names.length > 0 ? names.includes(namespace) : namespace === of.ref.namespace);
  const fits = labelTest(selector);
  const fitting = targets.filter(({ namespace, labels }) => isWatched(namespace) && fits(labels));
  if (fitting.length === 0) {
    // It may be there for what others bring.
    const elsewhere = namespaces['any'] === true || names.some((name) => !graph.own.has(name)) || graph.operated(of.ref.namespace ?? '');
    return elsewhere ? [] : [diagnose('monitor-selects-none', { object, what, selector: formatSelector(selector) }, placeOf(of, ['spec', 'selector']))];
  }
  const ports = [...new Set(fitting.flatMap((target) => target.ports))];
  return asList(valueAt(of.object, 'spec', field)).flatMap((entry, i) => {
    const port = asString(asDict(entry)['port']);
    if (port === undefined || ports.includes(port)) return [];
    const near = didYouMean(port, ports);
    const hint = near !== undefined ? `did you mean ${near}?` : ports.length > 0 ? `there is ${ports.join(', ')}` : 'give the port a name';
    const path = `spec.${field}[${i}].port`;
    return [diagnose('monitor-port-missing', { object, path, port, what, hint }, placeOf(of, fieldPath(of.object, path)))];
  });
}

function servicesIn(graph: Graph): Target[] {
  return graph.all('/Service').map(({ ref, object }) => ({
    namespace: ref.namespace ?? '',
    labels: asStrings(object.metadata.labels),
    ports: asList(valueAt(object, 'spec', 'ports')).flatMap((port) => asString(asDict(port)['name']) ?? []),
  }));
}

function podsIn(graph: Graph): Target[] {
  return graph.pods.map((pods) => ({
    namespace: pods.namespace,
    labels: pods.labels,
    ports: containersOf(pods).flatMap(({ container }) => asList(container['ports']).flatMap((port) => asString(asDict(port)['name']) ?? [])),
  }));
}
