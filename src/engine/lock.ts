import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asNumber, asString, isDict } from '../lib/read-unknown.js';
import { identifyProcess, livenessOf, type ProcessIdentity } from '../lib/process-identity.js';

/**
 * One process at a time. What must stay true: the lock only saves work, it never guards correctness. Whoever holds it
 * works in a folder of its own and puts the result in place by one rename, so two holders after a lost race do no harm.
 */
export interface Holder {
  process: ProcessIdentity;
  /** ISO time. */
  since: string;
  /** A process group that the holder started and that may outlive it. */
  child?: ProcessIdentity;
}

export interface LockOptions {
  signal?: AbortSignal | undefined;
  onWait?: (holder: Holder | undefined, seconds: number) => void;
  /** Called with the last holder when it died without letting go. */
  onTakeOver?: (holder: Holder) => void;
  pollMs?: number;
}

export interface Lock {
  /** Notes a process group for whoever takes over after us. */
  noteChild(pid: number | undefined): void;
  release(): void;
}

const heartbeatMs = 5_000;
/** Where the holder cannot be looked at (another host), this long without a heartbeat means it is gone. */
const silentMs = 60_000;
/** A lock file that is still empty after this long belongs to a process that died while writing it. */
const emptyMs = 5_000;

/** Takes the lock at `path`, waiting for its holder or taking over from a dead one. */
export async function takeLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const self = identifyProcess();
  if (!self) throw new Error('This process cannot be found in the process table');
  const started = Date.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const mine: Holder = { process: self, since: new Date().toISOString() };
    if (create(path, mine)) return held(path, mine);
    const holder = readHolder(path);
    if (isGone(path, holder)) {
      if (removeStale(path, holder)) {
        if (holder) options.onTakeOver?.(holder);
        continue;
      }
    } else options.onWait?.(holder, Math.floor((Date.now() - started) / 1000));
    await sleep(options.pollMs ?? 250, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/** Who holds the lock; undefined when nobody that is alive does. */
export function holderOf(path: string): Holder | undefined {
  const holder = readHolder(path);
  return holder && !isGone(path, holder) ? holder : undefined;
}

/** `process 4711 on host-a since 14:03:12`. */
export function describeHolder(holder: Holder | undefined): string {
  if (!holder) return 'another process';
  return `process ${holder.process.pid} on ${holder.process.host} since ${holder.since.slice(11, 19)} UTC`;
}

function held(path: string, mine: Holder): Lock {
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Somebody removed it: nothing of ours depends on it.
    }
  }, heartbeatMs);
  beat.unref();
  return {
    noteChild(pid) {
      const child = pid === undefined ? undefined : identifyProcess(pid);
      if (isMine(path, mine)) writeFileSync(path, JSON.stringify(child ? { ...mine, child } : mine));
    },
    release() {
      clearInterval(beat);
      if (isMine(path, mine)) rmSync(path, { force: true });
    },
  };
}

function create(path: string, mine: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(mine), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead holder's lock, one process at a time, so that nobody removes the lock of the one who was faster. */
function removeStale(path: string, seen: Holder | undefined): boolean {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    if (ageOf(guard) > emptyMs) tryRemoveFolder(guard);
    return false;
  }
  try {
    const current = readHolder(path);
    if (!isGone(path, current) || current?.since !== seen?.since) return false;
    rmSync(path, { force: true });
    return true;
  } finally {
    tryRemoveFolder(guard);
  }
}

function tryRemoveFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Already gone.
  }
}

function isGone(path: string, holder: Holder | undefined): boolean {
  if (!holder) return ageOf(path) > emptyMs;
  const liveness = livenessOf(holder.process);
  return liveness === 'dead' || (liveness === 'unknown' && ageOf(path) > silentMs);
}

/** Milliseconds since the file was last touched; 0 when it is not there, so that a vanished lock is simply tried again. */
function ageOf(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function isMine(path: string, mine: Holder): boolean {
  const holder = readHolder(path);
  return holder?.since === mine.since && holder.process.pid === mine.process.pid && holder.process.host === mine.process.host;
}

function readHolder(path: string): Holder | undefined {
  try {
    const data = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    if (!isDict(data)) return undefined;
    const process = readIdentity(data.process);
    const since = asString(data.since);
    if (!process || since === undefined) return undefined;
    const child = readIdentity(data.child);
    return child ? { process, since, child } : { process, since };
  } catch {
    return undefined;
  }
}

function readIdentity(value: unknown): ProcessIdentity | undefined {
  if (!isDict(value)) return undefined;
  const pid = asNumber(value.pid);
  const [host, boot, started] = [asString(value.host), asString(value.boot), asString(value.started)];
  if (pid === undefined || host === undefined || boot === undefined || started === undefined) return undefined;
  return { host, boot, pid, started };
}
