const LISTS: Record<string, string> = {
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  Job: '/apis/batch/v1/namespaces/NS/jobs',
  PersistentVolume: '/api/v1/persistentvolumes',
  PersistentVolumeClaim: '/api/v1/namespaces/NS/persistentvolumeclaims',
  Pod: '/api/v1/namespaces/NS/pods',
  ResourceQuota: '/api/v1/namespaces/NS/resourcequotas',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
  Secret: '/api/v1/namespaces/NS/secrets',
  Service: '/api/v1/namespaces/NS/services',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  StatefulSet: '/apis/apps/v1/namespaces/NS/statefulsets',
  StorageClass: '/apis/storage.k8s.io/v1/storageclasses',
};

/** Where objects of a kind are made and listed. */
export function resourcePath(kind: string, namespace: string): string {
  const path = LISTS[kind];
  if (path === undefined) throw new Error(`no path for ${kind}`);
  return path.replace('NS', namespace);
}

export function isClusterWide(kind: string): boolean {
  return !resourcePath(kind, 'NS').includes('/namespaces/NS/');
}
