import { diagnose, MostikError } from '../diagnostics/index.js';
import { ApiError } from '../kube/index.js';
import { parseQuantity } from '../lib/quantity.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import { chooseNamed, namespacesOf, podsByComponent, readApplied, type DeclaredPods, type PlatformPlace } from './live-platform.js';
import type { Target } from './target.js';

/** CPU in cores, memory in bytes. */
export interface Amounts {
  cpu: number;
  memory: number;
}

/** What a pod uses, and what it asked for; a limit is absent when a container has none. */
export interface PodUse {
  component: string;
  namespace: string;
  name: string;
  used: Amounts;
  requests: Partial<Amounts>;
  limits: Partial<Amounts>;
}

/** What a node uses, of what pods may have of it. */
export interface NodeUse {
  name: string;
  used: Amounts;
  allocatable: Amounts;
}

/** Who uses how much. */
export interface Top {
  /** Figures of simulated nodes are made up: containers do not run. */
  simulated: boolean;
  pods: PodUse[];
  /** Pods that were not measured yet. */
  unmeasured: string[];
  nodes: NodeUse[];
}

const metrics = 'metrics.k8s.io/v1beta1';

/** Reads what pods and nodes use from metrics.k8s.io; where nobody serves it, a Diagnostic says how to get it. */
export async function platformTop({ kube, simulated, owned }: Target, place: PlatformPlace, options: { names: readonly string[]; declared?: DeclaredPods; signal: AbortSignal }): Promise<Top> {
  const { names, signal } = options;
  const state = await readApplied(kube, place);
  const chosen = chooseNamed(state.last.components, names, place);
  if (!(await kube.resourceFor(metrics, 'PodMetrics'))) throw noMetrics('it does not serve metrics.k8s.io', { simulated, owned });
  try {
    const [pods, nodes, nodeMetrics, ...podMetrics] = await Promise.all([
      podsByComponent(kube, state, options),
      kube.list('v1', 'Node', { signal }),
      kube.list(metrics, 'NodeMetrics', { signal }),
      ...namespacesOf(state).map((namespace) => kube.list(metrics, 'PodMetrics', { namespace, signal })),
    ]);
    const measured = new Map(podMetrics.flatMap(({ items }) => items).map((item) => [`${item.metadata.namespace ?? ''}/${item.metadata.name}`, item]));
    const mine = [...pods].filter(([name]) => chosen.has(name)).flatMap(([name, list]) => list.filter((pod) => valueAt(pod, 'status', 'phase') === 'Running').map((pod) => ({ component: name, pod, use: measured.get(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`) })));
    return {
      simulated,
      pods: mine.flatMap(({ component, pod, use }) => (use ? [podUse(component, pod, use)] : [])),
      unmeasured: mine.flatMap(({ pod, use }) => (use ? [] : [`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`])),
      nodes: nodes.items.flatMap((node) => nodeUse(node, nodeMetrics.items.find(({ metadata }) => metadata.name === node.metadata.name))),
    };
  } catch (error) {
    // The API is there and its server is not, or has measured nothing yet.
    if (error instanceof ApiError && error.status >= 500) throw noMetrics(error.text, { simulated, owned });
    throw error;
  }
}

function noMetrics(reason: string, { simulated, owned }: { simulated: boolean; owned: boolean }): MostikError {
  const hint = simulated
    ? 'nodes are simulated, so nothing is used: a real node has metrics-server, mostik up --nodes real'
    : owned
      ? 'metrics-server is a part of the cluster and needs some seconds after its start: try again, or look with mostik kubectl -- get pods -n kube-system'
      : 'install metrics-server: mostik helm -- upgrade --install metrics-server metrics-server --repo https://kubernetes-sigs.github.io/metrics-server -n kube-system';
  return new MostikError([diagnose('metrics-missing', { reason, hint })]);
}

function podUse(component: string, pod: KubeObject, use: KubeObject): PodUse {
  const containers = asList(valueAt(pod, 'spec', 'containers'));
  const used = asList(use['containers']).map((container) => amounts(valueAt(container, 'usage')));
  return {
    component,
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    used: { cpu: sum(used.map(({ cpu }) => cpu ?? 0)), memory: sum(used.map(({ memory }) => memory ?? 0)) },
    requests: total(containers, 'requests'),
    limits: total(containers, 'limits'),
  };
}

/** The sum over containers; a part that one of them does not have is left out, since the whole then has no bound. */
function total(containers: readonly unknown[], field: 'requests' | 'limits'): Partial<Amounts> {
  const all = containers.map((container) => amounts(valueAt(container, 'resources', field)));
  const one = (part: 'cpu' | 'memory'): number | undefined => {
    const given = all.map((each) => each[part]);
    if (field === 'limits' && given.some((value) => value === undefined)) return undefined;
    return given.every((value) => value === undefined) ? undefined : sum(given.map((value) => value ?? 0));
  };
  const [cpu, memory] = [one('cpu'), one('memory')];
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
}

function nodeUse(node: KubeObject, use: KubeObject | undefined): NodeUse[] {
  if (!use) return [];
  const { cpu = 0, memory = 0 } = amounts(use['usage']);
  const room = amounts(valueAt(node, 'status', 'allocatable'));
  return [{ name: node.metadata.name, used: { cpu, memory }, allocatable: { cpu: room.cpu ?? 0, memory: room.memory ?? 0 } }];
}

function amounts(value: unknown): Partial<Amounts> {
  const map = asDict(value);
  const [cpu, memory] = [parseQuantity(asString(map['cpu'])), parseQuantity(asString(map['memory']))];
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

