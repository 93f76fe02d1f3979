import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { registryHost, type NodeSpec, type Registry } from '../model/index.js';
import { clustersFolder, folderOf, lockFileOf } from './folder.js';
import { endLeftovers, halt, refuseElsewhere, supervisorMs } from './halt.js';
import { describeHolder, takeLock } from '../engine/lock.js';
import { livenessOf, type ProcessIdentity } from '../lib/process-identity.js';
import { below } from './paths.js';
import { choosePorts, isListening, keepPorts, listenerOn } from './ports.js';
import { listClusters, readCluster, requireCluster } from './clusters.js';
import { waitForEnd } from './processes.js';
import { readClusterIn, writeRecord, type Binaries, type ClusterRecord, type RealParts } from './record.js';
import { kubeletPort, realNetworks } from './real/layout.js';
import { keptRegistry, registryAddresses } from './real/registry.js';
import { chooseKubernetes, releaseOf } from './release.js';
import { realNode } from './nodes.js';
import { launch, type LaunchOptions } from './launch.js';
import { readSupervisorState } from './supervisor-state.js';

/** What is told while a cluster changes: what is being done, what was done and is to be kept in sight, or a warning. */
export type ClusterEvent = { type: 'step'; text: string } | { type: 'note'; text: string } | { type: 'warning'; diagnostic: Diagnostic };

export interface LifecycleOptions {
  onProgress?: (event: ClusterEvent) => void;
  signal?: AbortSignal;
}

export interface StartOptions extends LifecycleOptions, LaunchOptions {
  /** Where the binaries are by now; those of the last start by default. */
  binaries?: Binaries;
}

export interface CreateOptions extends LifecycleOptions, LaunchOptions {
  name: string;
  /** A minor version such as `1.36`; the newest one the binaries serve by default. */
  kubernetes?: string;
  nodes?: NodeSpec[];
  binaries: Binaries;
  /** What a real node runs with, when one is declared. */
  real?: RealParts;
  /** The image registry in its keeping; that of the last time by default. */
  registry?: Registry;
  audit?: boolean;
  throwAway?: boolean;
  /** The process that the cluster lives for. */
  owner?: ProcessIdentity;
  /** Whether admission webhooks are called; they are by default. */
  webhooks?: boolean;
}

/** The nodes of a cluster for which none are declared. */
export const defaultNodes: NodeSpec[] = [{ name: 'worker', count: 3, cpu: 4, memory: '16Gi', pods: 110, gpus: 0, labels: {}, taints: [] }];

/**
 * Makes sure that a cluster of this name is there and runs, with these nodes declared, and returns once its API server
 * is ready. The caller then applies `systemObjects(record)`: without them no node is there.
 */
export async function createCluster(options: CreateOptions): Promise<ClusterRecord> {
  return withLock(options.name, options, async () => {
    const existing = readCluster(options.name);
    // A cluster that runs is not asked again, so that the next `up` loses no time on it.
    const release = existing && isRunning(existing) ? existing.release : await releaseOf(options.name, options.binaries.cluster);
    if (existing) return run(adapt(existing, options, release), options);
    options.onProgress?.({ type: 'step', text: `making cluster ${options.name}` });
    return run(await makeRecord(options, release), options);
  });
}

/** Starts a stopped cluster; returns once its API server is ready. The caller applies `systemObjects` again: a port may have changed. */
export async function startCluster(name: string, options: StartOptions = {}): Promise<ClusterRecord> {
  return withLock(name, options, async () => {
    const record = requireCluster(name);
    const binaries = options.binaries ?? record.binaries;
    return run({ ...record, binaries, release: await releaseOf(name, binaries.cluster) }, options);
  });
}

/** Ends a cluster's processes and keeps its data; returns false when none ran. */
export async function stopCluster(name: string, options: LifecycleOptions = {}): Promise<boolean> {
  return withLock(name, options, async () => {
    const record = requireCluster(name);
    options.onProgress?.({ type: 'step', text: `stopping cluster ${name}` });
    return halt({ name, root: record.folder, id: record.id });
  });
}

/** Ends a cluster's processes and removes all of it; returns false when there was none. */
export async function deleteCluster(name: string, options: LifecycleOptions = {}): Promise<boolean> {
  return withLock(name, options, async () => {
    const { root } = folderOf(name);
    if (!existsSync(root)) return false;
    options.onProgress?.({ type: 'step', text: `deleting cluster ${name}` });
    const id = readClusterIn(root)?.id;
    await halt({ name, root, ...(id === undefined ? {} : { id }) });
    rmSync(root, { recursive: true, force: true });
    return true;
  });
}

