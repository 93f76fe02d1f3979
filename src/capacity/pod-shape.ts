import { labelTest, type LabelTest } from '../lib/label-selector.js';
import { asDict, asList, asNumber, asString, asStrings, isDict, type Dict } from '../lib/read-unknown.js';
import { nodeTest } from './node-affinity.js';
import type { CapacityNode } from './node.js';
import { formatTaint, unschedulableTaint, untolerated } from './taints.js';

/** What decides where a pod may run, beside what it asks for. */
export interface PodShape {
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** Why a node is out of the question whatever else runs, in the scheduler's words; undefined when it is not. */
  nodeProblem(node: CapacityNode): string | undefined;
  ports: HostPort[];
  /** Pods that must be in the same place: all terms by the same pods. */
  near: AffinityTerm[];
  /** Pods that may not be in the same place. */
  apart: AffinityTerm[];
  spread: Spread[];
}

export interface HostPort {
  port: number;
  protocol: string;
  ip: string;
}

/** Which pods, and the label of nodes that makes a place. */
export interface AffinityTerm {
  key: string;
  fits(pod: Pick<PodShape, 'namespace' | 'labels'>): boolean;
}

/** An evenness that is demanded, not only wished for. */
export interface Spread {
  key: string;
  maxSkew: number;
  minDomains: number;
  /** Fits pods of the own namespace. An empty selector counts no pod, yet the pod itself. */
  counts: LabelTest;
  fitsSelf: boolean;
  honorsAffinity: boolean;
  honorsTaints: boolean;
}

/** Labels of a namespace. */
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>>;

/** Reads from a pod's spec what the scheduler's filters look at. */
export function podShape(spec: Dict, pod: { namespace: string; labels: Readonly<Record<string, string>> }, namespaceLabels: NamespaceLabels): PodShape {
  const affinity = asDict(spec['affinity']);
  const terms = (kind: string) => asList(asDict(affinity[kind])['requiredDuringSchedulingIgnoredDuringExecution']).map((term) => affinityTerm(asDict(term), pod, namespaceLabels));
  return {
    ...pod,
    nodeProblem: nodeProblemOf(spec),
    ports: hostPorts(spec),
    near: terms('podAffinity'),
    apart: terms('podAntiAffinity'),
    spread: asList(spec['topologySpreadConstraints']).map(asDict).filter(({ whenUnsatisfiable }) => (whenUnsatisfiable ?? 'DoNotSchedule') === 'DoNotSchedule').map((constraint) => spreadOf(constraint, pod.labels)),
  };
}

/** Whether the pod's node selector and affinity name the node: evenness is counted over such nodes. */
export function honored(spec: Dict): { affinity(node: CapacityNode): boolean; taints(node: CapacityNode): boolean } {
  const affinity = nodeTest(spec);
  const tolerations = asList(spec['tolerations']);
  return { affinity, taints: (node) => untolerated(node.taints, tolerations) === undefined };
}

/** The same order as the scheduler's filters, so that a node that fails several gets the reason that it would tell. */
function nodeProblemOf(spec: Dict): PodShape['nodeProblem'] {
  const nodeName = asString(spec['nodeName']) ?? '';
  const tolerations = asList(spec['tolerations']);
  const matches = nodeTest(spec);
  return (node) => {
    // A pod that names its node passes the scheduler by.
    if (nodeName !== '') return node.name === nodeName ? undefined : "node(s) didn't match the requested node name";
    if (node.unschedulable && untolerated([unschedulableTaint], tolerations)) return 'node(s) were unschedulable';
    const taint = untolerated(node.taints, tolerations);
    if (taint) return `node(s) had untolerated taint ${formatTaint(taint)}`;
    return matches(node) ? undefined : "node(s) didn't match Pod's node affinity/selector";
  };
}

function hostPorts(spec: Dict): HostPort[] {
  const isHost = spec['hostNetwork'] === true;
  const sidecars = asList(spec['initContainers']).map(asDict).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...sidecars, ...asList(spec['containers']).map(asDict)].flatMap(({ ports }) =>
    asList(ports).flatMap((entry) => {
      const { hostPort, containerPort, protocol, hostIP } = asDict(entry);
      const port = asNumber(hostPort) ?? (isHost ? asNumber(containerPort) : undefined) ?? 0;
      return port <= 0 ? [] : [{ port, protocol: asString(protocol) ?? 'TCP', ip: asString(hostIP) || '0.0.0.0' }];
    }),
  );
}

/** Tells whether two pods with these ports cannot share a node. */
export function portsClash(some: readonly HostPort[], others: readonly HostPort[]): boolean {
  return some.some((a) => others.some((b) => a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0')));
}

function affinityTerm(term: Dict, pod: Pick<PodShape, 'namespace' | 'labels'>, namespaceLabels: NamespaceLabels): AffinityTerm {
  const selected = selectorTest(term['labelSelector'], keyRules(term, pod.labels));
  const names = asList(term['namespaces']).filter((name): name is string => typeof name === 'string');
  const inNamespaces = isDict(term['namespaceSelector']) ? labelTest(term['namespaceSelector']) : undefined;
  const own = names.length === 0 && !inNamespaces ? [pod.namespace] : names;
  return {
    key: asString(term['topologyKey']) ?? '',
    fits: ({ namespace, labels }) => selected(labels) && (own.includes(namespace) || inNamespaces?.(namespaceLabels(namespace)) === true),
  };
}

function spreadOf(constraint: Dict, labels: Readonly<Record<string, string>>): Spread {
  const rules = keyRules(constraint, labels);
  const fits = selectorTest(constraint['labelSelector'], rules);
  const { matchLabels, matchExpressions } = asDict(constraint['labelSelector']);
  const isEmpty = isDict(constraint['labelSelector']) && Object.keys(asStrings(matchLabels)).length + asList(matchExpressions).length + rules.length === 0;
  return {
    key: asString(constraint['topologyKey']) ?? '',
    maxSkew: asNumber(constraint['maxSkew']) ?? 1,
    minDomains: asNumber(constraint['minDomains']) ?? 1,
    counts: isEmpty ? () => false : fits,
    fitsSelf: fits(labels),
    honorsAffinity: constraint['nodeAffinityPolicy'] !== 'Ignore',
    honorsTaints: constraint['nodeTaintsPolicy'] === 'Honor',
  };
}

/** No selector fits nothing; an empty one everything. */
function selectorTest(selector: unknown, rules: unknown[]): LabelTest {
  if (!isDict(selector)) return () => false;
  return labelTest({ ...selector, matchExpressions: [...asList(selector['matchExpressions']), ...rules] });
}

/** matchLabelKeys and mismatchLabelKeys: rules on the pod's own values of these labels. */
function keyRules(from: Dict, labels: Readonly<Record<string, string>>): Dict[] {
  const rules = (field: string, operator: string) =>
    asList(from[field]).flatMap((key) => (typeof key === 'string' && Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key]] }] : []));
  return [...rules('matchLabelKeys', 'In'), ...rules('mismatchLabelKeys', 'NotIn')];
}
