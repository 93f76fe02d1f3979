import { simulatedLabel } from '../cluster/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asString, asStrings } from '../lib/read-unknown.js';
import { groupOf, refOf, type KubeObject } from '../model/index.js';
import { readState, type State } from '../plan/index.js';
import { componentPods, namespacesOf, type DeclaredPods, type PlatformPlace } from './live-platform.js';
import { ownedPods, podOwners, type OwnedPod, type PodOwners, type PodRoot, type PodSources } from './pod-owners.js';
import type { Target } from './target.js';

/** Where work is looked for: a cluster, and the platform on it where one is known. */
export interface Workplace {
  target: Target;
  place?: PlatformPlace;
  /** The namespace that the user named. */
  namespace?: string | undefined;
  /** Labels of pods that operators make for components, as the platform declares them. */
  declared?: DeclaredPods;
}

/** Pods that words of the user mean, now and as they come and go. */
export interface Selection {
  /** For messages: `web`, `web and 2 more`. */
  subject: string;
  namespaces: string[];
  /** Only pods were named: no other ever joins them. */
  fixed: boolean;
  /** The component or object that pods belong to; undefined for those that were not meant. */
  owners: PodOwners;
}

/** A pod, and what it was chosen for. */
export type SelectedPod = OwnedPod;

/** Finds what words mean: components, `KIND/NAME`, `KIND/NAMESPACE/NAME`, names of pods; without any word every component. */
export async function selectPods(workplace: Workplace, words: readonly string[]): Promise<Selection> {
  const { target: { kube }, place } = workplace;
  const state = place ? await readState(kube, place.platform, place.namespace) : undefined;
  if (words.length === 0 && !state?.last) throw notApplied(workplace, '');
  const wanted = words.length > 0 ? words : (state?.last?.components ?? []).map(({ name }) => name);
  const components = new Set((state?.last?.components ?? []).map(({ name }) => name).filter((name) => wanted.includes(name)));
  const everything = state ? componentPods(state, workplace.declared) : { roots: [], labelled: [] };
  const named = await Promise.all(wanted.filter((word) => !components.has(word)).map((word) => namedPods({ workplace, state, word })));
  const sources = {
    roots: [...everything.roots.filter(({ group }) => components.has(group)), ...named.flatMap(({ roots }) => roots)],
    labelled: [...everything.labelled.filter(({ group }) => components.has(group)), ...named.flatMap(({ labelled }) => labelled)],
  };
  // Pods of the other components are theirs whatever labels they carry, so all components are told apart; what was named by itself comes first.
  const byName = podOwners(kube, { roots: named.flatMap(({ roots }) => roots), labelled: named.flatMap(({ labelled }) => labelled) });
  const byComponent = podOwners(kube, components.size > 0 ? everything : { roots: [], labelled: [] });
  const owners: PodOwners = async (pods, signal) => {
    const [first, second] = await Promise.all([byName(pods, signal), byComponent(pods, signal)]);
    return first.map((group, i) => group ?? (components.has(second[i] ?? '') ? second[i] : undefined));
  };
  const rest = wanted.length - 1;
  const own = [...sources.roots.map(({ ref }) => ref.namespace), ...sources.labelled.map(({ namespace }) => namespace)].filter((name) => name !== undefined);
  const namespaces = [...new Set([...own, ...(state && sources.roots.some(isWide) ? namespacesOf(state) : [])])];
  return { subject: rest > 0 ? `${wanted[0] ?? ''} and ${rest} more` : (wanted[0] ?? ''), namespaces, fixed: sources.labelled.length === 0 && sources.roots.every(({ ref }) => ref.kind === 'Pod'), owners };
}

/** Custom resources that stand above namespaces may have pods in any. */
function isWide({ ref }: PodRoot): boolean {
  const group = groupOf(ref.apiVersion);
  return ref.namespace === undefined && group !== '' && !group.endsWith('.k8s.io');
}

/** The pods of a selection as they are now, by name. */
export function listSelected(kube: Kube, { owners, namespaces }: Selection, signal?: AbortSignal): Promise<SelectedPod[]> {
  return ownedPods(kube, owners, { namespaces, signal });
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

/** What a word means that is no component: `KIND/NAME`, or a pod. */
async function namedPods(asked: Asked): Promise<PodSources> {
  const { word } = asked;
  if (word.includes('/')) return namedObject(asked);
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

async function namedObject(asked: Asked): Promise<PodSources> {
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
