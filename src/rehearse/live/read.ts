import type { Kube } from '../../kube/index.js';
import { asDict, asList, asString, valueAt } from '../../lib/read-unknown.js';
import { formatRef, groupOf, refOf, type KubeObject } from '../../model/index.js';
import { stateLabel } from '../../plan/index.js';
import { isBuiltIn } from '../../render/kinds.js';
import type { NotExercised } from '../schema.js';

/** Kinds of Kubernetes itself that are copied, in the order they are made. */
const before: [apiVersion: string, kinds: string[]][] = [
  ['v1', ['Namespace']],
  ['apiextensions.k8s.io/v1', ['CustomResourceDefinition']],
  ['scheduling.k8s.io/v1', ['PriorityClass']],
  ['storage.k8s.io/v1', ['StorageClass']],
  ['networking.k8s.io/v1', ['IngressClass']],
  ['node.k8s.io/v1', ['RuntimeClass']],
  ['v1', ['LimitRange', 'ServiceAccount', 'ConfigMap', 'Secret']],
  ['rbac.authorization.k8s.io/v1', ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']],
  ['v1', ['PersistentVolume', 'PersistentVolumeClaim', 'Service']],
  ['networking.k8s.io/v1', ['Ingress', 'NetworkPolicy']],
  ['policy/v1', ['PodDisruptionBudget']],
  ['apps/v1', ['Deployment', 'StatefulSet', 'DaemonSet']],
  ['batch/v1', ['Job', 'CronJob']],
  ['autoscaling/v2', ['HorizontalPodAutoscaler']],
  ['v1', ['Pod']],
];
/** What would refuse objects that are older than it: made when all the others are there. */
const after: [apiVersion: string, kinds: string[]][] = [
  ['v1', ['ResourceQuota']],
  ['admissionregistration.k8s.io/v1', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding']],
];

/** The objects of a live cluster that are worth a copy. */
export interface LiveObjects {
  /** By kind, in the order they are made. */
  groups: KubeObject[][];
  /** Custom resources, made after the CRDs. */
  custom: KubeObject[];
  /** Quotas and admission policies. */
  rules: KubeObject[][];
  nodes: KubeObject[];
  notExercised: NotExercised[];
}

/** Reads everything that a rehearsal copies. Objects that controllers make again by themselves are left out. */
export async function readObjects(kube: Kube): Promise<LiveObjects> {
  const list = async (apiVersion: string, kind: string): Promise<KubeObject[]> => ((await kube.resourceFor(apiVersion, kind)) ? (await kube.list(apiVersion, kind)).items : []);
  const all = (kinds: typeof before): Promise<KubeObject[][]> => Promise.all(kinds.flatMap(([apiVersion, names]) => names.map((kind) => list(apiVersion, kind))));
  const [groups, rules, nodes, webhooks, services] = await Promise.all([
    all(before),
    all(after),
    list('v1', 'Node'),
    Promise.all(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) => list('admissionregistration.k8s.io/v1', kind))),
    list('apiregistration.k8s.io/v1', 'APIService'),
  ]);
  const crds = groups.flat().filter(({ kind }) => kind === 'CustomResourceDefinition');
  const custom = (await Promise.all(crds.map((crd) => list(...storedKind(crd))))).flat();
  return {
    groups: groups.map((group) => group.filter(isWorthCopying)),
    custom: custom.filter(isWorthCopying),
    rules: rules.map((group) => group.filter(isWorthCopying)),
    nodes,
    notExercised: [...notRunning(webhooks.flat(), services), ...resourcesOf(custom), ...provisioners(groups.flat())],
  };
}

/** The kind of a CRD in the version that it stores. */
function storedKind(crd: KubeObject): [apiVersion: string, kind: string] {
  const versions = asList(valueAt(crd, 'spec', 'versions')).map(asDict);
  const version = versions.find((one) => one['storage'] === true) ?? versions[0] ?? {};
  return [`${asString(valueAt(crd, 'spec', 'group')) ?? ''}/${asString(version['name']) ?? ''}`, asString(valueAt(crd, 'spec', 'names', 'kind')) ?? ''];
}

const madeByCluster: ((object: KubeObject) => boolean)[] = [
  ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt',
  ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === 'default',
  ({ kind, metadata }) => kind === 'Service' && metadata.name === 'kubernetes' && metadata.namespace === 'default',
  ({ kind, metadata }) => kind === 'Service' && metadata.name === 'mostik-metrics',
  ({ kind, metadata }) => (kind.startsWith('ClusterRole') || kind.startsWith('Role')) && (metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults' || metadata.name.startsWith('system:')),
  ({ kind, metadata }) => kind === 'PriorityClass' && metadata.name.startsWith('system-'),
  ({ kind, metadata }) => ['ServiceAccount', 'ConfigMap'].includes(kind) && metadata.namespace === 'kube-system' && metadata.labels?.['app.kubernetes.io/managed-by'] === undefined && /-controller$|^extension-apiserver-authentication$|^kube-apiserver-legacy/.test(metadata.name),
];

/** Secrets that belong to tools and to the cluster itself, not to what runs. */
const leftOutSecrets = new Set(['helm.sh/release.v1', 'kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token']);

function isWorthCopying(object: KubeObject): boolean {
  const { metadata, kind } = object;
  if (metadata.deletionTimestamp || metadata.labels?.[stateLabel] !== undefined) return false;
  if (madeByCluster.some((is) => is(object))) return false;
  if (kind === 'Secret' && leftOutSecrets.has(asString(object['type']) ?? '')) return false;
  if (kind === 'Job' && metadata.labels?.['mostik.dev/platform'] === undefined && hasEnded(object)) return false;
  // Controllers of Kubernetes run here too and make theirs anew; those of custom resources do not.
  return !(metadata.ownerReferences ?? []).some((owner) => owner.controller === true && isBuiltIn(owner));
}

function hasEnded(job: KubeObject): boolean {
  return asList(valueAt(job, 'status', 'conditions')).some((condition) => ['Complete', 'Failed'].includes(String(asDict(condition)['type'])) && asDict(condition)['status'] === 'True');
}

function notRunning(webhooks: readonly KubeObject[], services: readonly KubeObject[]): NotExercised[] {
  const remote = services.filter((service) => valueAt(service, 'spec', 'service') !== undefined && valueAt(service, 'spec', 'service') !== null && service.metadata.name !== 'v1beta1.metrics.k8s.io');
  return [
    ...webhooks.map((object) => ({ what: formatRef(refOf(object)), why: 'left out: what answers for it does not run here' })),
    ...remote.map((object) => ({ what: formatRef(refOf(object)), why: 'left out: the program behind it does not run here' })),
  ];
}

function resourcesOf(custom: readonly KubeObject[]): NotExercised[] {
  const groups = new Set(custom.map(({ apiVersion }) => groupOf(apiVersion)));
  return [...groups].sort().map((group) => ({ what: `controllers of ${group}`, why: 'they do not run: their resources are copied as they are, and nothing follows from a change of one' }));
}

function provisioners(objects: readonly KubeObject[]): NotExercised[] {
  return objects
    .filter(({ kind, ...rest }) => kind === 'StorageClass' && rest['provisioner'] !== 'mostik.dev/simulated')
    .map((object) => ({ what: formatRef(refOf(object)), why: `claims are bound at once; its provisioner ${asString(object['provisioner']) ?? ''} does not run` }));
}
