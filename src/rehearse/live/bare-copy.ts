import type { KubeObject } from '../../model/index.js';

const ofServer = new Set(['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'selfLink', 'ownerReferences', 'finalizers']);

/** An object without what the server and controllers said of it: what can be made anew elsewhere. */
export function bareCopy(object: KubeObject): KubeObject {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !ofServer.has(key)));
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...annotations } = metadata.annotations ?? {};
  return { ...rest, metadata: { ...kept, name: metadata.name, ...(metadata.annotations ? { annotations } : {}) } };
}
