import type { KubeObject } from '../model/index.js';

/** What the embedded cluster has beside a platform that decides about pods: its StorageClass, which is the default one. */
export const embeddedObjects: readonly KubeObject[] = [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'mostik.dev/simulated',
    volumeBindingMode: 'Immediate',
  },
];
