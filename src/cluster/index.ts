export { componentNames, type ComponentName } from './components.js';
export { simulatedLabel } from './names.js';
export { networks } from './networks.js';
export { clustersFolder, isClusterName } from './folder.js';
export {
  createCluster,
  defaultNodes,
  deleteCluster,
  startCluster,
  stopCluster,
  type ClusterEvent,
  type CreateOptions,
  type LifecycleOptions,
  type StartOptions,
} from './lifecycle.js';
export { nodeNames } from './nodes.js';
export { listClusters, readCluster, requireCluster } from './clusters.js';
export type { Binaries, ClusterRecord, Ports, RealParts } from './record.js';
export { realNode } from './nodes.js';
export { realNetworks } from './real/layout.js';
export { keptRegistry } from './real/registry.js';
export { findPrograms, type Lack, type Programs } from './real/requirements.js';
export { clusterProcesses, clusterState, waitForCluster, type ClusterProcess, type ClusterState } from './status.js';
export { systemObjects } from './system-objects.js';
export { deleteOrphans, keepCluster, throwAwayName } from './throw-away.js';
export { listNodeImages, listStoredImages, loadNodeImages, removeNodeImages, tagNodeImage, type NodeImage, type StoredImage } from './real/node-images.js';
