import { clusterProcesses, clusterState, keptRegistry, nodeNames, type ClusterRecord } from '../cluster/index.js';
import { registryHost } from '../model/index.js';
import type { ClusterView } from '../views/cluster-human.js';

/** Puts together what is known of a cluster without asking it. */
export function describeCluster(record: ClusterRecord): ClusterView {
  const { name, kubernetes, release, createdAt, nodes, ports, kubeconfig, context, folder, audit } = record;
  const registry = keptRegistry(record);
  return {
    name,
    state: clusterState(name),
    kubernetes,
    release,
    createdAt,
    server: `https://127.0.0.1:${ports.api}`,
    nodes,
    nodeCount: nodeNames(nodes).length,
    ...(registry ? { registry: registryHost(registry) } : {}),
    kubeconfig,
    context,
    folder,
    audit,
    processes: clusterProcesses(name),
  };
}
