import { isSimulated, type ClusterList, type ClusterView } from './cluster-human.js';

/** The published form of `cluster list`. */
export function clusterListJson({ embedded, k3d }: ClusterList): object {
  return {
    version: 1,
    clusters: [
      ...embedded.map((cluster) => ({ provider: 'embedded', ...cluster, simulated: isSimulated(cluster) })),
      ...k3d.map((cluster) => ({ provider: 'k3d', ...cluster, simulated: false })),
    ],
  };
}

/** The published form of `cluster status`, `create` and `start`. */
export function clusterStatusJson(cluster: ClusterView): object {
  return { version: 1, ...cluster, simulated: isSimulated(cluster) };
}
