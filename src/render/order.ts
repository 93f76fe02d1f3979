import type { Hook } from '../model/index.js';
import type { Draft } from './draft.js';
import { isCrd } from './kinds.js';

/** Kinds in the order in which objects need each other; others (custom resources) come before the last ones. */
const first = [
  'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding',
  'PriorityClass', 'StorageClass', 'IngressClass', 'RuntimeClass', 'ResourceQuota', 'LimitRange', 'NetworkPolicy', 'PodDisruptionBudget',
  'ConfigMap', 'Secret', 'PersistentVolume', 'PersistentVolumeClaim', 'Service',
  'DaemonSet', 'StatefulSet', 'Deployment', 'ReplicaSet', 'Pod', 'Job', 'CronJob',
  'Ingress', 'HorizontalPodAutoscaler',
];
/** Webhooks last: one that stands before its own workload runs refuses everything. */
const last = [
  'APIService', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration',
];

const places = new Map([...first.map((kind, i): [string, number] => [kind, i]), ...last.map((kind, i): [string, number] => [kind, 1000 + i])]);
const custom = 500;

/** Order of the result: Namespaces, CRDs, then by wave, component, hooks after the rest, kind, namespace, name. The same for the same input. */
export function inOrder(drafts: readonly Draft[], components: readonly string[]): Draft[] {
  const order = new Map(components.map((name, i) => [name, i]));
  const key = (draft: Draft): (string | number)[] => [
    stage(draft),
    draft.component.wave,
    order.get(draft.component.name) ?? 0,
    draft.hook ? 1 : 0,
    draft.hook?.weight ?? 0,
    places.get(draft.object.kind) ?? custom,
    draft.object.kind,
    draft.object.apiVersion,
    draft.object.metadata.namespace ?? '',
    draft.object.metadata.name,
    draft.hook ? eventsOf(draft.hook) : '',
  ];
  return drafts
    .map((draft) => ({ draft, key: key(draft) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ draft }) => draft);
}

/** Namespaces and CRDs come before everything of every component, unless they are hooks. */
function stage({ object, hook }: Draft): number {
  if (hook) return 2;
  if (object.kind === 'Namespace' && object.apiVersion === 'v1') return 0;
  return isCrd(object) ? 1 : 2;
}

function eventsOf(hook: Hook): string {
  return hook.events.join(',');
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i]!;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
