import type { Diagnostic } from '../diagnostics/index.js';
import { asDict, asList, asStrings, valueAt, type Dict } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { autoscalersOf } from './autoscalers.js';
import { graphOf, kindOf } from './graph.js';
import { ruleInForce } from './rule.js';

/**
 * TR-K8S-5: a Deployment behind a Service scales by cpu or memory, one without a Service (a worker) by anything, mostly its
 * queue. What holds data does not scale by replicas, so components with `data: true` are left out.
 */
export function trK8s5(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const report = ruleInForce(platform, 'tr-k8s-5');
  if (!report) return [];
  const graph = graphOf(platform, desired);
  const keepsData = new Set(platform.components.filter(({ data }) => data).map(({ name }) => name));
  const scalers = autoscalersOf(desired);
  return graph.pods.filter(({ of }) => kindOf(of.ref) === 'apps/Deployment' && !keepsData.has(of.component)).flatMap(({ of, namespace, labels }) => {
    const services = graph.all('/Service').filter((service) => service.ref.namespace === namespace && selects(service, labels) && carriesTraffic(service));
    const own = scalers.filter(({ of: scaler, target }) => scaler.ref.namespace === namespace && target.kind === 'Deployment' && target.name === of.ref.name).map((scaler) => scaler.of);
    if (own.length === 0) {
      const kind = services.length > 0 ? `it is behind ${formatRef(services[0]!.ref)}, and no HorizontalPodAutoscaler scales it` : 'no Service selects it, and no ScaledObject or HorizontalPodAutoscaler scales it';
      return report(of, kind);
    }
    if (services.length === 0 || own.some(measuresLoad)) return [];
    return report(of, `${own.map(({ ref }) => formatRef(ref)).join(', ')} scales it by neither cpu nor memory`);
  });
}

function selects({ object }: RenderedObject, labels: Record<string, string>): boolean {
  const selector = Object.entries(asStrings(valueAt(object, 'spec', 'selector')));
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** A worker may have a Service for its metrics alone. */
function carriesTraffic({ object }: RenderedObject): boolean {
  const ports = asList(valueAt(object, 'spec', 'ports')).map(asDict);
  return ports.length === 0 || ports.some(({ name }) => name !== 'metrics' && name !== 'http-metrics');
}

const resources = ['cpu', 'memory'];

function measuresLoad({ object, ref }: RenderedObject): boolean {
  const spec = asDict(object['spec']);
  if (ref.kind === 'ScaledObject') return asList(spec['triggers']).some((trigger) => resources.includes(String(asDict(trigger)['type'])));
  const metrics = asList(spec['metrics']).map(asDict);
  // Without metrics Kubernetes scales by 80 % of the requested cpu.
  return metrics.length === 0 || metrics.some(({ resource, containerResource }) => [resource, containerResource].some((source) => resources.includes(String((source as Dict | undefined)?.['name']))));
}
