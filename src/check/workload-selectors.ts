import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { labelTest } from '../lib/label-selector.js';
import { asDict, isDict, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { formatSelector } from '../network/index.js';
import { placeOf } from './field.js';
import { graphOf } from './graph.js';
import type { Pods } from '../model/pods.js';

const selecting = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** Finds workloads whose selector does not fit their own pods, or fits those of another workload as well. */
export function workloadSelectors(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  return graph.pods.flatMap((pods) => {
    const { of, labels, namespace } = pods;
    const selector = valueAt(of.object, 'spec', 'selector');
    if (!selecting.has(of.ref.kind) || !isDict(selector) || Object.keys(selector).length === 0) return [];
    const fits = labelTest(selector);
    const object = formatRef(of.ref);
    const at = (): Diagnostic['at'] => placeOf(of, ['spec', 'selector']);
    if (!fits(labels)) {
      return [diagnose('selector-other-labels', { object, selector: formatSelector(selector), labels: formatSelector({ matchLabels: labels }) }, at())];
    }
    const others = graph.podsIn(namespace).filter((each) => each !== pods && selecting.has(each.of.ref.kind) && fits(each.labels) && !isTwin(each, pods, of));
    if (others.length === 0) return [];
    return [diagnose('selector-overlaps', { object, selector: formatSelector(selector), others: others.map((each) => formatRef(each.of.ref)).join(', ') }, at())];
  });
}

/** Of two that select each other's pods, only the second one is told of. */
function isTwin(other: Pods, own: Pods, of: RenderedObject): boolean {
  const back = labelTest(asDict(other.of.object['spec'])['selector']);
  return back(own.labels) && formatRef(other.of.ref) > formatRef(of.ref);
}
