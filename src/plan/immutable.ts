import { canonicalJson } from '../lib/canonical-json.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, type KubeObject } from '../model/index.js';

/**
 * Fields that the API server refuses to change, by group/Kind. The server's own error names only `spec` for some kinds,
 * so the table says which field it is. Source: validation of each kind in k8s.io/kubernetes/pkg/apis (1.36).
 */
const fixedPaths: Record<string, string[][]> = {
  'apps/Deployment': [['spec', 'selector']],
  'apps/DaemonSet': [['spec', 'selector']],
  'apps/ReplicaSet': [['spec', 'selector']],
  'apps/StatefulSet': [['spec', 'selector'], ['spec', 'serviceName'], ['spec', 'podManagementPolicy'], ['spec', 'volumeClaimTemplates']],
  'batch/Job': [['spec', 'selector'], ['spec', 'template'], ['spec', 'completionMode'], ['spec', 'podFailurePolicy'], ['spec', 'backoffLimitPerIndex']],
  '/PersistentVolumeClaim': [['spec', 'storageClassName'], ['spec', 'accessModes'], ['spec', 'volumeMode'], ['spec', 'volumeName'], ['spec', 'selector'], ['spec', 'dataSource']],
  '/Service': [['spec', 'clusterIP']],
  'rbac.authorization.k8s.io/RoleBinding': [['roleRef']],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [['roleRef']],
  'storage.k8s.io/StorageClass': [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  'scheduling.k8s.io/PriorityClass': [['value'], ['preemptionPolicy']],
  'storage.k8s.io/CSIDriver': [['spec', 'attachRequired'], ['spec', 'fsGroupPolicy']],
  'networking.k8s.io/IngressClass': [['spec', 'controller']],
};

/** Names the fields that would change and cannot: the object must be deleted and made again. Empty when none does. */
export function immutableChanges(live: KubeObject, desired: KubeObject): string[] {
  const kind = `${groupOf(desired.apiVersion)}/${desired.kind}`;
  const changed = (fixedPaths[kind] ?? []).filter((path) => differs(valueAt(live, ...path), valueAt(desired, ...path))).map((path) => path.join('.'));
  if (live['immutable'] === true && (kind === '/ConfigMap' || kind === '/Secret')) {
    if (desired['immutable'] !== true) changed.push('immutable');
    for (const field of ['data', 'binaryData']) if (differs(live[field], desired[field])) changed.push(field);
  }
  if (kind === '/Secret' && asString(desired['type']) !== undefined && desired['type'] !== live['type']) changed.push('type');
  return changed;
}

/** True when a field that we set has another value in the live object; defaults that the server added do not count. */
function differs(live: unknown, desired: unknown): boolean {
  if (desired === undefined || desired === null) return false;
  if (Array.isArray(desired)) {
    const list = asList(live);
    return list.length !== desired.length || desired.some((item, index) => differs(list[index], item));
  }
  if (typeof desired === 'object') {
    const map = asDict(live);
    return Object.entries(asDict(desired)).some(([key, value]) => differs(map[key], value));
  }
  // The server may read a number where we wrote text, and the other way round: `targetPort: "80"`.
  if (typeof desired === 'number' || typeof live === 'number') return canonicalJson(live).replaceAll('"', '') !== canonicalJson(desired).replaceAll('"', '');
  return canonicalJson(live) !== canonicalJson(desired);
}
