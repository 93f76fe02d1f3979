import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { packageRoot } from '../engine/place.js';
import { livenessOf } from '../lib/process-identity.js';
import { auditPolicy, schedulerConfig } from './components.js';
import { below, type ClusterFolder } from './paths.js';
import { halt } from './halt.js';
import { realNode } from './nodes.js';
import { prepareHost } from './real/host.js';
import { writeImages } from './real/images.js';
import { writeKubeconfigs } from './kubeconfig.js';
import { reasonInLog } from './log-reason.js';
import { openProbe } from './probe.js';
import { clusterMark } from './processes.js';
import { writeRecord, type ClusterRecord } from './record.js';
import { readSupervisorState } from './supervisor-state.js';
import type { LifecycleOptions } from './lifecycle.js';
import { writeAtomically } from '../lib/write-atomically.js';

export interface LaunchOptions {
  /** The built supervisor; the one in Mostik's package by default. */
  supervisor?: string;
  /** How long `/readyz` may take, in seconds; 90 by default. */
  timeoutSeconds?: number;
}

/** After this many ends in a row a component is taken not to start at all. */
const hopeless = 4;

/** Writes everything a cluster needs to run, starts its supervisor unless it runs, and waits for the API server. */
export async function launch(record: ClusterRecord, options: LaunchOptions & LifecycleOptions & { running?: boolean }): Promise<ClusterRecord> {
  let supervisorEnd = () => endOfRunning(record);
  if (!options.running) {
    await prepare(record);
    supervisorEnd = startSupervisor(record, options.supervisor ?? join(packageRoot(), 'dist', 'cluster', 'supervisor-main.js'));
    options.onProgress?.({ type: 'step', text: 'starting etcd and the API server' });
  }
  try {
    await waitForReadyz(record, supervisorEnd, options);
  } catch (error) {
    // What was started here and does not come up is not left running; the files stay for the next attempt.
    if (!options.running) await halt({ name: record.name, root: record.folder, id: record.id });
    throw error;
  }
  return record;
}

async function prepare(record: ClusterRecord): Promise<void> {
  const folder = below(record.folder);
  for (const path of [folder.root, folder.pki, folder.data, folder.volumes, folder.logs]) mkdirSync(path, { recursive: true, mode: 0o700 });
  // Loaded here alone: reading the certificate library takes longer than most commands.
  const node = realNode(record)?.name;
  if (!existsSync(join(folder.pki, 'complete')) || (node !== undefined && !existsSync(join(folder.pki, `kubelet-${node}.crt`)))) await (await import('./certificates.js')).makeCertificates(folder.pki, record.name, node);
  writeKubeconfigs(record);
  writeAtomically(folder.stages, readStages());
  writeAtomically(join(folder.root, 'scheduler.json'), schedulerConfig(folder));
  writeAtomically(join(folder.root, 'audit-policy.json'), auditPolicy);
  if (record.real) {
    prepareHost(record, record.real.programs);
    writeImages(record.folder);
  }
  writeRecord(record);
}

/** All stages as one file, kept with the cluster: Mostik may be updated while it runs. */
function readStages(): string {
  const folder = join(packageRoot(), 'engine', 'cluster', 'stages');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort();
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n---\n');
}

/** How the supervisor that ran already has ended, if it has. */
function endOfRunning(record: ClusterRecord): string | undefined {
  const state = readSupervisorState(below(record.folder).supervisor);
  return state && livenessOf(state.supervisor) === 'alive' ? undefined : 'it has been ended';
}

/** Starts it, detached. Returns a function that says how the supervisor ended, if it did. */
function startSupervisor(record: ClusterRecord, program: string): () => string | undefined {
  if (!existsSync(program)) throw new MostikError([diagnose('cluster-supervisor-missing', { name: record.name, path: program })]);
  const folder = below(record.folder);
  const path = join(folder.logs, 'supervisor.log');
  if (existsSync(path)) renameSync(path, `${path}.1`);
  const log = openSync(path, 'a', 0o600);
  const child = spawn(process.execPath, ['--max-semi-space-size=1', '--max-old-space-size=64', program, folder.root], {
    cwd: folder.root,
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder.root, [clusterMark]: record.id },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let end: string | undefined;
  child.once('error', (error) => (end = error.message));
  child.once('exit', (code, signal) => (end = signal ?? `exit code ${code}`));
  child.unref();
  return () => end;
}

async function waitForReadyz(record: ClusterRecord, supervisorEnd: () => string | undefined, options: LaunchOptions & LifecycleOptions): Promise<void> {
  const folder = below(record.folder);
  const seconds = options.timeoutSeconds ?? 90;
  const deadline = Date.now() + seconds * 1000;
  const probe = openProbe(folder.pki, record.ports.api);
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const answer = await probe.get('/readyz');
      if (answer.status === 200) return;
      refuseHopeless(record, folder, supervisorEnd());
      if (Date.now() > deadline) {
        const reason = answer.body.split('\n').find((line) => line.startsWith('[-]')) ?? answer.body.split('\n')[0] ?? '';
        throw new MostikError([diagnose('cluster-start-timeout', { name: record.name, seconds, reason, logs: folder.logs })]);
      }
      await sleep(30);
    }
  } finally {
    probe.close();
  }
}

function refuseHopeless(record: ClusterRecord, folder: ClusterFolder, supervisorEnd: string | undefined): void {
  const failed = readSupervisorState(folder.supervisor)?.components.find(({ restarts }) => restarts >= hopeless);
  if (!failed && supervisorEnd === undefined) return;
  const component = failed?.name ?? 'supervisor';
  const log = join(folder.logs, `${component}.log`);
  const reason = reasonInLog(log) || (failed?.lastEnd ?? supervisorEnd ?? 'it ends at once');
  throw new MostikError([diagnose('cluster-start-failed', { name: record.name, component, reason, log })]);
}
