import { join } from 'node:path';
import { applySystemObjects, removeOtherNodes, type RemovedNode } from '../apply/index.js';
import { createCluster, findPrograms, keptRegistry, nodeNames, readCluster, realNetworks, realNode, startCluster, systemObjects, waitForCluster, type Binaries, type ClusterEvent, type ClusterRecord, type RealParts } from '../cluster/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { ensureEngine, type EngineEvent } from '../engine/index.js';
import { packageRoot } from '../engine/place.js';
import { connect } from '../kube/index.js';
import type { ProcessIdentity } from '../lib/process-identity.js';
import { plural } from '../lib/plural.js';
import { registryHost, type NodeSpec, type Registry } from '../model/index.js';

/** What is told while a cluster is got: engines being fetched or built, and the cluster's own steps. */
export type ClusterProgress = EngineEvent | ClusterEvent;

/** How to bring a cluster up. */
export interface ClusterUpOptions {
  name: string;
  kubernetes?: string | undefined;
  nodes?: NodeSpec[] | undefined;
  /** The image registry in its keeping; left out where no node is real. */
  registry?: Registry | undefined;
  /** Keep an audit log of every request. */
  audit?: boolean;
  /** Give up durability for speed: for clusters that live for one run. */
  throwAway?: boolean;
  /** The process that the cluster lives for. */
  owner?: ProcessIdentity;
  /** Whether admission webhooks are called; they are by default. */
  webhooks?: boolean;
  onProgress?: ((event: ClusterProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Makes sure that an embedded cluster is there and ready: API server, default ServiceAccount and nodes. */
export async function clusterUp({ name, kubernetes, nodes, registry, audit, throwAway, owner, webhooks, onProgress, signal }: ClusterUpOptions): Promise<ClusterRecord> {
  const shared = sharedOptions({ onProgress, signal });
  const [binaries, real] = await Promise.all([engines(shared), realParts(nodes ?? [], shared)]);
  const record = await createCluster({
    name,
    binaries,
    ...(real ? { real } : {}),
    ...(kubernetes === undefined ? {} : { kubernetes }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(registry === undefined ? {} : { registry }),
    ...(audit === undefined ? {} : { audit }),
    ...(throwAway === undefined ? {} : { throwAway }),
    ...(owner === undefined ? {} : { owner }),
    ...(webhooks === undefined ? {} : { webhooks }),
    ...shared,
  });
  if (registry && !keptRegistry(record)) onProgress?.({ type: 'step', text: `no registry ${registryHost(registry)} is started: simulated nodes pull no images` });
  await settle(record, shared);
  return record;
}

/** Starts a stopped cluster again and waits until it is ready. */
export async function clusterStart(name: string, options: Pick<ClusterUpOptions, 'onProgress' | 'signal'> = {}): Promise<ClusterRecord> {
  const shared = sharedOptions(options);
  const record = readCluster(name) ? await startCluster(name, { binaries: await engines(shared), ...shared }) : await startCluster(name, shared);
  await settle(record, shared);
  return record;
}

type Shared = { onProgress?: (event: ClusterProgress) => void; signal?: AbortSignal };

function sharedOptions({ onProgress, signal }: Pick<ClusterUpOptions, 'onProgress' | 'signal'>): Shared {
  return { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) };
}

/** Both engines, side by side: the control plane and Mostik's own node agent. */
async function engines(shared: Shared): Promise<Binaries> {
  const [cluster, render] = await Promise.all([ensureEngine('cluster', shared), ensureEngine('render', shared)]);
  return { cluster: cluster.path, render: render.path };
}

/** What a real node needs, or a Diagnostic for each thing that this machine lacks. */
async function realParts(nodes: readonly NodeSpec[], shared: Shared): Promise<RealParts | undefined> {
  if (!realNode({ nodes })) return undefined;
  const { programs, lacks } = findPrograms();
  if (!programs) throw new MostikError(lacks.map(({ what, wayOut }) => diagnose('real-node-lacks', { what, wayOut })));
  const engine = await ensureEngine('node', shared);
  return { engine: engine.path, agent: join(packageRoot(), 'dist', 'controllers', 'network', 'network-agent-main.js'), programs };
}

/** Writes what makes the API server a cluster, and waits for it. */
async function settle(record: ClusterRecord, shared: Shared): Promise<void> {
  const kube = await connect({ kubeconfig: record.kubeconfig, ...(shared.signal ? { signal: shared.signal } : {}) });
  try {
    for (const removed of await removeOtherNodes(kube, nodeNames(record.nodes), realNetworks.node)) shared.onProgress?.({ type: 'note', text: removedText(removed) });
    await applySystemObjects(kube, systemObjects(record));
  } finally {
    kube.close();
  }
  await waitForCluster(record, shared);
}

function removedText({ name, pods }: RemovedNode): string {
  return `node ${name} is no longer declared: removed${pods === 0 ? '' : ` with ${plural(pods, 'pod')} on it, for which controllers start others`}`;
}