async function withLock<T>(name: string, options: LifecycleOptions, work: () => Promise<T>): Promise<T> {
  const path = lockFileOf(name);
  mkdirSync(clustersFolder(), { recursive: true, mode: 0o700 });
  let told = false;
  const lock = await takeLock(path, {
    signal: options.signal,
    pollMs: 50,
    onWait: (holder) => {
      if (!told) options.onProgress?.({ type: 'step', text: `waiting for ${describeHolder(holder)}, which works on cluster ${name}` });
      told = true;
    },
  });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function makeRecord(options: CreateOptions, release: string): Promise<ClusterRecord> {
  const { name } = options;
  const folder = folderOf(name);
  return {
    name,
    id: randomUUID(),
    createdAt: new Date().toISOString(),
    kubernetes: chooseKubernetes(name, release, options.kubernetes),
    release,
    nodes: options.nodes && options.nodes.length > 0 ? options.nodes : defaultNodes,
    ports: await choosePorts(portsOfOthers(name)),
    binaries: options.binaries,
    ...(options.real ? { real: options.real } : {}),
    ...(options.registry ? { registry: options.registry } : {}),
    audit: options.audit ?? false,
    throwAway: options.throwAway ?? false,
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    webhooks: options.webhooks ?? true,
    folder: folder.root,
    kubeconfig: folder.kubeconfig,
    context: `mostik-${name}`,
  };
}

/** An existing cluster takes over the nodes and the binaries; its version and its way of keeping data stay. */
function adapt(existing: ClusterRecord, options: CreateOptions, release: string): ClusterRecord {
  const { name } = existing;
  if (options.kubernetes !== undefined && chooseKubernetes(name, release, options.kubernetes) !== existing.kubernetes) {
    throw new MostikError([diagnose('cluster-kubernetes-differs', { name, current: existing.kubernetes, asked: options.kubernetes })]);
  }
  const nodes = options.nodes && options.nodes.length > 0 ? options.nodes : existing.nodes;
  const { real: _before, ...rest } = existing;
  return { ...rest, nodes, binaries: options.binaries, ...(options.real ? { real: options.real } : {}), ...(options.registry ? { registry: options.registry } : {}), release, audit: options.audit ?? existing.audit };
}

/** Starts what does not run; a cluster that runs only takes note of its new declaration. */
async function run(record: ClusterRecord, options: StartOptions): Promise<ClusterRecord> {
  const state = readSupervisorState(below(record.folder).supervisor);
  refuseElsewhere(record.name, state?.supervisor);
  // Somebody may have told the supervisor itself to stop, as a system does that shuts down.
  if (state?.phase === 'stopping') await waitForEnd(state.supervisor, supervisorMs);
  refuseSecondNode(record);
  const running = readCluster(record.name) ?? record;
  // A node that becomes real, or simulated, changes what runs beside it, and how the API server runs.
  if (isRunning(record) && (realNode(running)?.name !== realNode(record)?.name || registryText(running) !== registryText(record))) await halt({ name: record.name, root: record.folder, id: record.id });
  if (isRunning(record)) {
    const noted = { ...running, nodes: record.nodes };
    writeRecord(noted);
    return launch(noted, { ...options, running: true });
  }
  await endLeftovers({ name: record.name, root: record.folder, id: record.id });
  await refuseForeignNode(record);
  await refuseTakenRegistry(record);
  const { ports, taken } = await keepPorts(record.ports, portsOfOthers(record.name));
  for (const { use, port, replacement, holder } of taken) {
    const what = use === 'api' ? 'API server' : 'node agent';
    const hint = use === 'api' ? `the kubeconfig has been rewritten: ${record.kubeconfig}` : '';
    const diagnostic = diagnose('cluster-port-taken', { name: record.name, port, use: what, holder, replacement, hint });
    options.onProgress?.({ type: 'warning', diagnostic });
  }
  return launch({ ...record, ports }, options);
}

/** Addresses, tables and cgroups of a real node are there once on a machine: another cluster of this user must not have them. */
function refuseSecondNode(record: ClusterRecord): void {
  const other = realNode(record) ? listClusters().find((each) => each.name !== record.name && realNode(each) !== undefined && isRunning(each)) : undefined;
  if (other) throw new MostikError([diagnose('real-node-taken', { name: record.name, holder: `cluster ${other.name}`, hint: `mostik cluster stop ${other.name} frees it` })]);
}

/** Nor one of another user, of another state folder, or one whose supervisor was killed. */
async function refuseForeignNode(record: ClusterRecord): Promise<void> {
  const { node } = realNetworks;
  if (!realNode(record) || !(await isListening(node, kubeletPort))) return;
  throw new MostikError([diagnose('real-node-taken', { name: record.name, holder: `a kubelet on ${node}:${kubeletPort} that is not one of your running clusters`, hint: 'stop that cluster first: it may be of another user or state folder' })]);
}

function registryText(record: ClusterRecord): string {
  const registry = keptRegistry(record);
  return registry ? registryHost(registry) : '';
}

/** The port of a registry is a part of its images' names, so another one cannot be chosen. */
async function refuseTakenRegistry(record: ClusterRecord): Promise<void> {
  const registry = keptRegistry(record);
  for (const { host, port } of registry ? registryAddresses(registry) : []) {
    if (await isListening(host, port)) throw new MostikError([diagnose('registry-port-taken', { name: record.name, registry: registryHost(registry!), address: `${host}:${port}`, holder: listenerOn(port) })]);
  }
}

function isRunning(record: ClusterRecord): boolean {
  const state = readSupervisorState(below(record.folder).supervisor);
  return state !== undefined && livenessOf(state.supervisor) === 'alive';
}

function portsOfOthers(name: string): number[] {
  return listClusters()
    .filter((other) => other.name !== name)
    .flatMap(({ ports, registry }) => [ports.api, ports.agent, ...(registry ? [registry.port] : [])]);
}
