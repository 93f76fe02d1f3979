import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterProcesses } from '../src/cluster/index.js';
import { ensureEngine } from '../src/engine/index.js';
import { floor } from './floor.js';
import { measure, median, type Run } from './measure.js';
import { mixedObjects } from './objects.js';
import { cell, machine, note as noteIn, ratio, save, type Row, type Rows } from './report.js';
import { table } from './table.js';

/** How much is measured, and where the results go. */
export interface BenchOptions {
  sizes: number[];
  rounds: number;
  out: string;
}

const root = process.cwd();
const bin = join(root, 'bin', 'mostik');

/** Tools in one namespace each, so that none finds the other's objects. */
interface Place { size: number; round: number; kubeconfig: string; work: string }

const mostik = (...args: string[]): Promise<Run> => measure(process.execPath, [bin, ...args], { ok: [0, 2] });

/** Applies and plans beside kubectl, Helm and the floor of bare server-side apply. */
export async function benchApply({ sizes, rounds, out }: BenchOptions): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'mostik-bench-'));
  Object.assign(process.env, { XDG_STATE_HOME: join(work, 'state'), NO_COLOR: '1' });
  const cluster = (await ensureEngine('cluster')).path;
  const render = (await ensureEngine('render')).path;
  const create = await mostik('cluster', 'create', 'bench');
  try {
    const kubeconfig = (await mostik('cluster', 'kubeconfig', 'bench')).stdout.trim();
    const idle = clusterProcesses('bench').map(({ name, memory }) => ({ name, mib: (memory?.resident ?? 0) / 1024 ** 2 }));
    const rows = new Map<string, Rows>();
    const apply: Row = {};
    for (const size of sizes) {
      const sized: Rows = new Map();
      for (let round = 0; round < rounds; round++) await oneRound(sized, apply, { cluster, render, place: { size, round, kubeconfig, work } });
      rows.set(String(size), sized);
    }
    const start = await startUp();
    report({ rows, apply, start, create: create.seconds, idle, rounds, out });
  } finally {
    await mostik('cluster', 'delete', 'bench', '--yes').catch((error: unknown) => { console.error(String(error)); });
    rmSync(work, { recursive: true, force: true });
  }
}

async function oneRound(rows: Rows, applyStage: Row, { cluster, render, place }: { cluster: string; render: string; place: Place }): Promise<void> {
  const { size, round, kubeconfig, work } = place;
  const folder = join(work, `${size}-${round}`);
  const space = (tool: string): string => `bench-${tool}-${size}-${round}`;
  const changed = Math.max(1, Math.round(size / 100));
  const kubectl = (args: string[], options = {}): Promise<Run> => measure(cluster, ['kubectl', '--kubeconfig', kubeconfig, ...args], options);
  const note = (job: string, tool: string, seconds: number): void => { noteIn(rows, job, tool, seconds); };
  const jobs: [string, number][] = [['first apply', 0], ['apply, nothing changed', 0], ['apply, 1 % changed', changed]];
  for (const tool of ['floor', 'mostik', 'kubectl', 'helm']) await kubectl(['create', 'namespace', space(tool)]);

  for (const [job, differing] of jobs) note(job, 'floor', await floor(kubeconfig, mixedObjects(size, space('floor'), differing)));
  note('plan, nothing changed', 'floor', await floor(kubeconfig, mixedObjects(size, space('floor'), changed), '&dryRun=All'));

  const dir = join(folder, 'mostik');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'platform.yaml'), `apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: ${space('mostik')} }\nspec:\n  components:\n    all: { manifests: [objects.yaml], namespace: ${space('mostik')}, external: [Namespace/${space('mostik')}] }\n`);
  const own = (differing: number): void => { writeFileSync(join(dir, 'objects.yaml'), manifest(mixedObjects(size, space('mostik'), differing))); };
  const target = ['--kubeconfig', kubeconfig];
  own(0);
  const first = await mostik('apply', dir, '--yes', '-o', 'json', ...target);
  note('first apply', 'mostik', first.seconds);
  note('peak memory, first apply (MiB)', 'mostik', first.peakMiB);
  (applyStage[`${size} mostik`] ??= []).push((JSON.parse(first.stdout) as { seconds: { apply: number } }).seconds.apply);
  note('apply, nothing changed', 'mostik', (await mostik('apply', dir, '--yes', ...target)).seconds);
  note('plan, nothing changed', 'mostik', (await mostik('plan', dir, ...target)).seconds);
  own(changed);
  note('plan, 1 % changed', 'mostik', (await mostik('plan', dir, ...target)).seconds);
  note('apply, 1 % changed', 'mostik', (await mostik('apply', dir, '--yes', ...target)).seconds);

  const file = join(folder, 'kubectl.yaml');
  for (const [job, differing] of jobs) {
    writeFileSync(file, manifest(mixedObjects(size, space('kubectl'), differing)));
    if (differing > 0) note('plan, 1 % changed', 'kubectl', (await kubectl(['diff', '--server-side', '-f', file], { ok: [0, 1] })).seconds);
    const run = await kubectl(['apply', '--server-side', '-f', file]);
    note(job, 'kubectl', run.seconds);
    if (job === 'first apply') note('peak memory, first apply (MiB)', 'kubectl', run.peakMiB);
    if (job === 'apply, nothing changed') note('plan, nothing changed', 'kubectl', (await kubectl(['diff', '--server-side', '-f', file], { ok: [0, 1] })).seconds);
  }

  const chart = join(folder, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 0.1.0\n');
  for (const [job, differing] of jobs) {
    writeFileSync(join(chart, 'templates', 'all.yaml'), manifest(mixedObjects(size, space('helm'), differing)));
    const verb = job === 'first apply' ? 'install' : 'upgrade';
    const run = await measure(render, ['helm', verb, 'bench', chart, '--namespace', space('helm'), '--kubeconfig', kubeconfig]);
    note(job, 'helm', run.seconds);
    if (job === 'first apply') note('peak memory, first apply (MiB)', 'helm', run.peakMiB);
  }
  (applyStage[`${size} floor`] ??= []).push(rows.get('first apply')!['floor']!.at(-1)!);
}

