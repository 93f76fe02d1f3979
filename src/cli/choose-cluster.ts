import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterRecord } from '../cluster/index.js';
import { k3dFolder, knowsK3d } from '../cluster/k3d/folder.js';
import type { K3dCluster } from '../cluster/k3d/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { NodeSpec, Registry } from '../model/index.js';
import { text, type Values } from './flag.js';

/** Which platform's cluster is meant. */
export const dirFlag = { dir: text('Folder of the platform whose cluster is meant; the current folder by default', { value: 'DIR', complete: 'folders' }) };

/** Flags of commands that hand a cluster to another program. */
export const clusterChoiceFlags = {
  cluster: text('An embedded cluster; that of the platform in --dir without it, else the only one there is', { value: 'NAME', complete: 'clusters' }),
  ...dirFlag,
};

/** An embedded cluster or one of k3d, as a platform declares it or by its name alone. */
export interface ChosenCluster {
  name: string;
  /** Absent for an embedded one; what k3d is told where a platform declares it. */
  k3d?: { cluster?: K3dCluster };
  nodes?: NodeSpec[] | undefined;
  registry?: Registry | undefined;
  kubernetes?: string | undefined;
}

interface Choice {
  /** The command, for messages. */
  where: string;
  dir: string | undefined;
  /** Profiles of the platform: they may choose its cluster. */
  profiles?: readonly string[];
  signal: AbortSignal;
  /** A cluster that is to be made is not guessed from those that are there. */
  mayBeNew?: boolean;
}

/** Decides which cluster is meant: the named one, else the platform's, else the only one there is. */
export async function chooseCluster(name: string | undefined, { where, dir, profiles, signal, mayBeNew }: Choice): Promise<ChosenCluster> {
  if (name !== undefined) return mayBeNew !== true && knowsK3d(name) && !(await isEmbedded(name)) ? { name, k3d: {} } : { name };
  if (dir !== undefined || hasPlatform('.')) {
    const { readPlatform } = await import('../pipeline.js');
    const platform = await readPlatform({ dir: dir ?? '.', profiles: [...(profiles ?? [])], overlays: [], sets: [] }, { signal });
    const { cluster, kubernetes } = platform;
    if (cluster.provider === 'k3d') return { name: cluster.name, registry: cluster.registry, k3d: { cluster: (await import('../operate/k3d.js')).k3dClusterOf(platform) } };
    return { name: cluster.name, nodes: cluster.nodes, registry: cluster.registry, kubernetes };
  }
  const { listClusters } = await import('../cluster/index.js');
  const names = listClusters().map((cluster) => cluster.name);
  if (names.length === 1 && mayBeNew !== true) return { name: names[0]! };
  throw new MostikError([diagnose('cluster-choice', { where, clusters: names.length === 0 ? 'none' : names.join(', ') })]);
}

/** The environment that leads another program to the chosen cluster; empty for the user's own kubeconfig. */
export async function chooseKubeconfig(where: string, flags: Values<typeof clusterChoiceFlags>, signal: AbortSignal): Promise<Record<string, string>> {
  if (flags.cluster === undefined && (flags.dir !== undefined || hasPlatform('.'))) {
    const { readPlatform } = await import('../pipeline.js');
    const { cluster } = await readPlatform({ dir: flags.dir ?? '.', profiles: [], overlays: [], sets: [] }, { signal });
    return cluster.provider === 'existing' ? {} : cluster.provider === 'k3d' ? k3dKubeconfig(cluster.name) : kubeconfigOf(cluster.name);
  }
  const { name, k3d } = await chooseCluster(flags.cluster, { where, dir: flags.dir, signal });
  return k3d ? k3dKubeconfig(name) : kubeconfigOf(name);
}

/** What is recorded of a cluster; one that is not there is a Diagnostic. */
export async function recordOf(name: string): Promise<ClusterRecord> {
  const { readCluster } = await import('../cluster/index.js');
  const record = readCluster(name);
  if (record === undefined) throw new MostikError([diagnose('cluster-unknown', { name })]);
  return record;
}

function k3dKubeconfig(name: string): Record<string, string> {
  const { kubeconfig } = k3dFolder(name);
  if (!existsSync(kubeconfig)) throw new MostikError([diagnose('k3d-cluster-missing', { cluster: name })]);
  return { KUBECONFIG: kubeconfig };
}

async function isEmbedded(name: string): Promise<boolean> {
  return (await import('../cluster/index.js')).readCluster(name) !== undefined;
}

async function kubeconfigOf(name: string): Promise<Record<string, string>> {
  return { KUBECONFIG: (await recordOf(name)).kubeconfig };
}

/** Tells whether a folder has a platform file. */
export function hasPlatform(dir: string): boolean {
  return ['platform.yaml', 'platform.yml', 'platform.ts'].some((file) => statSync(join(dir, file), { throwIfNoEntry: false })?.isFile() === true);
}
