import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type ResolvedPlatform } from '../model/index.js';
import { placeOf } from './field.js';
import { graphOf, replicasOf } from './graph.js';
import { providesObject } from './provided.js';

/** Finds StatefulSets whose pods have no names in DNS, because the Service of `serviceName` is missing, not headless, or not theirs. */
export function statefulServices(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  return graph.all('apps/StatefulSet').flatMap((of) => {
    const name = asString(valueAt(of.object, 'spec', 'serviceName'));
    const namespace = of.ref.namespace ?? '';
    if (!name) return [];
    const finding = (problem: string, hint: string): Diagnostic[] => [diagnose('stateful-service', { object: formatRef(of.ref), service: `Service/${namespace}/${name}`, problem, hint }, placeOf(of, ['spec', 'serviceName']))];
    const service = graph.find('/Service', namespace, name);
    if (!service) {
      if (providesObject(platform, { kind: 'Service', namespace, name })) return [];
      const near = didYouMean(name, graph.all('/Service').filter(({ ref }) => ref.namespace === namespace).map(({ ref }) => ref.name));
      return finding('is not in this platform', near === undefined ? `add a Service ${name} with clusterIP: None` : `did you mean ${near}?`);
    }
    // A single pod is found by the Service itself.
    if (valueAt(service.object, 'spec', 'clusterIP') !== 'None' && (replicasOf(of) ?? 1) > 1) return finding('is not headless', 'give it clusterIP: None');
    const labels = graph.podsIn(namespace).find((pods) => pods.of === of)?.labels ?? {};
    const selector = Object.entries(asStrings(asDict(service.object['spec'])['selector']));
    return selector.every(([key, value]) => labels[key] === value) ? [] : finding('selects other pods', 'give it the labels of the pods as its selector');
  });
}
