import type { KubeObject } from '../../model/index.js';

/** The provisioner whose claims the node agent binds. */
export const simulatedProvisioner = 'mostik.dev/simulated';

/** A storage class whose claims the node agent binds; other classes as they are. Its parameters belong to a provisioner that does not run. */
export function simulatedClass(object: KubeObject): KubeObject {
  if (object.kind !== 'StorageClass') return object;
  const { parameters: _parameters, mountOptions: _mountOptions, allowedTopologies: _topologies, ...rest } = object;
  return { ...rest, provisioner: simulatedProvisioner };
}
