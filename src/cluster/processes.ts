import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, livenessOf, type ProcessIdentity } from '../lib/process-identity.js';

/** Environment variable by which a cluster's processes are known; its value is the cluster's id. */
export const clusterMark = 'MOSTIK_CLUSTER_ID';

/** How long a process gets after SIGTERM, and after SIGKILL, in milliseconds. */
const patience = { term: 5_000, kill: 5_000 };

/** Ends one process, first politely; returns false when even SIGKILL does not. A pid that is somebody else's by now is left alone. */
export async function endProcess(process_: ProcessIdentity, options: { termMs?: number } = {}): Promise<boolean> {
  for (const [signal, ms] of [['SIGTERM', options.termMs ?? patience.term], ['SIGKILL', patience.kill]] as const) {
    if (!signalProcess(process_, signal)) return true;
    if (await waitForEnd(process_, ms)) return true;
  }
  return false;
}

/** Sends a signal to that very process; false when it does not run. */
export function signalProcess(process_: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (livenessOf(process_) !== 'alive') return false;
  try {
    return process.kill(process_.pid, signal);
  } catch {
    return false; // it ended between the two calls
  }
}

/** Waits until a process is gone; false when it is still there after that time. */
export async function waitForEnd(process_: ProcessIdentity, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (livenessOf(process_) === 'alive') {
    if (Date.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}

/**
 * Finds processes that carry a cluster's mark but stand in no list: their supervisor was killed between starting them
 * and noting it down. Only Linux shows the environment of a process in a way that can be relied on.
 */
export function findMarked(id: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const mark = `${clusterMark}=${id}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => environmentOf(pid).includes(mark))
    .flatMap((pid) => identifyProcess(Number(pid)) ?? []);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return []; // another user's process, or one that ended
  }
}

/** Memory of a process in bytes: `resident` counts pages shared with others in full, `own` shares them out (Linux only). */
export function memoryOf(pid: number): { resident: number; own?: number } | undefined {
  try {
    if (process.platform !== 'linux') return undefined;
    const resident = kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS');
    return { resident: resident ?? 0, ...ownMemory(pid) };
  } catch {
    return undefined;
  }
}

function ownMemory(pid: number): { own?: number } {
  try {
    const own = kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss');
    return own === undefined ? {} : { own };
  } catch {
    return {};
  }
}

function kilobytes(text: string, field: string): number | undefined {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}
