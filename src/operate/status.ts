import { diagnose, MostikError } from '../diagnostics/index.js';
import { explain, hasHealth, healthOf } from '../apply/index.js';
import type { Kube } from '../kube/index.js';
import { keyOf, labels, refOf, type ComponentStatus, type Health, type KubeObject, type ObjectRef, type PlatformStatus } from '../model/index.js';
import { readState, type State } from '../plan/index.js';
import type { Target } from './target.js';

/** Which platform, and where its state is. */
export interface PlatformPlace {
  platform: string;
  namespace: string;
}

/** Reads how a platform is: every recorded object judged, the unhealthy ones explained. */
export async function platformStatus({ kube, simulated }: Target, place: PlatformPlace): Promise<PlatformStatus> {
  const state = await readState(kube, place.platform, place.namespace);
  if (!state.last) throw new MostikError([diagnose('platform-not-applied', { platform: place.platform })]);
  const refs = [...state.inventory.values()].filter(({ hook }) => !hook);
  const live = await readObjects(kube, refs.map(({ ref }) => ref), place.platform);
  const components = await Promise.all(state.last.components.map(({ name }) => componentStatus(kube, name, { refs: refs.filter(({ component }) => component === name).map(({ ref }) => ref), live })));
  return { platform: place.platform, generation: state.last.number, phase: phaseOf(state), profiles: state.last.profiles, simulated, components };
}

/** Tells the status anew each time something changes, at most once a second, until the signal. */
export async function watchStatus(target: Target, place: PlatformPlace, options: { onStatus(status: PlatformStatus): void; signal: AbortSignal }): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    options.onStatus(await platformStatus(target, place));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1000);
      signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
    });
  }
}

function phaseOf({ last }: State): string {
  return last?.phase ?? 'unknown';
}

async function readObjects(kube: Kube, refs: readonly ObjectRef[], platform: string): Promise<Map<string, KubeObject>> {
  const kinds = new Map(refs.map((ref) => [`${ref.apiVersion}/${ref.kind}`, ref]));
  const lists = await Promise.all(
    [...kinds.values()].map(async (ref) => ((await kube.resourceFor(ref.apiVersion, ref.kind)) ? (await kube.list(ref.apiVersion, ref.kind, { labelSelector: `${labels.platform}=${platform}` })).items : [])),
  );
  return new Map(lists.flat().map((object) => [keyOf(refOf(object)), object]));
}

async function componentStatus(kube: Kube, name: string, { refs, live }: { refs: ObjectRef[]; live: Map<string, KubeObject> }): Promise<ComponentStatus> {
  const objects = await Promise.all(refs.map(async (ref) => ({ ref, health: await objectHealth(kube, ref, live.get(keyOf(ref))) })));
  const order = { failed: 0, progressing: 1, unknown: 2, healthy: 3 };
  const worst = [...objects].sort((a, b) => order[a.health.status] - order[b.health.status])[0];
  return { name, health: worst ? worst.health : { status: 'healthy', reason: '' }, objects };
}

async function objectHealth(kube: Kube, ref: ObjectRef, object: KubeObject | undefined): Promise<Health> {
  if (!object) return { status: 'failed', reason: 'is missing in the cluster' };
  return hasHealth(ref) ? explain(kube, object, healthOf(object)) : { status: 'healthy', reason: '' };
}
