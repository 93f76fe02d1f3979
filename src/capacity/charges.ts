import { asDict, asList, asNumber, asString, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { groupOf, type KubeObject, type ObjectRef, type RenderedObject } from '../model/index.js';
import type { PodResources } from './pod-resources.js';
import { amountOf } from './resources.js';
import type { Surroundings } from './surroundings.js';
import { claimsOf, classOf } from './volumes.js';
import type { Workload } from './workloads.js';

/** Something that quotas count, `count` times over. */
export interface Consumer {
  of: ObjectRef;
  namespace: string;
  /** Index of the workload whose pods stand or fall with it. */
  workload?: number;
  count: number;
  /** What one of them takes, by the names that a quota uses. */
  charges: Record<string, number>;
  /** What scopes of a quota look at; only pods have it. */
  pod?: PodFacts;
  /** Ends by itself. */
  ends: boolean;
}

/** What of a pod a quota looks at beside amounts. */
export interface PodFacts {
  hasDeadline: boolean;
  isBestEffort: boolean;
  priorityClass: string;
  crossesNamespaces: boolean;
  /** Containers by what they do not say: `limits.cpu` to names. Empty where the pod speaks for them. */
  unsaid: Record<string, string[]>;
}

/** What the pods of a workload are charged, and their own claims. */
export function workloadConsumers(workload: Workload, index: number, { resources, priorityClass, around }: { resources: PodResources; priorityClass: string; around: Surroundings }): Consumer[] {
  const { of, namespace, ends, pods, spec } = workload;
  const shared = { of: of.ref, namespace, workload: index, count: pods, ends };
  const consumers: Consumer[] = [{ ...shared, charges: podCharges(resources), pod: podFacts(spec, resources, priorityClass) }];
  const own = claimsOf(workload, around).claims.filter(({ shared: name }) => name === undefined);
  const charges: Record<string, number> = {};
  for (const claim of own) for (const [name, amount] of Object.entries(claimCharges(claim.spec, around))) charges[name] = (charges[name] ?? 0) + amount;
  if (own.length > 0) consumers.push({ ...shared, charges });
  return consumers;
}

/** What one pod is charged. */
export function podCharges({ requests, limits }: Pick<PodResources, 'requests' | 'limits'>): Record<string, number> {
  const charges: Record<string, number> = { pods: 1, 'count/pods': 1 };
  for (const [name, amount] of Object.entries(requests)) {
    charges[`requests.${name}`] = amount;
    if (/^(cpu|memory|ephemeral-storage)$|^hugepages-/.test(name)) charges[name] = amount;
  }
  for (const [name, amount] of Object.entries(limits)) if (/^(cpu|memory|ephemeral-storage)$/.test(name)) charges[`limits.${name}`] = amount;
  return charges;
}

/** What scopes look at. */
export function podFacts(spec: Dict, { containers, isPodLevel, requests, limits }: PodResources, priorityClass: string): PodFacts {
  const unsaid: Record<string, string[]> = {};
  for (const { name, requests: asked, limits: limited } of isPodLevel ? [] : containers) {
    for (const resource of ['cpu', 'memory']) {
      if (asked[resource] === undefined) for (const key of [resource, `requests.${resource}`]) (unsaid[key] ??= []).push(name);
      if (limited[resource] === undefined) (unsaid[`limits.${resource}`] ??= []).push(name);
    }
  }
  const saysSomething = [requests, limits].some((map) => (map['cpu'] ?? 0) + (map['memory'] ?? 0) > 0);
  const affinity = asDict(spec['affinity']);
  const terms = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
    ...asList(asDict(affinity[kind])['requiredDuringSchedulingIgnoredDuringExecution']),
    ...asList(asDict(affinity[kind])['preferredDuringSchedulingIgnoredDuringExecution']).map((entry) => asDict(entry)['podAffinityTerm']),
  ]);
  return {
    hasDeadline: (asNumber(spec['activeDeadlineSeconds']) ?? -1) >= 0,
    isBestEffort: !saysSomething,
    priorityClass,
    crossesNamespaces: terms.map(asDict).some((term) => asList(term['namespaces']).length > 0 || isDict(term['namespaceSelector'])),
    unsaid,
  };
}

