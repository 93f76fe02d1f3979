import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { groupBy } from '../lib/group-by.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { keyOf, labels, refOf, type DesiredComponent, type KubeObject, type ObjectRef } from '../model/index.js';
import { readState, type State } from '../plan/index.js';
import { ownedPods, podOwners, type PodSources } from './pod-owners.js';

/** Which platform, and where its state is. */
export interface PlatformPlace {
  platform: string;
  namespace: string;
}

/** A component as it is on the cluster. */
export interface LiveComponent extends Pick<DesiredComponent, 'name' | 'after' | 'timeoutSeconds'> {
  /** What was applied, hooks left out. */
  refs: ObjectRef[];
  /** What of it is there. */
  objects: KubeObject[];
}

/** A platform as it is on the cluster: from its record, so the files are not needed. */
export interface LivePlatform {
  place: PlatformPlace;
  state: Applied;
  components: LiveComponent[];
  /** By object key. */
  objects: Map<string, KubeObject>;
}

/** The record of a platform that is on the cluster. */
export type Applied = State & { last: NonNullable<State['last']> };

/** Reads the record of a platform; one that was never applied is a Diagnostic. */
export async function readApplied(kube: Kube, place: PlatformPlace): Promise<Applied> {
  const state = await readState(kube, place.platform, place.namespace);
  const { last } = state;
  if (!last) throw new MostikError([diagnose('platform-not-applied', { platform: place.platform })]);
  return { ...state, last };
}

/** The namespaces in which a platform has objects. */
export function namespacesOf({ inventory }: Pick<State, 'inventory'>): string[] {
  return [...new Set([...inventory.values()].flatMap(({ ref }) => ref.namespace ?? []))];
}

/** Reads what of a platform is there, one LIST per kind. */
export async function readLivePlatform(kube: Kube, place: PlatformPlace, signal?: AbortSignal): Promise<LivePlatform> {
  const state = await readApplied(kube, place);
  const entries = [...state.inventory.values()].filter(({ hook }) => !hook);
  const objects = await readObjects(kube, entries.map(({ ref }) => ref), { platform: place.platform, signal });
  const refsOf = groupBy(entries, ({ component }) => component);
  const components = state.last.components.map(({ name, after, timeoutSeconds }) => {
    const refs = (refsOf.get(name) ?? []).map(({ ref }) => ref);
    return { name, after, timeoutSeconds, refs, objects: refs.flatMap((ref) => objects.get(keyOf(ref)) ?? []) };
  });
  return { place, state, components, objects };
}

async function readObjects(kube: Kube, refs: readonly ObjectRef[], { platform, signal }: { platform: string; signal: AbortSignal | undefined }): Promise<Map<string, KubeObject>> {
  const kinds = new Map(refs.map((ref) => [`${ref.apiVersion}/${ref.kind}`, ref]));
  const lists = await Promise.all(
    [...kinds.values()].map(async (ref) => ((await kube.resourceFor(ref.apiVersion, ref.kind)) ? (await kube.list(ref.apiVersion, ref.kind, { labelSelector: `${labels.platform}=${platform}`, signal })).items : [])),
  );
  return new Map(lists.flat().map((object) => [keyOf(refOf(object)), object]));
}

/** The components that are meant: those named, else all; one that is not there is a Diagnostic with the nearest name. */
export function chooseComponents({ components, place }: LivePlatform, names: readonly string[]): LiveComponent[] {
  const chosen = chooseNamed(components, names, place);
  return components.filter(({ name }) => chosen.has(name));
}

/** The same by name alone. */
export function chooseNamed(components: readonly { name: string }[], names: readonly string[], { platform }: Pick<PlatformPlace, 'platform'>): Set<string> {
  const known = components.map(({ name }) => name);
  if (names.length === 0) return new Set(known);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return new Set(names);
  throw new MostikError(unknown.map((name) => {
    const near = didYouMean(name, known);
    return diagnose('component-not-live', { component: name, platform, hint: near === undefined ? `the components are ${known.join(', ')}` : `did you mean ${near}?` });
  }));
}

/** Pods that somebody else makes for components, as the platform file declares them. */
export type DeclaredPods = readonly { component: string; namespace: string; selector: Record<string, string> }[];

/** Whose pods the pods of a platform are: what was applied of each component, and what is declared of operators. */
export function componentPods({ inventory }: Pick<State, 'inventory'>, declared: DeclaredPods = []): PodSources {
  return {
    roots: [...inventory.values()].map(({ component, ref }) => ({ group: component, ref })),
    labelled: declared.map(({ component, namespace, selector }) => ({ group: component, namespace, labels: selector })),
  };
}

/** The pods of each component, by the rule of `podOwners`. */
export async function podsByComponent(kube: Kube, state: Applied, { declared = [], signal }: { declared?: DeclaredPods; signal?: AbortSignal | undefined } = {}): Promise<Map<string, KubeObject[]>> {
  const namespaces = [...new Set([...namespacesOf(state), ...declared.map(({ namespace }) => namespace)])];
  const owned = await ownedPods(kube, podOwners(kube, componentPods(state, declared)), { namespaces, signal });
  const byGroup = groupBy(owned, ({ group }) => group);
  return new Map(state.last.components.map(({ name }) => [name, (byGroup.get(name) ?? []).map(({ pod }) => pod)]));
}
