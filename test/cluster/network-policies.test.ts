import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Kube } from '../../src/kube/index.js';
import { load } from '../../src/load/index.js';
import { keyOf, standIns, type Desired } from '../../src/model/index.js';
import { isDenial } from '../../src/network/index.js';
import { renderPlatform } from '../../src/render/index.js';
import { resolve } from '../../src/resolve/index.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';
import { applyDesired, planLines, planOf } from './world.js';

onApiServer('generated NetworkPolicies on a real API server', () => {
  let server: ApiServer;
  let kube: Kube;
  let cache: string;
  const cacheBefore = process.env['XDG_CACHE_HOME'];
  beforeAll(async () => {
    cache = mkdtempSync(join(tmpdir(), 'mostik-network-'));
    process.env['XDG_CACHE_HOME'] = cache;
    server = await startApiServer();
    kube = await connect({ kubeconfig: server.kubeconfig });
  });
  afterAll(async () => {
    kube.close();
    await server.stop();
    if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = cacheBefore;
    rmSync(cache, { recursive: true });
  });

  it('are accepted, denials after the others, and come back as they were sent', async () => {
    const desired = await policiesOf('network-generated');
    const { result, events } = await applyDesired(kube, desired);
    expect(result.outcome).toBe('succeeded');
    const denials = new Set(desired.objects.filter(({ object }) => isDenial(object)).map(({ ref }) => keyOf(ref)));
    const written = events.flatMap((event) => (event.type === 'object' && event.phase === 'written' && event.ref.kind === 'NetworkPolicy' ? [denials.has(keyOf(event.ref))] : []));
    expect(written.filter(Boolean)).toHaveLength(2);
    expect(written.indexOf(true)).toBe(written.length - 2);
    expect(planLines((await planOf(kube, desired)).plan)).toEqual([]);
  });
});

/** The namespaces and policies of a sample platform. */
async function policiesOf(sample: string): Promise<Desired> {
  const dir = fileURLToPath(new URL(`../samples/render/${sample}`, import.meta.url));
  const platform = resolve(await load({ dir, cwd: dir }), { source: { path: 'platform.yaml' } });
  const engine = { path: join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-render') };
  const desired = await renderPlatform(platform, { engine, secrets: standIns(platform), cwd: dir });
  return { ...desired, objects: desired.objects.filter(({ object }) => object.kind === 'Namespace' || object.kind === 'NetworkPolicy') };
}
