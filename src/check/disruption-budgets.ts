import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { labelTest } from '../lib/label-selector.js';
import { isDict, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { formatSelector } from '../network/index.js';
import { autoscalersOf, type Autoscaler } from './autoscalers.js';
import { placeOf } from './field.js';
import { graphOf, kindOf, replicasOf } from './graph.js';
import type { Pods } from '../model/pods.js';

/** Finds PodDisruptionBudgets that let no pod be evicted, so that no node can be drained, and those that fit no pods. */
export function disruptionBudgets(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const graph = graphOf(platform, desired);
  const scalers = autoscalersOf(desired);
  return graph.all('policy/PodDisruptionBudget').flatMap((of) => {
    const selector = valueAt(of.object, 'spec', 'selector');
    const namespace = of.ref.namespace ?? '';
    const fits = labelTest(selector);
    const pods = isDict(selector) ? graph.podsIn(namespace).filter(({ labels, of: { ref } }) => fits(labels) && !['Job', 'CronJob'].includes(ref.kind)) : [];
    if (pods.length > 0) return forbidden(of, { pods, scalers });
    if (graph.operated(namespace)) return [];
    return [diagnose('disruption-selects-none', { object: formatRef(of.ref), selector: isDict(selector) ? formatSelector(selector) : 'none' }, placeOf(of, ['spec', 'selector']))];
  });
}

function forbidden(of: RenderedObject, { pods, scalers }: { pods: readonly Pods[]; scalers: readonly Autoscaler[] }): Diagnostic[] {
  const counts = pods.map((each) => leastReplicas(each.of, scalers));
  if (counts.some((count) => count === undefined)) return [];
  const replicas = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (replicas === 0) return [];
  const [least, most] = [valueAt(of.object, 'spec', 'minAvailable'), valueAt(of.object, 'spec', 'maxUnavailable')];
  const field = least === undefined ? 'maxUnavailable' : 'minAvailable';
  const kept = least === undefined ? replicas - (share(most, replicas) ?? replicas) : share(least, replicas);
  if (kept === undefined || kept < replicas) return [];
  const params = { object: formatRef(of.ref), field, value: String(least ?? most), replicas, pods: pods.map((each) => formatRef(each.of.ref)).join(', ') };
  return [diagnose('disruption-forbidden', params, placeOf(of, ['spec', field]))];
}

/** How many pods there are at least: what the autoscaler keeps, else what the workload asks for. */
function leastReplicas(of: RenderedObject, scalers: readonly Autoscaler[]): number | undefined {
  const scaler = scalers.find(({ of: { ref }, target }) => ref.namespace === of.ref.namespace && `${target.group}/${target.kind}` === kindOf(of.ref) && target.name === of.ref.name);
  return scaler ? (scaler.least ?? 1) : replicasOf(of);
}

/** A count, or a share of it rounded up, as the disruption controller does. */
function share(value: unknown, of: number): number | undefined {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) / 100) * of);
}
