import { clusterProcesses, clusterState, nodeNames, type ClusterRecord } from '../cluster/index.js';
import type { ClusterView } from '../views/cluster-human.js';

/** Puts together what is known of a cluster without asking it. */
export function describeCluster(record: ClusterRecord): ClusterView {
  const { name, kubernetes, release, createdAt, nodes, ports, kubeconfig, context, folder, audit } = record;
  return {
    name,
    state: clusterState(name),
    kubernetes,
    release,
    createdAt,
    server: `https://127.0.0.1:${ports.api}`,
    nodes,
    nodeCount: nodeNames(nodes).length,
    kubeconfig,
    context,
    folder,
    audit,
    processes: clusterProcesses(name),
  };
}
