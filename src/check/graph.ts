import { asList, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, implicitAnnotation, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { podsOf, type Pods } from '../model/pods.js';

/** The objects of a platform, ready to be looked up. */
export interface Graph {
  /** Pods of workloads that stay; those of hooks left out. */
  pods: readonly Pods[];
  /** Objects of a kind, written `group/Kind`; `/Service` for the core group. Hooks included. */
  all(kind: string): readonly RenderedObject[];
  find(kind: string, namespace: string | undefined, name: string): RenderedObject | undefined;
  podsIn(namespace: string): readonly Pods[];
  /** Namespaces that this platform makes, so that nothing else is in them. */
  own: ReadonlySet<string>;
  /** Whether operators may make pods and Services in a namespace, which are not known here. */
  operated(namespace: string): boolean;
}

const graphs = new WeakMap<Desired, Graph>();

/** Indexes the objects of a platform, once. */
export function graphOf(platform: ResolvedPlatform, desired: Desired): Graph {
  let graph = graphs.get(desired);
  if (!graph) graphs.set(desired, (graph = build(platform, desired)));
  return graph;
}

function build(platform: ResolvedPlatform, desired: Desired): Graph {
  const kinds = new Map<string, RenderedObject[]>();
  const byName = new Map<string, RenderedObject>();
  const pods = new Map<string, Pods[]>();
  const operated = new Set(platform.components.filter((component) => component.pods.length > 0).map(({ namespace }) => namespace));
  const own = new Set<string>();
  for (const of of desired.objects) {
    const { ref, object } = of;
    const kind = kindOf(ref);
    push(kinds, kind, of);
    byName.set(`${kind}/${ref.namespace ?? ''}/${ref.name}`, of);
    if (kind === '/Namespace' && object.metadata.annotations?.[implicitAnnotation] !== 'true' && !isExternal(platform, ref.name)) own.add(ref.name);
    if (ref.namespace !== undefined && makesPods(ref)) operated.add(ref.namespace);
  }
  const staying = podsOf(desired.objects).filter(({ of }) => !of.hook);
  for (const each of staying) push(pods, each.namespace, each);
  return {
    pods: staying,
    all: (kind) => kinds.get(kind) ?? [],
    find: (kind, namespace, name) => byName.get(`${kind}/${namespace ?? ''}/${name}`),
    podsIn: (namespace) => pods.get(namespace) ?? [],
    own,
    operated: (namespace) => operated.has(namespace),
  };
}

/** A kind with its group, as `apps/Deployment`, `/Service`. */
export function kindOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  return `${groupOf(apiVersion)}/${kind}`;
}

/** The replicas a workload asks for; Kubernetes' default is 1. A DaemonSet's depend on the nodes. */
export function replicasOf({ object }: RenderedObject): number | undefined {
  if (object.kind === 'DaemonSet') return undefined;
  const replicas = valueAt(object, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

/** Groups whose custom resources make no pods and no Services beside those that are declared. */
const passive = new Set(['keda.sh', 'cert-manager.io', 'acme.cert-manager.io', 'bitnami.com', 'traefik.io', 'traefik.containo.us', 'external-secrets.io', 'networking.istio.io']);
const passiveKinds = new Set(['ServiceMonitor', 'PodMonitor', 'Probe', 'PrometheusRule', 'ScrapeConfig', 'AlertmanagerConfig']);

function makesPods({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean {
  const group = groupOf(apiVersion);
  return group.includes('.') && !group.endsWith('.k8s.io') && !passive.has(group) && !(group === 'monitoring.coreos.com' && passiveKinds.has(kind));
}

function isExternal({ components }: ResolvedPlatform, namespace: string): boolean {
  return components.some(({ external }) => external.includes(`Namespace/${namespace}`));
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Texts in a list; anything else in it is left out. */
export function texts(value: unknown): string[] {
  return asList(value).flatMap((entry) => asString(entry) ?? []);
}