function claimCharges(spec: Dict, around: Surroundings): Record<string, number> {
  const size = amountOf('storage', valueAt(spec, 'resources', 'requests', 'storage'));
  const plain: Record<string, number> = { persistentvolumeclaims: 1, ...(size === undefined ? {} : { 'requests.storage': size }) };
  const className = classOf(spec, around);
  const perClass = className === '' ? {} : Object.fromEntries(Object.entries(plain).map(([name, amount]) => [`${className}.storageclass.storage.k8s.io/${name}`, amount]));
  return { ...plain, ...perClass, 'count/persistentvolumeclaims': 1 };
}

/** What the objects of the platform themselves are charged; pods are charged with their workload. */
export function objectConsumers(objects: readonly RenderedObject[], around: Surroundings): Consumer[] {
  const kinds = new Map(objects.filter(({ ref }) => ref.kind === 'CustomResourceDefinition').map(({ object }) => [asString(valueAt(object, 'spec', 'names', 'kind')), asString(valueAt(object, 'spec', 'names', 'plural'))]));
  const consumers = objects.flatMap(({ object, ref, hook }): Consumer[] => {
    if (ref.namespace === undefined || ref.kind === 'Pod') return [];
    const shared = { of: ref, namespace: ref.namespace, count: 1, ends: hook !== undefined };
    const counted = countedAs(ref, kinds.get(ref.kind));
    const charges = { [counted]: 1, ...plainCharges(object, around) };
    // A Deployment makes a ReplicaSet.
    const made = ref.kind === 'Deployment' ? [{ ...shared, charges: { 'count/replicasets.apps': 1 } }] : [];
    return [{ ...shared, charges }, ...made];
  });
  const namespaces = new Set(consumers.map(({ namespace }) => namespace));
  // Kubernetes puts these into every namespace.
  const given = [...namespaces].flatMap((namespace): Consumer[] => [
    { of: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'kube-root-ca.crt' }, namespace, count: 1, ends: false, charges: { configmaps: 1, 'count/configmaps': 1 } },
    { of: { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' }, namespace, count: 1, ends: false, charges: { 'count/serviceaccounts': 1 } },
  ]);
  return [...consumers, ...given];
}

function countedAs({ apiVersion, kind }: ObjectRef, plural: string | undefined): string {
  const lower = kind.toLowerCase();
  const name = plural ?? (/[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : lower.endsWith('s') ? `${lower}es` : `${lower}s`);
  const group = groupOf(apiVersion);
  return group === '' ? `count/${name}` : `count/${name}.${group}`;
}

/** Names from before `count/`. */
function plainCharges(object: KubeObject, around: Surroundings): Record<string, number> {
  if (groupOf(object.apiVersion) !== '') return {};
  switch (object.kind) {
    case 'ConfigMap':
      return { configmaps: 1 };
    case 'Secret':
      return { secrets: 1 };
    case 'ReplicationController':
      return { replicationcontrollers: 1 };
    case 'ResourceQuota':
      return { resourcequotas: 1 };
    case 'PersistentVolumeClaim':
      return claimCharges(asDict(object['spec']), around);
    case 'Service':
      return serviceCharges(asDict(object['spec']));
    default:
      return {};
  }
}

function serviceCharges(spec: Dict): Record<string, number> {
  const ports = asList(spec['ports']);
  const given = ports.filter((port) => (asNumber(asDict(port)['nodePort']) ?? 0) !== 0);
  switch (spec['type']) {
    case 'NodePort':
      return { services: 1, 'services.nodeports': ports.length };
    case 'LoadBalancer':
      return { services: 1, 'services.loadbalancers': 1, 'services.nodeports': spec['allocateLoadBalancerNodePorts'] === false ? given.length : ports.length };
    default:
      return { services: 1 };
  }
}
