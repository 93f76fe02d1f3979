import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../lib/process-identity.js';
import { asList, asNumber, asString, isDict } from '../lib/read-unknown.js';
import { componentNames, type ComponentName } from './components.js';
import { writeAtomically } from '../lib/write-atomically.js';

/** What the supervisor tells others, in `supervisor.json`: the only thing by which its processes are found again. */
export interface SupervisorState {
  supervisor: ProcessIdentity;
  phase: 'starting' | 'running' | 'stopping';
  components: ComponentState[];
}

/** One component; `process` is absent before its first start. */
export interface ComponentState {
  name: ComponentName;
  process?: ProcessIdentity;
  /** How often it was started again after it ended by itself. */
  restarts: number;
  /** How it ended the last time: `exit code 1`, `SIGKILL`. */
  lastEnd?: string;
}

/** Reads the state; undefined where nothing was started, or where the file cannot be read. */
export function readSupervisorState(path: string): SupervisorState | undefined {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  if (!isDict(data)) return undefined;
  const supervisor = readIdentity(data['supervisor']);
  const phase = (['starting', 'running', 'stopping'] as const).find((known) => known === data['phase']);
  if (!supervisor || !phase) return undefined;
  return { supervisor, phase, components: asList(data['components']).flatMap((entry) => readComponent(entry) ?? []) };
}

export function writeSupervisorState(path: string, state: SupervisorState): void {
  writeAtomically(path, `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`);
}

function readComponent(value: unknown): ComponentState | undefined {
  if (!isDict(value)) return undefined;
  const name = componentNames.find((known) => known === value['name']);
  if (!name) return undefined;
  const process = readIdentity(value['process']);
  const lastEnd = asString(value['lastEnd']);
  return { name, restarts: asNumber(value['restarts']) ?? 0, ...(process ? { process } : {}), ...(lastEnd !== undefined ? { lastEnd } : {}) };
}

/** Reads a process as it was written down; undefined for anything else. */
export function readIdentity(value: unknown): ProcessIdentity | undefined {
  if (!isDict(value)) return undefined;
  const [host, boot, started, pid] = [asString(value['host']), asString(value['boot']), asString(value['started']), asNumber(value['pid'])];
  return host === undefined || boot === undefined || started === undefined || pid === undefined ? undefined : { host, boot, pid, started };
}
