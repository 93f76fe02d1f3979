import { simulatedLabel } from '../cluster/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asString, asStrings } from '../lib/read-unknown.js';
import { carriesLabels, keyOf, refOf, type KubeObject, type ObjectRef } from '../model/index.js';
import { readState, type State } from '../plan/index.js';
import type { PlatformPlace } from './status.js';
import type { Target } from './target.js';

/** Where work is looked for: a cluster, and the platform on it where one is known. */
export interface Workplace {
  target: Target;
  place?: PlatformPlace;
  /** The namespace that the user named. */
  namespace?: string | undefined;
  /** Labels of pods that operators make for components, as the platform declares them. */
  declared?: readonly { component: string; namespace: string; selector: Record<string, string> }[];
}

/** Pods that words of the user mean, now and as they come and go. */
export interface Selection {
  /** For messages: `web`, `web and 2 more`. */
  subject: string;
  namespaces: string[];
  /** Only pods were named: no other ever joins them. */
  fixed: boolean;
  /** The component or object that a pod belongs to; undefined when it is none of those meant. */
  groupOf(pod: KubeObject): Promise<string | undefined>;
}

/** A pod, and what it was chosen for. */
export interface SelectedPod {
  group: string;
  pod: KubeObject;
}

interface Root {
  group: string;
  ref: ObjectRef;
}

interface Labelled {
  group: string;
  namespace: string;
  labels: Record<string, string>;
}

/** Finds what words mean: components, `KIND/NAME`, `KIND/NAMESPACE/NAME`, names of pods; without any word every component. */
export async function selectPods(workplace: Workplace, words: readonly string[]): Promise<Selection> {
  const { target: { kube }, place } = workplace;
  const state = place ? await readState(kube, place.platform, place.namespace) : undefined;
  if (words.length === 0 && !state?.last) throw notApplied(workplace, '');
  const wanted = words.length > 0 ? words : (state?.last?.components ?? []).map(({ name }) => name);
  const found = await Promise.all(wanted.map((word) => rootsOf({ workplace, state, word })));
  const roots = found.flatMap((each) => each.roots);
  const labelled = found.flatMap((each) => each.labelled);
  const rest = wanted.length - 1;
  const namespaces = [...new Set([...roots.map(({ ref }) => ref.namespace), ...labelled.map(({ namespace }) => namespace)])].filter((name) => name !== undefined);
  return { subject: rest > 0 ? `${wanted[0] ?? ''} and ${rest} more` : (wanted[0] ?? ''), namespaces, fixed: labelled.length === 0 && roots.every(({ ref }) => ref.kind === 'Pod'), groupOf: grouping(kube, roots, labelled) };
}

/** The pods of a selection as they are now, by name. */
export async function listSelected(kube: Kube, selection: Selection, signal?: AbortSignal): Promise<SelectedPod[]> {
  const lists = await Promise.all(selection.namespaces.map((namespace) => kube.list('v1', 'Pod', { namespace, signal })));
  const grouped = await Promise.all(lists.flatMap(({ items }) => items).map(async (pod) => ({ pod, group: await selection.groupOf(pod) })));
  return grouped.flatMap(({ pod, group }) => (group === undefined ? [] : [{ pod, group }])).sort((a, b) => (keyOf(refOf(a.pod)) < keyOf(refOf(b.pod)) ? -1 : 1));
}

/** Names of nodes whose containers do not run; empty where nodes may not be listed. */
export async function simulatedNodes({ kube, simulated }: Target): Promise<(node: string) => boolean> {
  if (simulated) return () => true;
  const { items } = await kube.list('v1', 'Node', { metadataOnly: true }).catch(() => ({ items: [] as KubeObject[] }));
  const names = new Set(items.filter(({ metadata }) => metadata.labels?.[simulatedLabel] === 'true' || metadata.annotations?.['kwok.x-k8s.io/node'] === 'fake').map(({ metadata }) => metadata.name));
  return (node) => names.has(node);
}

/** The error for pods that exist in words only. */
export function onSimulatedNode(subject: string, verb: string): MostikError {
  return new MostikError([diagnose('containers-simulated', { subject, verb })]);
}

interface Asked {
  workplace: Workplace;
  state: State | undefined;
  word: string;
}

async function rootsOf(asked: Asked): Promise<{ roots: Root[]; labelled: Labelled[] }> {
  const { workplace, state, word } = asked;
  if (word.includes('/')) return namedObject(asked);
  if (state?.last?.components.some(({ name }) => name === word)) {
    const roots = [...state.inventory.values()].filter(({ component }) => component === word).map(({ ref }) => ({ group: word, ref }));
    const labelled = (workplace.declared ?? []).filter(({ component }) => component === word).map(({ namespace, selector }) => ({ group: word, namespace, labels: selector }));
    return { roots, labelled };
  }
  const pod = await findIn(asked, { apiVersion: 'v1', kind: 'Pod' }, word);
  if (pod) return { roots: [{ group: word, ref: refOf(pod) }], labelled: [] };
  throw unknown(asked, 'component or pod');
}

