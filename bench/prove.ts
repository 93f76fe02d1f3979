import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureEngine } from '../src/engine/index.js';
import type { BenchOptions } from './apply.js';
import { buildKubeconform, writeSchemas } from './kubeconform.js';
import { measure, type Run } from './measure.js';
import { mixedObjects } from './objects.js';
import { reachability } from './reachability.js';
import { cell, machine, note, ratio, save, type Row, type Rows } from './report.js';
import { table } from './table.js';

const root = process.cwd();
const bin = join(root, 'bin', 'mostik');
const platforms = ['microservices', 'balance-plus'];

/** What is said before anything is applied, beside peers that say a part of it. */
export async function prove({ sizes, rounds, out }: BenchOptions): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'mostik-bench-'));
  const engines = { cluster: (await ensureEngine('cluster')).path, render: (await ensureEngine('render')).path };
  const folder = join(work, 'engines');
  mkdirSync(folder);
  for (const [name, path] of Object.entries(engines)) symlinkSync(path, join(folder, `mostik-${name}`));
  const env = { XDG_STATE_HOME: join(work, 'state'), MOSTIK_ENGINE_DIR: folder, NO_COLOR: '1' };
  const mostik = (args: string[], cache = join(work, 'cache')): Promise<Run> => measure(process.execPath, [bin, ...args], { env: { ...env, XDG_CACHE_HOME: cache } });
  try {
    await mostik(['cluster', 'create', 'bench']);
    const kubeconfig = (await mostik(['cluster', 'kubeconfig', 'bench'])).stdout.trim();
    const kubectl = (args: string[]): Promise<Run> => measure(engines.cluster, ['kubectl', '--kubeconfig', kubeconfig, ...args]);
    const peer = { path: buildKubeconform(join(root, 'bench', 'kubeconform'), work), schemas: join(work, 'schemas') };
    writeSchemas(peer.schemas, (await kubectl(['get', '--raw', '/openapi/v2'])).stdout);
    const checks: Rows = new Map();
    for (const size of sizes) {
      for (let round = 0; round < rounds; round++) {
        const dir = writePlatform(join(work, `${size}-${round}`), size);
        const file = join(dir, 'objects.yaml');
        const cache = join(work, `cache-${size}-${round}`);
        note(checks, String(size), 'mostik', (await mostik(['check', dir], cache)).seconds);
        note(checks, String(size), 'mostik again', (await mostik(['check', dir], cache)).seconds);
        note(checks, String(size), 'kubeconform', (await measure(peer.path, ['-strict', '-schema-location', `${peer.schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`, file])).seconds);
        note(checks, String(size), 'dry run', (await kubectl(['apply', '--server-side', '--dry-run=server', '-f', file])).seconds);
      }
    }
    const rehearsals: Rows = new Map();
    for (const name of platforms) for (let round = 0; round < rounds; round++) note(rehearsals, name, 'mostik', (await mostik(['rehearse', join(root, 'platforms', name)])).seconds);
    const network: Row = { seconds: Array.from({ length: rounds }, () => reachability({ policies: 200, pods: 500 })) };
    report({ checks, rehearsals, network, rounds, out });
  } finally {
    await mostik(['cluster', 'delete', 'bench', '--yes']).catch((error: unknown) => { console.error(String(error)); });
    rmSync(work, { recursive: true, force: true });
  }
}

/** A platform of that many objects in the default namespace, which is there. */
function writePlatform(dir: string, size: number): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'platform.yaml'), 'apiVersion: mostik.dev/v1\nkind: Platform\nmetadata: { name: bench }\nspec:\n  components:\n    all: { manifests: [objects.yaml] }\n');
  writeFileSync(join(dir, 'objects.yaml'), mixedObjects(size, 'default').map((object) => JSON.stringify(object)).join('\n---\n'));
  return dir;
}

interface Report { checks: Rows; rehearsals: Rows; network: Row; rounds: number; out: string }

function report({ checks, rehearsals, network, rounds, out }: Report): void {
  const tools = ['mostik', 'mostik again', 'kubeconform', 'dry run'];
  const rows = [...checks].map(([size, row]) => [`${size} objects`, ...tools.map((tool) => cell(row[tool])), ratio(row['kubeconform'], row['mostik']), ratio(row['dry run'], row['mostik'])]);
  const text = [
    machine(rounds), '',
    'check (seconds of the whole process; kubeconform: schemas alone; dry run: kubectl apply --server-side --dry-run=server)',
    table(['', ...tools, 'kubeconform/mostik', 'dry run/mostik'], rows), '',
    'rehearsal end to end, engines in the cache (seconds)',
    table(['', 'mostik'], [...rehearsals].map(([name, row]) => [name, cell(row['mostik'])])), '',
    `who reaches whom, 200 policies, 500 pods, every pair on one port: ${cell(network['seconds'])} s`,
  ].join('\n');
  save(out, 'prove', { text, data: { checks: Object.fromEntries(checks), rehearsals: Object.fromEntries(rehearsals), network, rounds } });
}
