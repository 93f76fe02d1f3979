import { diagnose, MostikError } from '../diagnostics/index.js';
import { isPodOf } from '../apply/index.js';
import type { Kube } from '../kube/index.js';
import { groupBy } from '../lib/group-by.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asStrings, valueAt } from '../lib/read-unknown.js';
import { carriesLabels, keyOf, labels, refOf, type DesiredComponent, type KubeObject, type ObjectRef } from '../model/index.js';
import { readState, type State } from '../plan/index.js';

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
  state: State;
  components: LiveComponent[];
  /** By object key. */
  objects: Map<string, KubeObject>;
}

/** Reads what of a platform is there, one LIST per kind. */
export async function readLivePlatform(kube: Kube, place: PlatformPlace, signal?: AbortSignal): Promise<LivePlatform> {
  const state = await readState(kube, place.platform, place.namespace);
  if (!state.last) throw new MostikError([diagnose('platform-not-applied', { platform: place.platform })]);
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

/** Pods that somebody else makes for a component, as the platform file declares them. */
export type DeclaredPods = ReadonlyMap<string, readonly { namespace: string; selector: Record<string, string> }[]>;

const noneDeclared: DeclaredPods = new Map();

/** The pods of each component: those of its workloads, of Jobs that its CronJobs made, and declared ones of operators. */
export async function podsByComponent(kube: Kube, { components }: LivePlatform, options: { declared?: DeclaredPods; signal?: AbortSignal | undefined } = {}): Promise<Map<string, KubeObject[]>> {
  const { declared = noneDeclared, signal } = options;
  const places = [...components.flatMap(({ objects }) => objects.flatMap(({ metadata }) => metadata.namespace ?? [])), ...[...declared.values()].flat().map(({ namespace }) => namespace)];
  const lists = await Promise.all([...new Set(places)].map((namespace) => kube.list('v1', 'Pod', { namespace, signal })));
  const pods = lists.flatMap(({ items }) => items);
  const isMade = (pod: KubeObject, { name, objects }: LiveComponent): boolean =>
    objects.some((object) => isPodOf(pod, object) || isOfCronJob(pod, object)) ||
    (declared.get(name) ?? []).some(({ namespace, selector }) => pod.metadata.namespace === namespace && carriesLabels(pod.metadata.labels, selector));
  return new Map(components.map((component) => [component.name, pods.filter((pod) => isMade(pod, component)).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name))]));
}

/** Jobs of a CronJob are named after it and the minute they were meant for. */
function isOfCronJob(pod: KubeObject, { kind, metadata }: KubeObject): boolean {
  if (kind !== 'CronJob' || pod.metadata.namespace !== metadata.namespace) return false;
  const job = pod.metadata.labels?.['batch.kubernetes.io/job-name'];
  return job !== undefined && job.startsWith(`${metadata.name}-`) && /^\d+$/.test(job.slice(metadata.name.length + 1));
}

/** Labels of a selector's `matchLabels`. */
export function matchLabelsOf(object: KubeObject): Record<string, string> {
  return asStrings(asDict(valueAt(object, 'spec', 'selector'))['matchLabels']);
}