/** Kinds by the words that kubectl takes for them. */
const kinds: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  pod: ['v1', 'Pod'], pods: ['v1', 'Pod'], po: ['v1', 'Pod'],
  service: ['v1', 'Service'], services: ['v1', 'Service'], svc: ['v1', 'Service'],
  deployment: ['apps/v1', 'Deployment'], deployments: ['apps/v1', 'Deployment'], deploy: ['apps/v1', 'Deployment'],
  statefulset: ['apps/v1', 'StatefulSet'], statefulsets: ['apps/v1', 'StatefulSet'], sts: ['apps/v1', 'StatefulSet'],
  daemonset: ['apps/v1', 'DaemonSet'], daemonsets: ['apps/v1', 'DaemonSet'], ds: ['apps/v1', 'DaemonSet'],
  replicaset: ['apps/v1', 'ReplicaSet'], replicasets: ['apps/v1', 'ReplicaSet'], rs: ['apps/v1', 'ReplicaSet'],
  job: ['batch/v1', 'Job'], jobs: ['batch/v1', 'Job'],
  cronjob: ['batch/v1', 'CronJob'], cronjobs: ['batch/v1', 'CronJob'], cj: ['batch/v1', 'CronJob'],
};

async function namedObject(asked: Asked): Promise<{ roots: Root[]; labelled: Labelled[] }> {
  const parts = asked.word.split('/');
  const [word = '', name = ''] = [parts[0], parts.at(-1)];
  const kind = kinds[word.toLowerCase()] ?? (await otherKind(asked.workplace.target.kube, word));
  if (!kind || parts.length > 3 || name === '') throw unknown(asked, 'object');
  const namespace = parts.length === 3 ? parts[1] : undefined;
  const object = await findIn(asked, { apiVersion: kind[0], kind: kind[1] }, name, namespace);
  if (!object) throw unknown(asked, kind[1]);
  if (kind[1] !== 'Service') return { roots: [{ group: asked.word, ref: refOf(object) }], labelled: [] };
  return { roots: [], labelled: [{ group: asked.word, namespace: object.metadata.namespace ?? '', labels: asStrings(asDict(object['spec'])['selector']) }] };
}

async function otherKind(kube: Kube, word: string): Promise<readonly [string, string] | undefined> {
  const found = (await kube.resources()).find(({ kind, resource }) => kind.toLowerCase() === word.toLowerCase() || resource === word.toLowerCase());
  return found && [found.apiVersion, found.kind];
}

/** Looks in the namespace that was named, else in those of the platform, else in that of the context. */
async function findIn({ workplace, state }: Asked, kind: { apiVersion: string; kind: string }, name: string, named = workplace.namespace): Promise<KubeObject | undefined> {
  const { kube } = workplace.target;
  const places = new Set(named !== undefined ? [named] : [...[...(state?.inventory.values() ?? [])].map(({ ref }) => ref.namespace ?? ''), kube.namespace ?? 'default']);
  places.delete('');
  const found = await Promise.all([...places].map((namespace) => kube.get({ ...kind, namespace, name })));
  return found.find((object) => object !== undefined);
}

function grouping(kube: Kube, roots: readonly Root[], labelled: readonly Labelled[]): Selection['groupOf'] {
  const groups = new Map(roots.map(({ ref, group }) => [keyOf(ref), group]));
  const owners = new Map<string, Promise<KubeObject | undefined>>();
  const ownerOf = (ref: ObjectRef, uid: string): Promise<KubeObject | undefined> => {
    const asking = owners.get(uid) ?? kube.get(ref, { metadataOnly: true }).catch(() => undefined);
    owners.set(uid, asking);
    return asking;
  };
  const climb = async (object: KubeObject, left: number): Promise<string | undefined> => {
    const group = groups.get(keyOf(refOf(object)));
    if (group !== undefined || left === 0) return group;
    for (const { apiVersion, kind, name, uid } of object.metadata.ownerReferences ?? []) {
      const ref = { apiVersion, kind, name, ...(object.metadata.namespace !== undefined ? { namespace: object.metadata.namespace } : {}) };
      const known = groups.get(keyOf(ref));
      const owner = known === undefined ? await ownerOf(ref, uid) : undefined;
      const above = known ?? (owner && (await climb(owner, left - 1)));
      if (above !== undefined) return above;
    }
    return undefined;
  };
  // A Service without a selector leads to no pod of ours.
  const carries = (pod: KubeObject, { namespace, labels }: Labelled): boolean => pod.metadata.namespace === namespace && Object.keys(labels).length > 0 && carriesLabels(pod.metadata.labels, labels);
  return async (pod) => (await climb(pod, 6)) ?? labelled.find((one) => carries(pod, one))?.group;
}

function unknown({ workplace, state, word }: Asked, kind: string): MostikError {
  if (workplace.place && !state?.last) return notApplied(workplace, word);
  const components = (state?.last?.components ?? []).map(({ name }) => name);
  const near = didYouMean(word, components);
  const hint = near !== undefined ? `did you mean ${near}?` : components.length > 0 ? `the platform has ${components.join(', ')}` : 'name a pod, or an object such as deployment/web, with --namespace; components are known where a platform file is (--dir)';
  const where = workplace.namespace !== undefined ? `namespace ${workplace.namespace}` : workplace.place ? `platform ${workplace.place.platform}` : `namespace ${workplace.target.kube.namespace ?? 'default'} of cluster ${workplace.target.clusterName}`;
  return new MostikError([diagnose('work-unknown', { word, kind, where, hint })]);
}

function notApplied({ place, target }: Workplace, word: string): MostikError {
  if (place) return new MostikError([diagnose('platform-not-applied', { platform: place.platform })]);
  return new MostikError([diagnose('work-unknown', { word: word === '' ? 'every component' : word, kind: 'platform', where: `cluster ${target.clusterName} as far as is known here`, hint: 'name the folder of its platform file with --dir, or a pod' })]);
}

/** The name of the node that a pod is on. */
export function nodeOf(pod: KubeObject): string | undefined {
  return asString(asDict(pod['spec'])['nodeName']);
}
