import { diagnose, MostikError } from '../diagnostics/index.js';
import { connect } from '../kube/index.js';
import type { ApplyEvent, ApplyResult, Desired, NodeSpec, Plan, ResolvedPlatform } from '../model/index.js';
import { ownVersion } from '../lib/version.js';
import { applyPlan, planPlatform, readPlatform, renderPlatform, type Inputs, type Planned } from '../pipeline.js';
import { hasChanges, type PlanFlags } from '../plan/index.js';
import { clusterUp, type ClusterProgress } from './cluster.js';
import { k3dTarget, openTarget, type Target, type TargetOptions } from './target.js';

/** What `up` tells on its way, in this order; the last three only once the cluster is there. */
export interface UpListener {
  /** Engines and the cluster on their way; comes beside the others. */
  onCluster?(event: ClusterProgress): void;
  onPlatform?(platform: ResolvedPlatform): void;
  /** Rendered and checked with stand-ins for secrets, while the control plane is still being got. */
  onRendered?(desired: Desired): void;
  onTarget?(target: Target): void;
  onPlan?(plan: Plan, target: Target): void;
  onEvent?(event: ApplyEvent): void;
}

/** How `up` is to be done. */
export interface UpOptions extends TargetOptions, UpListener {
  flags: PlanFlags;
  /** Instead of the nodes that the platform declares: this machine, or simulated ones alone. */
  nodes?: 'real' | 'simulated';
  /** Files of private keys that open sealed secrets. */
  sealingKeys?: readonly string[];
  wait: boolean;
  timeoutSeconds?: number;
  /** Asked before anything is written to a cluster that Mostik did not make; false stops. */
  confirm(plan: Plan, target: Target): Promise<boolean>;
  signal: AbortSignal;
}

/** How it ended; no result when the user said no. */
export interface UpResult {
  platform: ResolvedPlatform;
  target: Target;
  plan: Plan;
  result?: ApplyResult;
}

/** Brings a platform up: cluster if needed, check, plan, apply, wait. */
export async function up(inputs: Inputs, options: UpOptions): Promise<UpResult> {
  const platform = withNodes(await readPlatform(inputs, options), options.nodes);
  options.onPlatform?.(platform);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const cluster = getTarget(platform, { ...options, signal });
  // An error in the platform's own files ends the getting of the cluster too; its outcome is then of no interest.
  cluster.catch(() => undefined);
  try {
    if (willTakeTime(platform, options)) options.onRendered?.(await renderPlatform(platform, { signal, onProgress: options.onCluster }));
  } catch (error) {
    stop.abort();
    await cluster.catch(() => undefined);
    throw error;
  }
  const target = await cluster;
  options.onTarget?.(target);
  const { bringImages, loadKept } = await import('./images-bring.js');
  const bringing = { signal, onProgress: options.onCluster };
  await bringImages(platform, target, bringing);
  const planned = await planPlatform(platform, target.kube, { flags: options.flags, sealingKeys: options.sealingKeys, signal, onProgress: options.onCluster });
  await loadKept(planned.plan.declared, { platform, target }, bringing);
  options.onPlan?.(planned.plan, target);
  const result = await confirmAndApply(planned, { platform, target, options });
  return { platform, target, plan: planned.plan, ...(result ? { result } : {}) };
}

/** The platform with its nodes as the user wants them this time. */
function withNodes(platform: ResolvedPlatform, wanted: UpOptions['nodes']): ResolvedPlatform {
  if (wanted === undefined) return platform;
  if (platform.cluster.provider === 'k3d') throw new MostikError([diagnose('argument-invalid', { where: 'mostik up --nodes', expected: 'an embedded cluster', value: 'provider k3d' })]);
  const { nodes } = platform.cluster;
  const node = (more: Partial<NodeSpec>): NodeSpec => ({ name: 'node', count: 1, cpu: 4, memory: '16Gi', pods: 110, gpus: 0, labels: {}, taints: [], ...more });
  const simulated = nodes.filter(({ real }) => !real);
  const chosen = wanted === 'real' ? [nodes.find(({ real }) => real) ?? node({ real: true })] : simulated.length > 0 ? simulated : [node({ count: 3 })];
  return { ...platform, cluster: { ...platform.cluster, nodes: chosen } };
}

/** A cluster of our own is made or started on the way, so there is time to render before it answers. */
function willTakeTime({ cluster }: ResolvedPlatform, { context, kubeconfig }: TargetOptions): boolean {
  return cluster.provider !== 'existing' && context === undefined && kubeconfig === undefined;
}

async function getTarget(platform: ResolvedPlatform, options: UpOptions): Promise<Target> {
  if (!willTakeTime(platform, options)) return openTarget(platform, options);
  if (platform.cluster.provider === 'k3d') {
    await (await import('./k3d.js')).k3dClusterUp(platform, { onProgress: options.onCluster, signal: options.signal });
    return k3dTarget(platform.cluster.name, options.signal);
  }
  const { name, nodes, registry } = platform.cluster;
  const record = await clusterUp({ name, nodes, registry, kubernetes: platform.kubernetes, onProgress: options.onCluster, signal: options.signal });
  const kube = await connect({ kubeconfig: record.kubeconfig, signal: options.signal });
  return { kube, clusterName: name, simulated: !record.real, owned: true, kubeconfig: record.kubeconfig };
}

async function confirmAndApply(planned: Planned, { platform, target, options }: { platform: ResolvedPlatform; target: Target; options: UpOptions }): Promise<ApplyResult | undefined> {
  if (!target.owned && hasChanges(planned.plan) && !(await options.confirm(planned.plan, target))) return undefined;
  return applyPlan(planned, target.kube, {
    wait: options.wait,
    keep: platform.state.keep,
    version: ownVersion(),
    signal: options.signal,
    onEvent: (event) => options.onEvent?.(event),
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
  });
}
