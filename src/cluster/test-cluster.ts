import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { findEngine } from '../engine/index.js';
import { systemObjects, waitForCluster, type Binaries, type ClusterRecord } from './index.js';

/** The engines these tests run on; undefined where MOSTIK_ENGINE_DIR names none. */
export const binaries = findBinaries();

/** Why tests against a real cluster are skipped; empty when they run. */
export const noCluster = binaries ? '' : ' (skipped: MOSTIK_ENGINE_DIR names no folder with mostik-cluster and mostik-render)';

/** A state folder of its own with a supervisor built from the sources as they are. */
export interface World {
  dir: string;
  supervisor: string;
  remove(): void;
}

export async function makeWorld(): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'mostik-cluster-'));
  const before = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = join(dir, 'state');
  const supervisor = join(dir, 'supervisor.mjs');
  const entry = new URL('supervisor-main.ts', import.meta.url).pathname;
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', outfile: supervisor, logLevel: 'error' });
  const remove = () => {
    if (before === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = before;
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, supervisor, remove };
}

/** Does what layer 6 does after a create or start, with kubectl. */
export async function complete(record: ClusterRecord): Promise<void> {
  const file = join(record.folder, 'system.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: systemObjects(record) }));
  await kubectl(record, 'apply', '--server-side', '--force-conflicts', '-f', file);
  await waitForCluster(record);
}

/** Runs kubectl against a cluster and returns what it printed. */
export async function kubectl(record: ClusterRecord, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(binaries!.cluster, ['kubectl', '--kubeconfig', record.kubeconfig, ...args], { maxBuffer: 64 << 20 });
  return stdout.trim();
}

/** Waits until a workload is rolled out; a failure shows its pods and events. */
export async function rollout(record: ClusterRecord, workload: string): Promise<void> {
  try {
    await kubectl(record, 'rollout', 'status', workload, '--timeout=180s');
  } catch (error) {
    const pods = await kubectl(record, 'describe', 'pods', '-l', `app=${workload.split('/')[1]}`);
    throw new Error(`${workload} is not rolled out\n${pods}\n${await kubectl(record, 'get', 'pods,pvc', '-o', 'wide')}`, { cause: error });
  }
}

/** Creates or changes what a text of YAML says. */
export async function apply(record: ClusterRecord, text: string): Promise<void> {
  const file = join(record.folder, 'apply.yaml');
  writeFileSync(file, text);
  await kubectl(record, 'apply', '-f', file);
}

/** Asks until the answer satisfies, and fails with the last one. */
export async function eventually<T>(ask: () => T | Promise<T>, satisfies: (answer: T) => boolean, seconds = 120): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s; the last answer was ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

function findBinaries(): Binaries | undefined {
  if (!process.env['MOSTIK_ENGINE_DIR']) return undefined;
  const [cluster, render] = [findEngine('cluster', { sources: ['folder'] }), findEngine('render', { sources: ['folder'] })];
  return cluster && render ? { cluster: cluster.path, render: render.path } : undefined;
}
