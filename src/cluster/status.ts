import { setTimeout as sleep } from 'node:timers/promises';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { livenessOf, type ProcessIdentity } from '../lib/process-identity.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import type { ComponentName } from './components.js';
import { folderOf } from './folder.js';
import { below } from './paths.js';
import type { LifecycleOptions } from './lifecycle.js';
import { nodeNames } from './nodes.js';
import { openProbe, type Probe } from './probe.js';
import { memoryOf } from './processes.js';
import { keptRegistry } from './real/registry.js';
import type { ClusterRecord } from './record.js';
import { readSupervisorState } from './supervisor-state.js';

/** `degraded`: the supervisor runs, a component does not. `stopped` covers a supervisor that was killed, too. */
export type ClusterState = 'running' | 'starting' | 'degraded' | 'stopped' | 'elsewhere';

/** One process of a cluster. */
export interface ClusterProcess {
  name: 'supervisor' | ComponentName;
  pid: number;
  alive: boolean;
  restarts: number;
  lastEnd?: string;
  /** Bytes; `own` shares out what several processes have mapped (Linux only). */
  memory?: { resident: number; own?: number };
}

/** The processes of a cluster as its supervisor lists them; empty when it is stopped. */
export function clusterProcesses(name: string): ClusterProcess[] {
  const state = readSupervisorState(folderOf(name).supervisor);
  if (!state) return [];
  const supervisor = describe({ name: 'supervisor', process: state.supervisor, restarts: 0 });
  return [supervisor, ...state.components.flatMap(({ process, ...rest }) => (process ? [describe({ ...rest, process })] : []))];
}

/** How a cluster is, by its processes alone. */
export function clusterState(name: string): ClusterState {
  const state = readSupervisorState(folderOf(name).supervisor);
  if (!state) return 'stopped';
  const supervisor = livenessOf(state.supervisor);
  if (supervisor !== 'alive') return supervisor === 'dead' ? 'stopped' : 'elsewhere';
  if (state.phase === 'starting') return 'starting';
  const processes = clusterProcesses(name);
  return processes.length === (readSupervisorState(folderOf(name).supervisor)?.components.length ?? 0) + 1 && processes.every(({ alive }) => alive) ? 'running' : 'degraded';
}

/** Waits until namespace `default` has its ServiceAccount and every declared node is Ready, so that pods can start, and its registry answers. */
export async function waitForCluster(record: ClusterRecord, options: LifecycleOptions & { timeoutSeconds?: number } = {}): Promise<void> {
  const folder = below(record.folder);
  const seconds = options.timeoutSeconds ?? 60;
  const deadline = Date.now() + seconds * 1000;
  const probe = openProbe(folder.pki, record.ports.api);
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const missing = await missingIn(record, probe);
      if (missing === undefined) return;
      if (Date.now() > deadline) throw new MostikError([diagnose('cluster-not-ready', { name: record.name, seconds, what: missing, logs: folder.logs })]);
      await sleep(50);
    }
  } finally {
    probe.close();
  }
}

async function missingIn(record: ClusterRecord, probe: Probe): Promise<string | undefined> {
  const account = await probe.get('/api/v1/namespaces/default/serviceaccounts/default');
  if (account.status !== 200) return `ServiceAccount/default/default (${account.status === 0 ? account.body : account.status})`;
  const nodes = await probe.get('/api/v1/nodes');
  if (nodes.status !== 200) return `the list of nodes (${nodes.status === 0 ? nodes.body : nodes.status})`;
  const ready = readyNodes(nodes.body);
  const missing = nodeNames(record.nodes).filter((name) => !ready.has(name));
  if (missing.length === 0) return (await registryAnswers(record)) ? undefined : 'its image registry to answer';
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  return `${missing.slice(0, 3).map((name) => `Node/${name}`).join(', ')}${more} to become Ready`;
}

/** Images are pushed as soon as the cluster is there. */
async function registryAnswers(record: ClusterRecord): Promise<boolean> {
  const registry = keptRegistry(record);
  return registry === undefined || fetch(`http://127.0.0.1:${registry.port}/v2/`, { signal: AbortSignal.timeout(2_000) }).then(({ ok }) => ok, () => false);
}

function readyNodes(body: string): Set<string> {
  const items = asList(asDict(JSON.parse(body) as unknown)['items']);
  const isReady = (node: unknown) =>
    asList(valueAt(node, 'status', 'conditions')).some((condition) => asDict(condition)['type'] === 'Ready' && asDict(condition)['status'] === 'True');
  return new Set(items.filter(isReady).flatMap((node) => asString(valueAt(node, 'metadata', 'name')) ?? []));
}

function describe(one: { name: ClusterProcess['name']; process: ProcessIdentity; restarts: number; lastEnd?: string }): ClusterProcess {
  const { process, ...rest } = one;
  const alive = livenessOf(process) === 'alive';
  const memory = alive ? memoryOf(process.pid) : undefined;
  return { ...rest, pid: process.pid, alive, ...(memory ? { memory } : {}) };
}
