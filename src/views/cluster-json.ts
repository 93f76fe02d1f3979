import { isSimulated, type ClusterView } from './cluster-human.js';

/** The published form of `cluster list`. */
export function clusterListJson(clusters: ClusterView[]): object {
  return { version: 1, clusters: clusters.map((cluster) => ({ ...cluster, simulated: isSimulated(cluster) })) };
}

/** The published form of `cluster status`, `create` and `start`. */
export function clusterStatusJson(cluster: ClusterView): object {
  return { version: 1, ...cluster, simulated: isSimulated(cluster) };
}
