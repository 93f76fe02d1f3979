import { clusterUp, type ClusterProgress } from '../operate/index.js';
import { deleteCluster, deleteOrphans, keepCluster, throwAwayName, type ClusterRecord } from '../cluster/index.js';
import { connect, type Kube } from '../kube/index.js';
import { identifyProcess } from '../lib/process-identity.js';
import type { NodeSpec } from '../model/index.js';

/** The throw-away cluster of one rehearsal. */
export interface Stage {
  record: ClusterRecord;
  kube: Kube;
}

/** How a stage is made. */
export interface StageOptions {
  nodes: NodeSpec[];
  kubernetes: string;
  keep: boolean;
  onProgress?: ((event: ClusterProgress) => void) | undefined;
  signal: AbortSignal;
}

/** A stage on its way, and what takes it down again whatever became of it. */
export interface OpenedStage {
  ready: Promise<Stage>;
  /** Deletes the cluster, or lets it live on as an ordinary one. Does not listen to any signal: it is what Ctrl-C waits for. */
  close(): Promise<void>;
}

/** Starts a throw-away cluster and sweeps up those that killed rehearsals left. */
export function openStage({ nodes, kubernetes, keep, onProgress, signal }: StageOptions): OpenedStage {
  const name = throwAwayName();
  const stop = new AbortController();
  const ready = make();
  ready.catch(() => undefined);
  let kube: Kube | undefined;
  return {
    ready,
    close: async () => {
      const isWhole = kube !== undefined && !signal.aborted;
      stop.abort();
      // A cluster is deleted only once nobody makes it any more.
      await ready.catch(() => undefined);
      kube?.close();
      if (keep && isWhole) keepCluster(name);
      else await deleteCluster(name);
    },
  };

  async function make(): Promise<Stage> {
    const owner = identifyProcess();
    // Two clusters do not get in each other's way; what is swept is no longer in use.
    const swept = deleteOrphans().catch(() => []);
    const both = AbortSignal.any([signal, stop.signal]);
    const record = await clusterUp({ name, nodes: nodes.map(simulated), kubernetes, throwAway: true, webhooks: false, ...(owner ? { owner } : {}), onProgress, signal: both });
    await swept;
    kube = await connect({ kubeconfig: record.kubeconfig, signal: both });
    return { record, kube };
  }
}

/** A rehearsal runs no containers: a real node is played by a simulated one. */
function simulated({ real: _real, ...node }: NodeSpec): NodeSpec {
  return node;
}
