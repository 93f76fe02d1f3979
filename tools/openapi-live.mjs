// Asks a real API server for its OpenAPI v3 documents.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts the engine's control plane for as long as it takes to ask; undefined where no engine is there. */
export async function liveDocuments() {
  // Below the root, where the code finds its package.
  mkdirSync(join(root, '.mostik'), { recursive: true });
  const dir = mkdtempSync(join(root, '.mostik', 'openapi-'));
  try {
    const { createCluster, deleteCluster, findEngine } = await sources(dir);
    const [cluster, render] = [findEngine('cluster'), findEngine('render')];
    if (!cluster || !render) return undefined;
    process.env.XDG_STATE_HOME = join(dir, 'state');
    const options = { name: 'openapi', binaries: { cluster: cluster.path, render: render.path }, supervisor: join(dir, 'supervisor.mjs'), throwAway: true };
    const record = await createCluster(options);
    try {
      return documents(cluster.path, record.kubeconfig);
    } finally {
      await deleteCluster('openapi');
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The cluster's code from its source: never that of an older build. */
async function sources(dir) {
  const options = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error', packages: 'external' };
  const contents = `export { createCluster, deleteCluster } from './src/cluster/index.ts'; export { findEngine } from './src/engine/index.ts';`;
  await build({ ...options, stdin: { contents, resolveDir: root }, outfile: join(dir, 'cluster.mjs') });
  await build({ ...options, entryPoints: [join(root, 'src/cluster/supervisor-main.ts')], outfile: join(dir, 'supervisor.mjs') });
  return import(pathToFileURL(join(dir, 'cluster.mjs')).href);
}

function documents(program, kubeconfig) {
  const get = (path) => JSON.parse(execFileSync(program, ['kubectl', '--kubeconfig', kubeconfig, 'get', '--raw', path], { encoding: 'utf8', maxBuffer: 64 << 20 }));
  const { paths } = get('/openapi/v3');
  return Object.entries(paths).filter(([path]) => /^(api|apis\/[^/]+)\/v\d\w*$/.test(path)).map(([, { serverRelativeURL }]) => get(serverRelativeURL));
}
