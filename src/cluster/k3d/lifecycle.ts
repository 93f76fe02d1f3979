import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { diagnose, MostikError } from '../../diagnostics/index.js';
import { asDict, asList, asNumber, asString } from '../../lib/read-unknown.js';
import { writeAtomically } from '../../lib/write-atomically.js';
import type { LifecycleOptions } from '../lifecycle.js';
import { createArgs, deleteArgs, kubeconfigArgs, listArgs, runK3d, startArgs, stopArgs } from './commands.js';
import { k3dConfiguration, k3dFile, type K3dCluster } from './configuration.js';
import { k3dContext, k3dFolder, knowsK3d } from './folder.js';

/** How a k3d cluster is, as k3d says. */
export interface K3dState {
  name: string;
  state: 'running' | 'degraded' | 'stopped' | 'absent';
  servers: { running: number; count: number };
  agents: { running: number; count: number };
}

/** A k3d cluster that runs, and how to reach it. */
export interface K3dReady {
  kubeconfig: string;
  context: string;
}

/** Makes sure that the cluster is there and runs; returns how to reach it. One that Mostik did not make is left to its owner. */
export async function k3dUp(cluster: K3dCluster, options: LifecycleOptions = {}): Promise<K3dReady> {
  const { name } = cluster;
  const text = k3dFile(k3dConfiguration(cluster));
  const folder = k3dFolder(name);
  const { state } = await k3dState(name, options.signal);
  if (state !== 'absent' && !existsSync(folder.configuration)) throw new MostikError([diagnose('k3d-cluster-foreign', { cluster: name })]);
  if (state === 'absent') {
    mkdirSync(folder.root, { recursive: true, mode: 0o700 });
    writeAtomically(folder.configuration, text);
    options.onProgress?.({ type: 'step', text: `making k3d cluster ${name}` });
    try {
      await runK3d(createArgs(folder.configuration), options.signal);
    } catch (error) {
      // k3d takes back what it began; a cluster that is not there must not be known.
      if ((await k3dState(name).catch(() => undefined))?.state === 'absent') rmSync(folder.root, { recursive: true, force: true });
      throw error;
    }
  } else if (readFileSync(folder.configuration, 'utf8') !== text) {
    options.onProgress?.({ type: 'warning', diagnostic: diagnose('k3d-configuration-differs', { cluster: name, file: folder.configuration }) });
  }
  if (state === 'stopped' || state === 'degraded') await start(name, options);
  return reach(name, options);
}

/** Starts a k3d cluster that Mostik made. */
export async function k3dStart(name: string, options: LifecycleOptions = {}): Promise<K3dReady> {
  const { state } = await existing(name, options);
  if (state !== 'running') await start(name, options);
  return reach(name, options);
}

/** Stops a k3d cluster that Mostik made; returns false when none of it ran. */
export async function k3dStop(name: string, options: LifecycleOptions = {}): Promise<boolean> {
  const { state } = await existing(name, options);
  if (state === 'stopped') return false;
  options.onProgress?.({ type: 'step', text: `stopping k3d cluster ${name}` });
  await runK3d(stopArgs(name), options.signal);
  return true;
}

/** Deletes a k3d cluster that Mostik made, and what is known of it; returns false when k3d had none. */
export async function k3dDelete(name: string, options: LifecycleOptions = {}): Promise<boolean> {
  const folder = k3dFolder(name);
  const { state } = await k3dState(name, options.signal);
  if (state !== 'absent' && !existsSync(folder.configuration)) throw new MostikError([diagnose('k3d-cluster-foreign', { cluster: name })]);
  if (state !== 'absent') {
    options.onProgress?.({ type: 'step', text: `deleting k3d cluster ${name}` });
    await runK3d(deleteArgs(name), options.signal);
  }
  rmSync(folder.root, { recursive: true, force: true });
  return state !== 'absent';
}

/**
 * Every cluster that k3d has, made by Mostik or not; none where there is no k3d. A k3d that fails, or does not answer for
 * `seconds`, is a Diagnostic.
 */
export async function k3dList({ signal, seconds = 30 }: Pick<LifecycleOptions, 'signal'> & { seconds?: number } = {}): Promise<K3dState[]> {
  const late = AbortSignal.timeout(seconds * 1000);
  try {
    return parseList(await runK3d(listArgs, signal ? AbortSignal.any([signal, late]) : late));
  } catch (error) {
    if (error instanceof MostikError && error.diagnostics.some(({ code }) => code === 'k3d-missing')) return [];
    if (signal?.aborted || !late.aborted) throw error;
    throw new MostikError([diagnose('k3d-failed', { command: `k3d ${listArgs.join(' ')}`, reason: `no answer within ${seconds} s` })]);
  }
}

/** Asks k3d how a cluster is. */
export async function k3dState(name: string, signal?: AbortSignal): Promise<K3dState> {
  const found = parseList(await runK3d(listArgs, signal)).find((one) => one.name === name);
  return found ?? { name, state: 'absent', servers: { running: 0, count: 0 }, agents: { running: 0, count: 0 } };
}

function parseList(text: string): K3dState[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new MostikError([diagnose('k3d-failed', { command: `k3d ${listArgs.join(' ')}`, reason: 'it printed something else than JSON' })]);
  }
  return asList(entries).map(asDict).flatMap((entry) => {
    const name = asString(entry['name']);
    const count = (what: string): { running: number; count: number } => ({ running: asNumber(entry[`${what}Running`]) ?? 0, count: asNumber(entry[`${what}Count`]) ?? 0 });
    const [servers, agents] = [count('servers'), count('agents')];
    const running = servers.running + agents.running;
    const state = running === 0 ? 'stopped' : running === servers.count + agents.count ? 'running' : 'degraded';
    return name === undefined ? [] : [{ name, state, servers, agents }];
  });
}

async function existing(name: string, options: LifecycleOptions): Promise<K3dState> {
  if (!knowsK3d(name)) throw new MostikError([diagnose('k3d-cluster-missing', { cluster: name })]);
  const state = await k3dState(name, options.signal);
  if (state.state === 'absent') throw new MostikError([diagnose('k3d-cluster-missing', { cluster: name })]);
  return state;
}

async function start(name: string, options: LifecycleOptions): Promise<void> {
  options.onProgress?.({ type: 'step', text: `starting k3d cluster ${name}` });
  await runK3d(startArgs(name), options.signal);
}

/** Keeps the kubeconfig that k3d gives: its port may be another one after each start. */
async function reach(name: string, { signal }: LifecycleOptions): Promise<K3dReady> {
  const { kubeconfig } = k3dFolder(name);
  writeAtomically(kubeconfig, await runK3d(kubeconfigArgs(name), signal));
  return { kubeconfig, context: k3dContext(name) };
}
