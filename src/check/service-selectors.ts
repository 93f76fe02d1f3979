import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { asDict, asStrings, valueAt } from '../lib/read-unknown.js';
import { carriesLabels, formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { graphOf, type Graph } from './graph.js';
import type { Pods } from '../model/pods.js';

/** Finds Services whose selector fits pods of another component, and those that fit none. */
export function serviceSelectors(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  const { pods } = graph;
  return desired.objects.flatMap((service) => {
    const selector = selectorOf(service);
    if (!selector) return [];
    const namespace = service.ref.namespace ?? '';
    const fitting = graph.podsIn(namespace).filter((each) => carriesLabels(each.labels, selector));
    const others = fitting.filter(({ of }) => of.component !== service.component);
    if (fitting.length === 0) return nobody(service, pods, graph);
    // A Service of its own component may stand before another one's pods alone: only mixing is a mistake.
    if (others.length === 0 || others.length === fitting.length) return [];
    const object = formatRef(service.ref);
    return [diagnose('service-selects-others', { object, selector: written(selector), others: others.map(({ of }) => `${formatRef(of.ref)} of ${of.component}`).join(', ') }, service.at)];
  });
}

function selectorOf({ object, ref, hook }: RenderedObject): Record<string, string> | undefined {
  if (hook || ref.kind !== 'Service' || ref.apiVersion !== 'v1' || valueAt(object, 'spec', 'type') === 'ExternalName') return undefined;
  const selector = asStrings(asDict(object['spec'])['selector']);
  return Object.keys(selector).length > 0 ? selector : undefined;
}

function nobody(service: RenderedObject, pods: readonly Pods[], graph: Graph): Diagnostic[] {
  const namespace = service.ref.namespace ?? '';
  if (graph.operated(namespace)) return [];
  const selector = selectorOf(service) ?? {};
  const nearest = pods
    .filter((each) => each.namespace === namespace)
    .map((each) => ({ each, hits: Object.entries(selector).filter(([key, value]) => each.labels[key] === value).length }))
    .sort((a, b) => b.hits - a.hits)
    .find(({ hits }) => hits > 0)?.each;
  const hint = nearest ? `the pods of ${formatRef(nearest.of.ref)} come nearest: ${written(nearest.labels)}` : '';
  return [diagnose('service-selects-none', { object: formatRef(service.ref), selector: written(selector), hint }, service.at)];
}

function written(labels: Record<string, string>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(', ');
}
