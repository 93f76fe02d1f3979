import { rmSync } from 'node:fs';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { livenessOf, type ProcessIdentity } from '../lib/process-identity.js';
import { below } from './paths.js';
import { endProcess, findMarked, signalProcess, waitForEnd } from './processes.js';
import { clearNode } from './real/clear.js';
import { findPrograms } from './real/requirements.js';
import { readSupervisorState } from './supervisor-state.js';

/** How long a supervisor may take to end everything, in milliseconds: longer than it grants its components. */
export const supervisorMs = 30_000;

/** A cluster by what is needed to end it, also when its record cannot be read. */
export interface Halting {
  name: string;
  root: string;
  /** Absent when the record is broken: strays cannot be told from others then. */
  id?: string;
}

/** Ends every process of a cluster and no other; returns whether there was one. */
export async function halt(cluster: Halting): Promise<boolean> {
  const folder = below(cluster.root);
  const state = readSupervisorState(folder.supervisor);
  refuseElsewhere(cluster.name, state?.supervisor);
  let any = false;
  if (state && signalProcess(state.supervisor, 'SIGTERM')) {
    any = true;
    if (!(await waitForEnd(state.supervisor, supervisorMs))) await endProcess(state.supervisor, { termMs: 0 });
  }
  any = (await endLeftovers(cluster)) || any;
  await clearRealNode(cluster.root);
  rmSync(folder.supervisor, { force: true });
  return any;
}

/** What pods left on the machine goes too, also when their supervisor was killed and could not take it away. */
async function clearRealNode(root: string): Promise<void> {
  const { programs } = findPrograms();
  if (programs) await clearNode(root, programs);
}

/** Ends what a supervisor that was killed has left behind; the database last, since the API server hangs without it. */
export async function endLeftovers(cluster: Halting): Promise<boolean> {
  const components = readSupervisorState(below(cluster.root).supervisor)?.components ?? [];
  const listed = components.flatMap(({ name, process }) => (process && livenessOf(process) === 'alive' ? [{ name: name, process }] : []));
  const known = new Set(listed.map(({ process }) => process.pid));
  const strays = cluster.id === undefined ? [] : findMarked(cluster.id).filter(({ pid }) => !known.has(pid));
  const all = [...strays.map((process) => ({ name: 'unlisted', process })), ...listed.reverse()];
  const survivors: { name: string; process: ProcessIdentity }[] = [];
  for (const one of all) if (!(await endProcess(one.process, { termMs: one.name === 'etcd' ? 10_000 : 3_000 }))) survivors.push(one);
  if (survivors.length > 0) {
    throw new MostikError(survivors.map(({ name, process }) => diagnose('cluster-survivor', { name: cluster.name, pid: process.pid, component: name })));
  }
  return all.length > 0;
}

/** Two machines that share a state folder must not both run, or end, one cluster. */
export function refuseElsewhere(name: string, supervisor: ProcessIdentity | undefined): void {
  if (supervisor && livenessOf(supervisor) === 'unknown') {
    throw new MostikError([diagnose('cluster-elsewhere', { name, host: supervisor.host })]);
  }
}
