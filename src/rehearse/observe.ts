import { setTimeout as sleep } from 'node:timers/promises';
import type { Kube, WatchedList } from '../kube/index.js';
import { labelTest, type LabelTest } from '../lib/label-selector.js';
import { asDict, asList, asNumber, asString, isDict, valueAt } from '../lib/read-unknown.js';
import { formatRef, refOf, type KubeObject } from '../model/index.js';

/** Ready endpoints of a Service: before, at their fewest, after; and how often the last one went. */
export interface EndpointCount {
  before: number;
  least: number;
  after: number;
  wentEmpty: number;
}

/** What a PodDisruptionBudget demands, and the fewest healthy pods it had. */
export interface BudgetCount {
  demanded: number;
  before: number;
  least: number;
}

/** What was seen between start and end. Counts alone: times of simulated pods say nothing. */
export interface Observed {
  /** By `Service/namespace/name`. */
  services: Map<string, EndpointCount>;
  /** By `PodDisruptionBudget/namespace/name`. */
  budgets: Map<string, BudgetCount>;
  started: KubeObject[];
  ended: KubeObject[];
}

/** A watch under way. */
export interface Observer {
  pods: ReadonlyMap<string, KubeObject>;
  /** Waits until endpoints have followed the pods, then ends the watch. */
  end(): Promise<Observed>;
}

/** Watches pods, endpoints and budgets of the whole throw-away cluster. */
export async function observe(kube: Kube): Promise<Observer> {
  const stopper = new AbortController();
  const follow = (apiVersion: string, kind: string): WatchedList => {
    const list = kube.watchList(apiVersion, kind, { signal: stopper.signal });
    list.done.catch(() => undefined);
    return list;
  };
  const [pods, slices, budgets] = [follow('v1', 'Pod'), follow('discovery.k8s.io/v1', 'EndpointSlice'), follow('policy/v1', 'PodDisruptionBudget')];
  await Promise.all([pods.listed, slices.listed, budgets.listed]);
  const observed: Observed = { services: new Map(), budgets: new Map(), started: [], ended: [] };
  let changedAt = Date.now();
  for (const list of [pods, slices]) list.onChange(() => { changedAt = Date.now(); });
  const rest = async (): Promise<void> => {
    // Endpoints follow pods within milliseconds; a cluster that never rests is not waited for.
    for (let i = 0; i < 30 && Date.now() - changedAt < 300; i++) await sleep(100);
  };
  await rest();
  countEndpoints(slices, observed.services);
  countBudgets({ pods, budgets }, observed.budgets);
  pods.onChange(({ type, object }) => {
    if (type === 'added') observed.started.push(object);
    if (type === 'deleted') observed.ended.push(object);
  });
  return {
    pods: pods.objects,
    end: async () => {
      await rest();
      stopper.abort();
      return observed;
    },
  };
}

function countEndpoints(slices: WatchedList, services: Observed['services']): void {
  const now = (service: string): number => {
    const addresses = new Set<string>();
    for (const slice of slices.objects.values()) if (serviceOf(slice) === service) for (const address of readyAddresses(slice)) addresses.add(address);
    return addresses.size;
  };
  const names = new Set([...slices.objects.values()].flatMap((slice) => serviceOf(slice) ?? []));
  for (const name of names) {
    const count = now(name);
    services.set(name, { before: count, least: count, after: count, wentEmpty: 0 });
  }
  slices.onChange(({ object }) => {
    const name = serviceOf(object);
    if (name === undefined) return;
    const count = now(name);
    const known = services.get(name) ?? { before: 0, least: 0, after: 0, wentEmpty: 0 };
    const isEmptied = known.after > 0 && count === 0;
    services.set(name, { before: known.before, least: Math.min(known.least, count), after: count, wentEmpty: known.wentEmpty + Number(isEmptied) });
  });
}

function serviceOf(slice: KubeObject): string | undefined {
  const name = slice.metadata.labels?.['kubernetes.io/service-name'];
  return name === undefined ? undefined : formatRef({ apiVersion: 'v1', kind: 'Service', namespace: slice.metadata.namespace ?? '', name });
}

/** Addresses that clients are sent to. A slice says nothing of readiness for `ready`. */
function readyAddresses(slice: KubeObject): string[] {
  return asList(slice['endpoints']).flatMap((endpoint) => {
    const conditions = asDict(asDict(endpoint)['conditions']);
    if (conditions['ready'] === false) return [];
    return asList(asDict(endpoint)['addresses']).flatMap((address) => asString(address) ?? []);
  });
}

function countBudgets({ pods, budgets }: { pods: WatchedList; budgets: WatchedList }, counts: Observed['budgets']): void {
  const look = (): void => {
    for (const budget of budgets.objects.values()) {
      const name = formatRef(refOf(budget));
      const healthy = [...pods.objects.values()].filter((pod) => isCovered(pod, budget) && isReady(pod)).length;
      const demanded = asNumber(valueAt(budget, 'status', 'desiredHealthy')) ?? 0;
      const known = counts.get(name);
      counts.set(name, known ? { ...known, demanded: Math.max(known.demanded, demanded), least: Math.min(known.least, healthy) } : { demanded, before: healthy, least: healthy });
    }
  };
  look();
  pods.onChange(look);
}

const selectors = new WeakMap<object, LabelTest>();

function isCovered(pod: KubeObject, budget: KubeObject): boolean {
  const written = valueAt(budget, 'spec', 'selector');
  if (pod.metadata.namespace !== budget.metadata.namespace || !isDict(written)) return false;
  let selector = selectors.get(written);
  if (!selector) selectors.set(written, (selector = labelTest(written)));
  return selector(pod.metadata.labels ?? {});
}

function isReady(pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  return asList(valueAt(pod, 'status', 'conditions')).some((condition) => asDict(condition)['type'] === 'Ready' && asDict(condition)['status'] === 'True');
}
