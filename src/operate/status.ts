import { explain, hasHealth, healthOf, whyNotReady, type NotReady } from '../apply/index.js';
import type { Kube } from '../kube/index.js';
import { keyOf, type ComponentStatus, type Health, type KubeObject, type ObjectRef, type PlatformStatus } from '../model/index.js';
import { stoppedOf, type State } from '../plan/index.js';
import { namespacesOf, podsByComponent, readLivePlatform, type DeclaredPods, type LiveComponent, type LivePlatform, type PlatformPlace } from './live-platform.js';
import { statusDetails, type StatusDetails } from './status-details.js';
import type { Target } from './target.js';

export type { PlatformPlace } from './live-platform.js';

/** How a platform is, with what runs of it. */
export interface FullStatus extends PlatformStatus {
  details: StatusDetails;
  /** One chain of causes for each component that is not ready; only when it was asked for. */
  why?: NotReady[];
}

/** What to look at. */
export interface StatusOptions {
  /** Pods of operators, as the platform file declares them. */
  declared?: DeclaredPods;
  /** Also why components are not ready. */
  why?: boolean;
  signal?: AbortSignal | undefined;
}

/** Reads how a platform is: every recorded object judged, the unhealthy ones explained, and what runs of it. */
export async function platformStatus({ kube, simulated }: Target, place: PlatformPlace, options: StatusOptions = {}): Promise<FullStatus> {
  const live = await readLivePlatform(kube, place, options.signal);
  const pods = podsByComponent(kube, live.state, options);
  const [components, details, why] = await Promise.all([
    Promise.all(live.components.map((component) => componentStatus(kube, component, live))),
    statusDetails(kube, live, pods),
    options.why ? causes(kube, live, { pods, signal: options.signal }) : undefined,
  ]);
  const { last } = live.state;
  return { platform: place.platform, generation: last?.number ?? null, phase: phaseOf(live.state), profiles: last?.profiles ?? [], simulated, components, details, ...(why ? { why } : {}) };
}

/** Tells the status anew each time something changes, at most once a second, until the signal. */
export async function watchStatus(target: Target, place: PlatformPlace, options: StatusOptions & { onStatus(status: FullStatus): void; signal: AbortSignal }): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    options.onStatus(await platformStatus(target, place, { ...options, signal: undefined }));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1000);
      signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }
}

function phaseOf({ last }: State): string {
  return last?.phase ?? 'unknown';
}

async function componentStatus(kube: Kube, { name, refs, objects: there }: LiveComponent, live: LivePlatform): Promise<ComponentStatus> {
  const objects = await Promise.all(refs.map(async (ref) => ({ ref, health: await objectHealth(kube, ref, live.objects.get(keyOf(ref))) })));
  const order = { failed: 0, progressing: 1, unknown: 2, healthy: 3 };
  const worst = [...objects].sort((a, b) => order[a.health.status] - order[b.health.status])[0];
  const stopped = there.map(stoppedOf).find((one) => one !== undefined);
  return { name, health: worst ? worst.health : { status: 'healthy', reason: '' }, objects, ...(stopped ? { stopped: { by: stopped.by, since: stopped.since } } : {}) };
}

async function objectHealth(kube: Kube, ref: ObjectRef, object: KubeObject | undefined): Promise<Health> {
  if (!object) return { status: 'failed', reason: 'is missing in the cluster' };
  if (!hasHealth(ref, object)) return { status: 'healthy', reason: '' };
  const { status, reason } = await explain(kube, object, healthOf(object));
  return { status, reason };
}

/** Why components are not ready, over the components that they need, down to the pod. */
async function causes(kube: Kube, live: LivePlatform, options: { pods: Promise<Map<string, KubeObject[]>>; signal: AbortSignal | undefined }): Promise<NotReady[]> {
  const [pods, ...warnings] = await Promise.all([
    options.pods,
    ...namespacesOf(live.state).map((namespace) => kube.list('v1', 'Event', { namespace, fieldSelector: 'type=Warning', signal: options.signal })),
  ]);
  const healths = live.components.flatMap(({ name, refs }) => refs.map((ref) => {
    const object = live.objects.get(keyOf(ref));
    const health: Health = !object ? { status: 'failed', reason: 'is missing in the cluster' } : hasHealth(ref, object) ? healthOf(object) : { status: 'healthy', reason: '' };
    return { component: name, ref, health, ...(object ? { live: object } : {}) };
  }));
  const stopped = new Map(live.components.flatMap(({ name, objects }) => {
    const found = objects.map(stoppedOf).find((one) => one !== undefined);
    return found ? [[name, `was stopped by ${found.by} ${found.since}`] as const] : [];
  }));
  return whyNotReady({ components: live.components, healths, pods: [...pods.values()].flat(), events: warnings.flatMap(({ items }) => items), stopped });
}
