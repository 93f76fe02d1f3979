import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openRegistry } from './registry-client.js';

const program = join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-node');
const noRegistry = process.env['MOSTIK_ENGINE_DIR'] && existsSync(program) ? '' : ' (skipped: MOSTIK_ENGINE_DIR has no mostik-node)';
const signal = new AbortController().signal;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a registry that does not answer is said by its name, with the reason', async () => {
  const client = openRegistry(`127.0.0.1:${await freePort()}`, { name: 'k3d-ml-registry:5050', signal });
  await expect(client.list()).rejects.toMatchObject({ diagnostics: [{ code: 'registry-answer', message: expect.stringMatching(/^Registry k3d-ml-registry:5050: GET .*ECONNREFUSED/) as string }] });
});

describe.skipIf(noRegistry !== '')(`the registry of the node's engine${noRegistry}`, () => {
  let folder: string;
  let child: ChildProcess;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mostik-registry-'));
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ version: '0.1', log: { level: 'warn' }, storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } }, http: { secret: 'of this test' } }));
    address = `127.0.0.1:${await freePort()}`;
    child = spawn(program, ['registry', config, address], { stdio: 'ignore' });
    await vi.waitFor(async () => expect((await fetch(`http://${address}/v2/`)).ok).toBe(true), { timeout: 50_000, interval: 100 });
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => { child.once('exit', resolve); });
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const sha = (data: Buffer): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;
  const client = () => openRegistry(address, { name: 'here', signal });

  async function upload(repository: string, data: Buffer): Promise<void> {
    const begun = await fetch(`http://${address}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    const url = new URL(begun.headers.get('location') ?? '', `http://${address}`);
    url.searchParams.set('digest', sha(data));
    expect((await fetch(url, { method: 'PUT', body: new Uint8Array(data), headers: { 'content-type': 'application/octet-stream' } })).status).toBe(201);
  }

  async function push(repository: string, tag: string, layer: Buffer): Promise<string> {
    const config = Buffer.from('{}');
    await upload(repository, config);
    await upload(repository, layer);
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha(config), size: config.length }, layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: sha(layer), size: layer.length }] }));
    expect((await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, { method: 'PUT', body: new Uint8Array(manifest), headers: { 'content-type': type } })).status).toBe(201);
    return sha(manifest);
  }

  test('an empty one holds nothing', async () => {
    expect(await client().list()).toEqual([]);
    expect(await client().digest('team/page', '1')).toBeUndefined();
  });

  test('lists every tag of every repository with digest and size', async () => {
    const first = await push('team/page', '1', Buffer.alloc(1000, 'a'));
    const second = await push('shop', '2', Buffer.alloc(500, 'b'));
    expect(await client().list()).toEqual([{ repository: 'shop', tag: '2', digest: second, size: 500 }, { repository: 'team/page', tag: '1', digest: first, size: 1000 }]);
    expect(await client().digest('team/page', '1')).toBe(first);
  });

  test('another tag names the same image, byte for byte', async () => {
    await client().retag('team/page', '1', 'latest');
    expect(await client().digest('team/page', 'latest')).toBe(await client().digest('team/page', '1'));
    await expect(client().retag('team/page', 'none', 'x')).rejects.toMatchObject({ diagnostics: [{ message: expect.stringContaining('404') as string }] });
  });

  test('a repository whose images were all deleted is left out', async () => {
    const digest = await client().digest('shop', '2');
    expect((await fetch(`http://${address}/v2/shop/manifests/${digest}`, { method: 'DELETE' })).status).toBe(202);
    expect((await client().list()).map(({ repository, tag }) => `${repository}:${tag}`)).toEqual(['team/page:1', 'team/page:latest']);
  });
});