function manifest(objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

async function startUp(): Promise<Row> {
  const row: Row = { 'mostik --version': [], 'mostik --help': [], 'node -e 0': [] };
  for (let i = 0; i < 10; i++) {
    row['mostik --version']!.push((await mostik('--version')).seconds);
    row['mostik --help']!.push((await mostik('--help')).seconds);
    row['node -e 0']!.push((await measure(process.execPath, ['-e', '0'])).seconds);
  }
  return row;
}

interface Report { rows: Map<string, Rows>; apply: Row; start: Row; create: number; idle: { name: string; mib: number }[]; rounds: number; out: string }

function report({ rows, apply, start, create, idle, rounds, out }: Report): void {
  const lines: string[] = [machine(rounds), ''];
  for (const [size, sized] of rows) {
    const tools = ['floor', 'mostik', 'kubectl', 'helm'];
    const body = [...sized].map(([job, row]) => [job, ...tools.map((tool) => cell(row[tool])), ratio(row['mostik'], row['floor']), ratio(row['kubectl'], row['mostik']), ratio(row['helm'], row['mostik'])]);
    lines.push(`${size} objects (seconds of the whole process; floor: bare server-side apply over HTTP/2, 16 in flight)`, table(['', ...tools, 'mostik/floor', 'kubectl/mostik', 'helm/mostik'], body), '');
    const stage = median(apply[`${size} mostik`] ?? []);
    const bare = median(apply[`${size} floor`] ?? []);
    lines.push(`apply stage with the plan in hand: ${stage.toFixed(2)} s, floor ${bare.toFixed(2)} s, ratio ${(stage / bare).toFixed(2)}`, '');
  }
  lines.push('start-up (seconds)', table(['', 'median'], Object.entries(start).map(([name, seconds]) => [name, median(seconds).toFixed(3)])), '');
  lines.push(`cluster create to ready (API server, ServiceAccount, nodes), engines in the cache: ${create.toFixed(1)} s`);
  lines.push(`resident memory of the fresh cluster: ${Math.round(idle.reduce((sum, { mib }) => sum + mib, 0))} MiB (${idle.map(({ name, mib }) => `${name} ${Math.round(mib)}`).join(', ')})`);
  const text = lines.join('\n');
  const sizes = Object.fromEntries([...rows].map(([size, sized]) => [size, Object.fromEntries(sized)]));
  save(out, 'latest', { text, data: { rounds, sizes, applyStage: apply, start, createSeconds: create, idleMiB: Object.fromEntries(idle.map(({ name, mib }) => [name, Math.round(mib)])) } });
}
