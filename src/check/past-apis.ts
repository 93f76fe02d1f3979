/** An API version of Kubernetes that is gone or going. */
export interface PastApi {
  /** Minor version that serves it no more; undefined for what is deprecated without a date. */
  removed?: number;
  /** What to use instead: an apiVersion when `since` says from which minor version on. */
  use: string;
  since?: number;
}

type Row = [apiVersion: string, kinds: string, removed: number, use: string, since: number];

/** Facts of Kubernetes' releases. */
const rows: readonly Row[] = [
  ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', 16, 'apps/v1', 9],
  ['extensions/v1beta1', 'NetworkPolicy', 16, 'networking.k8s.io/v1', 7],
  ['extensions/v1beta1', 'Ingress', 22, 'networking.k8s.io/v1', 19],
  ['apps/v1beta1', 'ControllerRevision Deployment StatefulSet', 16, 'apps/v1', 9],
  ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', 16, 'apps/v1', 9],
  ['admissionregistration.k8s.io/v1beta1', 'MutatingWebhookConfiguration ValidatingWebhookConfiguration', 22, 'admissionregistration.k8s.io/v1', 16],
  ['admissionregistration.k8s.io/v1beta1', 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding', 34, 'admissionregistration.k8s.io/v1', 30],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', 22, 'apiextensions.k8s.io/v1', 16],
  ['apiregistration.k8s.io/v1beta1', 'APIService', 22, 'apiregistration.k8s.io/v1', 10],
  ['authentication.k8s.io/v1beta1', 'TokenReview', 22, 'authentication.k8s.io/v1', 6],
  ['authorization.k8s.io/v1beta1', 'LocalSubjectAccessReview SelfSubjectAccessReview SubjectAccessReview', 22, 'authorization.k8s.io/v1', 6],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', 22, 'certificates.k8s.io/v1', 19],
  ['coordination.k8s.io/v1beta1', 'Lease', 22, 'coordination.k8s.io/v1', 14],
  ['networking.k8s.io/v1beta1', 'Ingress IngressClass', 22, 'networking.k8s.io/v1', 19],
  ['rbac.authorization.k8s.io/v1alpha1', 'ClusterRole ClusterRoleBinding Role RoleBinding', 22, 'rbac.authorization.k8s.io/v1', 8],
  ['rbac.authorization.k8s.io/v1beta1', 'ClusterRole ClusterRoleBinding Role RoleBinding', 22, 'rbac.authorization.k8s.io/v1', 8],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', 22, 'scheduling.k8s.io/v1', 14],
  ['storage.k8s.io/v1beta1', 'CSIDriver CSINode StorageClass VolumeAttachment', 22, 'storage.k8s.io/v1', 18],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', 25, 'autoscaling/v2', 23],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 26, 'autoscaling/v2', 23],
  ['batch/v1beta1', 'CronJob', 25, 'batch/v1', 21],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', 25, 'discovery.k8s.io/v1', 21],
  ['events.k8s.io/v1beta1', 'Event', 25, 'events.k8s.io/v1', 19],
  ['node.k8s.io/v1beta1', 'RuntimeClass', 25, 'node.k8s.io/v1', 20],
  ['policy/v1beta1', 'PodDisruptionBudget', 25, 'policy/v1', 21],
  ['flowcontrol.apiserver.k8s.io/v1beta1', 'FlowSchema PriorityLevelConfiguration', 26, 'flowcontrol.apiserver.k8s.io/v1', 29],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', 27, 'storage.k8s.io/v1', 24],
  ['flowcontrol.apiserver.k8s.io/v1beta2', 'FlowSchema PriorityLevelConfiguration', 29, 'flowcontrol.apiserver.k8s.io/v1', 29],
  ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema PriorityLevelConfiguration', 32, 'flowcontrol.apiserver.k8s.io/v1', 29],
];

/** API versions that are gone or going, by `group/version/Kind`. */
export const past: Readonly<Record<string, PastApi>> = {
  ...Object.fromEntries(rows.flatMap(([apiVersion, kinds, removed, use, since]) => kinds.split(' ').map((kind): [string, PastApi] => [`${apiVersion}/${kind}`, { removed, use, since }]))),
  'extensions/v1beta1/PodSecurityPolicy': { removed: 16, use: 'label the namespace with pod-security.kubernetes.io/enforce instead' },
  'policy/v1beta1/PodSecurityPolicy': { removed: 25, use: 'label the namespace with pod-security.kubernetes.io/enforce instead' },
  'v1/Endpoints': { use: 'discovery.k8s.io/v1 EndpointSlice', since: 33 },
};

const groups = new Set(
  `admissionregistration.k8s.io apiextensions.k8s.io apiregistration.k8s.io apps authentication.k8s.io authorization.k8s.io autoscaling batch
  certificates.k8s.io coordination.k8s.io discovery.k8s.io events.k8s.io extensions flowcontrol.apiserver.k8s.io internal.apiserver.k8s.io
  networking.k8s.io node.k8s.io policy rbac.authorization.k8s.io resource.k8s.io scheduling.k8s.io storage.k8s.io storagemigration.k8s.io`.split(/\s+/),
);

/** Whether Kubernetes itself serves the group: those without a dot, and its own under k8s.io. */
export function isBuiltInGroup(group: string): boolean {
  return group === '' || groups.has(group);
}
