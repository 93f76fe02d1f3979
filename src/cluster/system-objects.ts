import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../model/index.js';
import { below } from './paths.js';
import { metricsService } from './names.js';
import { nodeObjects } from './nodes.js';
import { realObjects } from './real/system-objects.js';
import type { ClusterRecord } from './record.js';

/** The provisioner and controller names under which the node agent stands in for what a real cluster runs. */
const provisioner = 'mostik.dev/simulated';
const ingressController = 'mostik.dev/simulated';

/**
 * What makes a bare API server a cluster: the declared nodes, a default storage class, a default ingress class, and where
 * metrics come from. Data only; layer 6 applies it after every create and start.
 */
export function systemObjects(record: ClusterRecord): KubeObject[] {
  return [
    ...nodeObjects(record.nodes, { agentPort: record.ports.agent, release: record.release }),
    storageClass(),
    ingressClass(),
    ...(record.real ? realObjects(record) : metricsApi(record)),
  ];
}

function storageClass(): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  };
}

function ingressClass(): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'standard', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: ingressController },
  };
}

/** metrics.k8s.io, served by the node agent. The Service is an external name because the agent runs beside the cluster. */
function metricsApi(record: ClusterRecord): KubeObject[] {
  const { name, namespace } = metricsService;
  const port = record.ports.agent;
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { type: 'ExternalName', externalName: 'localhost' } },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name, namespace, port },
        caBundle: readFileSync(join(below(record.folder).pki, 'ca.crt')).toString('base64'),
      },
    },
  ];
}
