import { asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, operatorKinds, servedKinds, type KubeObject } from '../model/index.js';

/** The kinds of Kubernetes 1.36 by group (discovery of its API server, and those behind feature gates), and whether they live in a namespace. */

export type Scope = 'namespaced' | 'cluster';

const clusterScoped: Readonly<Record<string, string>> = {
  '': 'ComponentStatus Namespace Node PersistentVolume',
  'admissionregistration.k8s.io':
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apiextensions.k8s.io': 'CustomResourceDefinition',
  'apiregistration.k8s.io': 'APIService',
  'authentication.k8s.io': 'SelfSubjectReview TokenReview',
  'authorization.k8s.io': 'SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  'certificates.k8s.io': 'CertificateSigningRequest ClusterTrustBundle',
  'flowcontrol.apiserver.k8s.io': 'FlowSchema PriorityLevelConfiguration',
  'internal.apiserver.k8s.io': 'StorageVersion',
  'networking.k8s.io': 'IngressClass IPAddress ServiceCIDR',
  'node.k8s.io': 'RuntimeClass',
  'rbac.authorization.k8s.io': 'ClusterRole ClusterRoleBinding',
  'resource.k8s.io': 'DeviceClass DeviceTaintRule ResourceSlice',
  'scheduling.k8s.io': 'PriorityClass',
  'storage.k8s.io': 'CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass',
  'storagemigration.k8s.io': 'StorageVersionMigration',
};

const namespaced: Readonly<Record<string, string>> = {
  '': 'Binding ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
  apps: 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  'authorization.k8s.io': 'LocalSubjectAccessReview',
  autoscaling: 'HorizontalPodAutoscaler',
  batch: 'CronJob Job',
  'certificates.k8s.io': 'PodCertificateRequest',
  'coordination.k8s.io': 'Lease LeaseCandidate',
  'discovery.k8s.io': 'EndpointSlice',
  'events.k8s.io': 'Event',
  'networking.k8s.io': 'Ingress NetworkPolicy',
  policy: 'PodDisruptionBudget',
  'rbac.authorization.k8s.io': 'Role RoleBinding',
  'resource.k8s.io': 'ResourceClaim ResourceClaimTemplate',
  'scheduling.k8s.io': 'PodGroup Workload',
  'storage.k8s.io': 'CSIStorageCapacity',
};

/** Kinds that are gone: what replaces them says `check`, which needs to know where they lived. */
const formerly: Readonly<Record<Scope, Readonly<Record<string, string>>>> = {
  cluster: { extensions: 'PodSecurityPolicy', policy: 'PodSecurityPolicy' },
  namespaced: { extensions: 'DaemonSet Deployment Ingress NetworkPolicy ReplicaSet' },
};

const builtIn = new Map<string, Scope>([...entries(clusterScoped, 'cluster'), ...entries(namespaced, 'namespaced')]);

/** Whether Kubernetes itself serves the kind. */
export function isBuiltIn(object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return builtIn.has(`${groupOf(object.apiVersion)}/${object.kind}`);
}

const ownGroups = new Set([...Object.keys(clusterScoped), ...Object.keys(namespaced)]);
const described = new Map<string, Scope>([
  ...entries(formerly.cluster, 'cluster'),
  ...entries(formerly.namespaced, 'namespaced'),
  ...Object.values(operatorKinds).flatMap((kinds) => Object.entries(kinds).map(([id, scope]): [string, Scope] => [id, scope === 'Cluster' ? 'cluster' : 'namespaced'])),
  ...builtIn,
]);

/** Tells where objects of a kind live; undefined for a kind that nobody has described. */
export type ScopeOf = (object: Pick<KubeObject, 'apiVersion' | 'kind'>) => Scope | undefined;

/**
 * Scopes of the built-in kinds, of those of well-known operators, of the platform's CRDs, and of kinds that `cluster.provides`
 * describes as `GROUP/VERSION/KIND:Cluster` or `...:Namespaced`. A slip in a kind of Kubernetes' own groups is left to `check`,
 * which knows the right name.
 */
export function scopes(crds: Iterable<KubeObject>, provides: readonly string[]): ScopeOf {
  const known = new Map(described);
  for (const entry of provides) {
    const match = /^([^/:]+)\/[^/:]+\/([^/:]+):(Cluster|Namespaced)$/.exec(entry);
    if (match) known.set(`${match[1]}/${match[2]}`, match[3] === 'Cluster' ? 'cluster' : 'namespaced');
  }
  for (const crd of crds) {
    const kind = asString(valueAt(crd, 'spec', 'names', 'kind'));
    const group = asString(valueAt(crd, 'spec', 'group'));
    if (kind && group) known.set(`${group}/${kind}`, valueAt(crd, 'spec', 'scope') === 'Cluster' ? 'cluster' : 'namespaced');
  }
  return ({ apiVersion, kind }) => known.get(`${groupOf(apiVersion)}/${kind}`) ?? (ownGroups.has(groupOf(apiVersion)) ? 'namespaced' : undefined);
}

/** `group/version` and `group/version/Kind` of what CRDs add to the API, for `.Capabilities.APIVersions`. */
export function apisOf(crds: Iterable<KubeObject>): string[] {
  const apis = new Set<string>();
  for (const crd of crds) for (const { apiVersion, kind } of servedKinds(crd)) apis.add(apiVersion).add(`${apiVersion}/${kind}`);
  return [...apis].sort();
}

/** The entries of `cluster.provides` that name APIs: `group/version`, `group/version/Kind`, a scope behind it left out. */
export function providedApis(provides: readonly string[]): string[] {
  const apis = new Set<string>();
  for (const entry of provides) {
    const match = /^([a-z0-9.-]+\/v\d+(?:(?:alpha|beta)\d+)?)(\/[A-Z][A-Za-z0-9]*)?(?::(?:Cluster|Namespaced))?$/.exec(entry);
    if (match) apis.add(match[1]!).add(`${match[1]}${match[2] ?? ''}`);
  }
  return [...apis].sort();
}

/** The CRDs among objects. */
export function isCrd(object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return object.kind === 'CustomResourceDefinition' && groupOf(object.apiVersion) === 'apiextensions.k8s.io';
}

function entries(table: Readonly<Record<string, string>>, scope: Scope): [string, Scope][] {
  return Object.entries(table).flatMap(([group, kinds]) => kinds.split(' ').map((kind): [string, Scope] => [`${group}/${kind}`, scope]));
}
