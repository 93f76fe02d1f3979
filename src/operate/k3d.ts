import { k3dConfiguration, k3dFile, k3dFolder, k3dUp, plannedCommands, type K3dCluster, type K3dCommand, type K3dReady, type K3dVerb } from '../cluster/k3d/index.js';
import type { ClusterEvent } from '../cluster/index.js';
import type { ResolvedPlatform } from '../model/index.js';

/** What k3d would be told, without telling it. */
export interface K3dDryRun {
  cluster: string;
  /** Path of the configuration file, and what would be written there; absent where a verb needs none. */
  configuration?: { file: string; text: string; data: Record<string, unknown> };
  commands: K3dCommand[];
}

/** The cluster that a platform with provider k3d declares. */
export function k3dClusterOf({ cluster, dir }: Pick<ResolvedPlatform, 'cluster' | 'dir'>): K3dCluster {
  return { name: cluster.name, spec: cluster.k3d!, registry: cluster.registry, dir };
}

/** Makes sure that a platform's k3d cluster is there and runs. */
export function k3dClusterUp(platform: Pick<ResolvedPlatform, 'cluster' | 'dir'>, { onProgress, signal }: { onProgress?: ((event: ClusterEvent) => void) | undefined; signal?: AbortSignal | undefined }): Promise<K3dReady> {
  return k3dUp(k3dClusterOf(platform), { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) });
}

/** Works out every command of a verb, and the configuration where one is made; writes and runs nothing. */
export function k3dDryRun(verb: K3dVerb, name: string, cluster?: K3dCluster): K3dDryRun {
  const file = k3dFolder(name).configuration;
  const commands = plannedCommands(verb, name, file);
  if (verb !== 'create' || !cluster) return { cluster: name, commands };
  const data = k3dConfiguration(cluster);
  return { cluster: name, configuration: { file, text: k3dFile(data), data }, commands };
}
