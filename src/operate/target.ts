import { existsSync } from 'node:fs';
import { clusterState, readCluster } from '../cluster/index.js';
import { k3dFolder } from '../cluster/k3d/folder.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { connect, type Kube } from '../kube/index.js';
import type { ResolvedPlatform } from '../model/index.js';

/** The cluster a command works on. */
export interface Target {
  kube: Kube;
  clusterName: string;
  /** True when its nodes are simulated: containers do not run. */
  simulated: boolean;
  /** True for a cluster that Mostik made: it may be changed without asking. */
  owned: boolean;
  /** Path of the kubeconfig; empty for the user's own. */
  kubeconfig: string;
}

/** How a user names the cluster. */
export interface TargetOptions {
  context?: string | undefined;
  kubeconfig?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Connects to the cluster of a platform: the one named by flags, else the platform's own; the user's current context only with provider `existing`. */
export async function openTarget(platform: Pick<ResolvedPlatform, 'name' | 'cluster'>, options: TargetOptions = {}): Promise<Target> {
  const { context, kubeconfig, signal } = options;
  if (context !== undefined || kubeconfig !== undefined) return foreignTarget({ context, kubeconfig, signal });
  if (platform.cluster.provider === 'existing') {
    const target = await foreignTarget({ signal });
    const allowed = platform.cluster.contexts;
    if (allowed.length > 0 && !allowed.includes(target.kube.context)) {
      throw new MostikError([diagnose('context-not-allowed', { platform: platform.name, context: target.kube.context, contexts: allowed.join(', ') })]);
    }
    return target;
  }
  if (platform.cluster.provider === 'k3d') return k3dTarget(platform.cluster.name, signal);
  return embeddedTarget(platform.cluster.name, signal);
}

/** Connects to a k3d cluster that Mostik made, by the kubeconfig that k3d gave. */
export async function k3dTarget(name: string, signal?: AbortSignal): Promise<Target> {
  const { kubeconfig } = k3dFolder(name);
  if (!existsSync(kubeconfig)) throw new MostikError([diagnose('k3d-cluster-missing', { cluster: name })]);
  const kube = await connect({ kubeconfig, ...(signal ? { signal } : {}) });
  return { kube, clusterName: name, simulated: false, owned: true, kubeconfig };
}

/** Connects to an embedded cluster by its name; one that does not exist or does not answer is said at once. */
export async function embeddedTarget(name: string, signal?: AbortSignal): Promise<Target> {
  const record = readCluster(name);
  if (!record) throw new MostikError([diagnose('cluster-missing', { cluster: name })]);
  // A cluster that does not run is said by its processes: asking its port would only tell that nobody answers.
  if (clusterState(name) === 'stopped') throw new MostikError([diagnose('cluster-stopped', { cluster: name })]);
  const kube = await connect({ kubeconfig: record.kubeconfig, ...(signal ? { signal } : {}) });
  return { kube, clusterName: name, simulated: !record.real, owned: true, kubeconfig: record.kubeconfig };
}

/** Connects to a cluster of the user's own kubeconfig; one that Mostik made is known by its address. */
export async function foreignTarget({ context, kubeconfig, signal }: TargetOptions): Promise<Target> {
  const kube = await connect({ ...(context ? { context } : {}), ...(kubeconfig ? { kubeconfig } : {}), ...(signal ? { signal } : {}) });
  const own = kube.context.startsWith('mostik-') ? readCluster(kube.context.slice('mostik-'.length)) : undefined;
  const isOwn = own !== undefined && kube.server === `https://127.0.0.1:${own.ports.api}`;
  return { kube, clusterName: isOwn ? own.name : kube.context, simulated: isOwn && !own.real, owned: isOwn, kubeconfig: kubeconfig ?? (isOwn ? own.kubeconfig : '') };
}
