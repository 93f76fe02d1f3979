import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, livenessOf } from '../lib/process-identity.js';
import { componentCommands, etcdSocketFile, type gates, type ComponentCommand, type ComponentName, type Gate } from './components.js';
import { below, type ClusterFolder } from './paths.js';
import { openProbe } from './probe.js';
import { clusterMark, endProcess } from './processes.js';
import { clearNode } from './real/clear.js';
import { loadImages } from './real/images.js';
import { readClusterIn, type ClusterRecord } from './record.js';
import { writeSupervisorState, type ComponentState, type SupervisorState } from './supervisor-state.js';

/** Pauses before a component that ended is started again, in milliseconds; the last one stays. */
const pauses = [200, 500, 1_000, 2_000, 5_000, 10_000];
/** After this long without an end a component counts as well again. */
const wellAfterMs = 30_000;
/** How long each may take to end. The API server only closes connections; etcd must not be cut while it writes. */
const stopMs: Partial<Record<ComponentName, number>> = { 'kube-apiserver': 6_000, etcd: 10_000 };

interface Watched {
  command: ComponentCommand;
  state: ComponentState;
  child?: ChildProcess;
}

/** Starts a cluster's components in order, keeps them running, and resolves after SIGTERM or SIGINT, when all have ended. */
export async function supervise(record: ClusterRecord): Promise<void> {
  const folder = below(record.folder);
  const self = identifyProcess();
  if (!self) throw new Error('The supervisor does not find itself in the process table');
  const watched = componentCommands(record).map((command): Watched => ({ command, state: { name: command.name, restarts: 0 } }));
  const state: SupervisorState = { supervisor: self, phase: 'starting', components: watched.map((one) => one.state) };
  const stopping = new AbortController();
  const note = () => existsSync(folder.record) && writeSupervisorState(folder.supervisor, state);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
  process.on('SIGHUP', () => undefined); // the terminal it was started from may close
  note();

  const context: Context = { record, folder, signal: stopping.signal, note };
  const doors = openDoors(context);
  const loops = watched.map((one) => keepRunning(one, doors[one.command.after], context));
  void doors.ready.then(() => {
    if (stopping.signal.aborted) return;
    state.phase = 'running';
    note();
  });
  void stopWithoutPurpose(context, () => stopping.abort());

  await aborted(stopping.signal);
  state.phase = 'stopping';
  note();
  await stopAll(watched);
  await Promise.all(loops);
  if (record.real) await clearNode(record.folder, record.real.programs);
  if (isOwnerless(folder)) rmSync(folder.root, { recursive: true, force: true });
  rmSync(folder.supervisor, { force: true });
}

interface Context {
  record: ClusterRecord;
  folder: ClusterFolder;
  signal: AbortSignal;
  note: () => void;
}

/** One promise per gate, resolved when what it stands for is true, or when the supervisor stops. */
function openDoors(context: Context): Record<Gate, Promise<void>> {
  const { record, folder, signal } = context;
  // A connection made to the socket waits until etcd serves; one made before the socket is there fails, and the API server
  // would try again only after a second. A socket of an etcd that was killed would look like one that is there.
  const socket = join(folder.root, etcdSocketFile);
  rmSync(socket, { force: true });
  const etcd = until(() => existsSync(socket), signal);
  const api = openProbe(folder.pki, record.ports.api);
  const answers = (path: string) => async () => (await api.get(path)).status === 200;
  const serving = etcd.then(() => until(answers('/livez/ping'), signal));
  const ready = serving.then(() => until(answers('/readyz'), signal)).finally(() => api.close());
  const runtime = record.real ? until(() => loadImages(record.folder, record.real!.programs), signal) : Promise.resolve();
  return { start: Promise.resolve(), etcd, serving, ready, runtime } satisfies Record<(typeof gates)[number], Promise<void>>;
}

async function until(condition: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await condition())) await sleep(20);
}

/** Starts a component once its gate is open, and again whenever it ends. */
async function keepRunning(one: Watched, door: Promise<void>, context: Context): Promise<void> {
  const { folder, signal, note } = context;
  const logFile = join(folder.logs, `${one.command.name}.log`);
  rotate(logFile);
  await door;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    const end = await runOnce(one, logFile, context);
    if (signal.aborted) return;
    one.state.lastEnd = end;
    one.state.restarts++;
    failures = Date.now() - startedAt > wellAfterMs ? 0 : failures + 1;
    const pause = pauses[Math.min(failures, pauses.length) - 1] ?? pauses[0]!;
    console.log(`${new Date().toISOString()} ${one.command.name} ended (${end}), starts again in ${pause} ms`);
    note();
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** Runs a component until it ends, and says how. */
function runOnce(one: Watched, logFile: string, { record, folder, note }: Context): Promise<string> {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(one.command.program, one.command.args, {
    cwd: folder.root,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder.root, ...one.command.env, [clusterMark]: record.id },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  one.child = child;
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity) one.state.process = identity;
  note();
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

/** Clients first, then the API server, etcd last: an API server without its database hangs, so one that has lost it is killed. */
async function stopAll(watched: Watched[]): Promise<void> {
  const isCore = (one: Watched) => one.command.name === 'kube-apiserver' || one.command.name === 'etcd';
  await Promise.all(watched.filter((one) => !isCore(one)).map((one) => stopOne(one)));
  const [etcd, api] = watched.filter(isCore);
  if (api) await stopOne(api, etcd && runs(etcd) ? undefined : 100);
  if (etcd) await stopOne(etcd);
}

async function stopOne(one: Watched, termMs = stopMs[one.state.name] ?? 2_000): Promise<void> {
  const { process: identity, name } = one.state;
  if (identity && runs(one) && !(await endProcess(identity, { termMs }))) console.error(`${name} (process ${identity.pid}) does not end`);
}

function runs({ child }: Watched): boolean {
  return child?.exitCode === null && child.signalCode === null;
}

/** A cluster whose folder somebody removed, or whose owner has died, has nothing to keep running for. */
async function stopWithoutPurpose({ folder, signal }: Context, stop: () => void): Promise<void> {
  while (!signal.aborted) {
    if (!existsSync(folder.record) || isOwnerless(folder)) stop();
    await sleep(3_000, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Read anew each time: a cluster that is kept loses its owner on purpose. */
function isOwnerless(folder: ClusterFolder): boolean {
  const owner = readClusterIn(folder.root)?.owner;
  return owner !== undefined && livenessOf(owner) === 'dead';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
}

/** Keeps one old log. */
function rotate(path: string): void {
  if (existsSync(path)) renameSync(path, `${path}.1`);
}
