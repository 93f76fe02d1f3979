import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { oneOf } from '../lib/describe-value.js';
import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { fieldPath, placeOf } from './field.js';
import { graphOf, type Graph } from './graph.js';
import { providesObject } from './provided.js';
import { routesOf, type Backend } from './routes.js';

/** Finds Ingresses and routes that lead to a Service which is not there, or to a port which it does not have. */
export function routeBackends(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  return routesOf(desired).flatMap(({ of, backends }) => backends.flatMap((backend) => findings(of, backend, { graph, platform })));
}

function findings(of: RenderedObject, backend: Backend, { graph, platform }: { graph: Graph; platform: ResolvedPlatform }): Diagnostic[] {
  const { service: name, namespace, port, from } = backend;
  const params = { object: formatRef(of.ref), path: from, service: name, namespace };
  const at = (): Diagnostic['at'] => placeOf(of, fieldPath(of.object, from));
  const service = graph.find('/Service', namespace, name);
  if (!service) {
    if (providesObject(platform, { kind: 'Service', namespace, name }) || graph.operated(namespace)) return [];
    const near = didYouMean(name, graph.all('/Service').filter(({ ref }) => ref.namespace === namespace).map(({ ref }) => ref.name));
    const diagnostic = diagnose('route-service-missing', { ...params, near: near === undefined ? '' : `did you mean ${near}? ` }, at());
    return [graph.own.has(namespace) ? { ...diagnostic, severity: 'error' } : diagnostic];
  }
  const ports = asList(valueAt(service.object, 'spec', 'ports')).map(asDict);
  const fits = ports.some((entry) => entry['port'] === port || (typeof port === 'string' && entry['name'] === port));
  if (port === undefined || fits || valueAt(service.object, 'spec', 'type') === 'ExternalName') return [];
  const has = ports.map((entry) => [asNumber(entry['port']), asString(entry['name']) === undefined ? '' : ` (${asString(entry['name'])})`].join(''));
  return [diagnose('route-port-missing', { ...params, port, has: has.length === 0 ? 'no ports' : oneOf(has, 'and') }, at())];
}
