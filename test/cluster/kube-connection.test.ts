import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Kube } from '../../src/kube/index.js';
import type { KubeObject } from '../../src/model/index.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data });

onApiServer('a connection to a real API server', () => {
  let server: ApiServer;
  let proxy: TcpProxy;

  beforeAll(async () => {
    server = await startApiServer({ audit: true });
    proxy = await startTcpProxy(server.kubeconfig);
  });

  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  it('carries many requests over one connection', async () => {
    const kube = await connect({ kubeconfig: proxy.kubeconfig });
    const before = proxy.connections();
    await Promise.all(Array.from({ length: 200 }, (_, i) => kube.apply(configMap(`many-${i}`, { i: String(i) }))));
    expect(proxy.connections()).toBe(before);
    kube.close();
  });

  it('finishes reads and applies when the connection is cut again and again', async () => {
    const kube = await connect({ kubeconfig: proxy.kubeconfig });
    const before = proxy.connections();
    let cuts = 0;
    const cutting = setInterval(() => {
      if (cuts++ < 5) proxy.cut();
    }, 30);
    const done = await Promise.all(Array.from({ length: 300 }, (_, i) => kube.apply(configMap(`cut-${i}`, { i: String(i) })))).finally(() => clearInterval(cutting));
    expect(done.map((object) => object.metadata.name)).toEqual(Array.from({ length: 300 }, (_, i) => `cut-${i}`));
    expect(proxy.connections()).toBeGreaterThan(before);
    kube.close();
  });

  it('does not send a create again whose answer was lost, and says that it may have happened', async () => {
    const [kube, direct] = await Promise.all([connect({ kubeconfig: proxy.kubeconfig }), connect({ kubeconfig: server.kubeconfig })]);
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'once' };
    await kube.resourceFor('v1', 'ConfigMap');
    proxy.stall();
    const creating = kube.create(configMap('once')).catch((error: unknown) => error);
    await expect.poll(() => direct.get(ref), { timeout: 30_000 }).toBeDefined();
    proxy.cut();
    expect(await creating).toMatchObject({ exitCode: 4, diagnostics: [{ code: 'connection-lost', message: expect.stringContaining('ConfigMap/default/once: create: the connection to cluster test was cut') }] });
    // A request is written down after its object is there.
    const creates = async (): Promise<string[]> => (await readFile(server.auditLog ?? '', 'utf8')).split('\n').filter((line) => line.includes('"verb":"create"') && line.includes('fieldManager=mostik'));
    await expect.poll(creates).not.toEqual([]);
    expect(await creates()).toHaveLength(1);
    kube.close();
    direct.close();
  });

  it('waits for a server that comes back in time', async () => {
    const kube = await connect({ kubeconfig: proxy.kubeconfig });
    await proxy.refuse();
    const version = kube.version();
    expect(await kube.ready()).toBe(false);
    await sleep(700);
    await proxy.accept();
    expect((await version).gitVersion).toMatch(/^v1/);
    kube.close();
  });

  it('says that a server is gone when it does not come back', async () => {
    const kube = await connect({ kubeconfig: proxy.kubeconfig, patienceMs: 2_000 });
    await proxy.refuse();
    const error = await kube.version().catch((caught: unknown) => caught);
    await proxy.accept();
    expect(error).toMatchObject({ exitCode: 4, diagnostics: [{ code: 'cluster-unreachable', message: expect.stringMatching(/^cluster test \(https:\/\/127\.0\.0\.1:\d+\): cannot be reached: connection refused$/) }] });
    kube.close();
  });

  it('says at once that nothing listens, and within seconds that nobody answers', async () => {
    const { kubeconfig } = proxy;
    await proxy.refuse();
    const started = performance.now();
    await expect(connect({ kubeconfig })).rejects.toMatchObject({ diagnostics: [{ code: 'cluster-unreachable' }] });
    expect(performance.now() - started).toBeLessThan(5_000);
    await proxy.accept();
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const silent = await startTcpProxyTo(kubeconfig, (mute.address() as { port: number }).port);
    await expect(connect({ kubeconfig: silent })).rejects.toMatchObject({ diagnostics: [{ code: 'cluster-unreachable', message: expect.stringContaining('no answer within 5 s') }] });
    expect(performance.now() - started).toBeLessThan(30_000);
    mute.close();
  });

  it('gives up a request whose time is over, and one that its caller stops', async () => {
    const stalled = await startTcpProxy(server.kubeconfig);
    const kube = await connect({ kubeconfig: stalled.kubeconfig, timeoutMs: 4_000 });
    await kube.version();
    stalled.stall();
    await expect(kube.version()).rejects.toMatchObject({ exitCode: 5, diagnostics: [{ code: 'request-timeout' }] });
    const stop = new AbortController();
    const stopped = kube.version(stop.signal);
    stop.abort(new Error('stopped by the test'));
    await expect(stopped).rejects.toThrow('stopped by the test');
    await expect(kube.version(AbortSignal.abort(new Error('never began')))).rejects.toThrow('never began');
    kube.close();
    await stalled.stop();
  });

  it('notices by its pings that a connection is dead', async () => {
    const dead = await startTcpProxy(server.kubeconfig);
    const kube = await connect({ kubeconfig: dead.kubeconfig, patienceMs: 0, pingMs: 3_000 });
    await kube.version();
    dead.stall();
    await expect(kube.version()).rejects.toMatchObject({ diagnostics: [{ code: 'cluster-unreachable' }] });
    kube.close();
    await dead.stop();
  });

  it('refuses a certificate that the kubeconfig does not vouch for', async () => {
    const other = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as { clusters: { cluster: Record<string, unknown> }[] };
    delete other.clusters[0]!.cluster['certificate-authority-data'];
    const untrusted = await writeConfig(`${server.kubeconfig}.untrusted`, other);
    await expect(connect({ kubeconfig: untrusted })).rejects.toMatchObject({ exitCode: 4, diagnostics: [{ code: 'certificate-refused' }] });
    other.clusters[0]!.cluster['insecure-skip-tls-verify'] = true;
    const insecure = await connect({ kubeconfig: await writeConfig(`${server.kubeconfig}.insecure`, other) });
    expect(await insecure.ready()).toBe(true);
    insecure.close();
    const named = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as typeof other;
    named.clusters[0]!.cluster['tls-server-name'] = 'elsewhere.example.org';
    await expect(connect({ kubeconfig: await writeConfig(`${server.kubeconfig}.named`, named) })).rejects.toMatchObject({ diagnostics: [{ code: 'certificate-refused' }] });
    named.clusters[0]!.cluster['tls-server-name'] = 'localhost';
    (await connect({ kubeconfig: await writeConfig(`${server.kubeconfig}.local`, named) })).close();
  });

  it('says that a token was refused', async () => {
    const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as { users: { user: object }[] };
    config.users[0]!.user = { token: 'expired' };
    const kube = await connect({ kubeconfig: await writeConfig(`${server.kubeconfig}.expired`, config) });
    await expect(kube.list('v1', 'ConfigMap')).rejects.toMatchObject({ exitCode: 4, diagnostics: [{ code: 'credentials-refused' }] });
    kube.close();
  });

  async function startTcpProxyTo(kubeconfig: string, port: number): Promise<string> {
    const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as { clusters: { cluster: Record<string, unknown> }[] };
    config.clusters[0]!.cluster['server'] = `https://127.0.0.1:${port}`;
    return writeConfig(`${kubeconfig}.mute`, config);
  }
});

async function writeConfig(path: string, config: unknown): Promise<string> {
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

onApiServer('API servers that are set up differently', () => {
  const withServer = async (flags: string[], use: (kube: Kube, server: ApiServer) => Promise<void>): Promise<void> => {
    const server = await startApiServer({ audit: true, flags });
    try {
      const kube = await connect({ kubeconfig: server.kubeconfig });
      await use(kube, server);
      kube.close();
    } finally {
      await server.stop();
    }
  };
  const applyMany = (kube: Kube, count: number): Promise<KubeObject[]> => Promise.all(Array.from({ length: count }, (_, i) => kube.apply(configMap(`cm-${i}`))));

  it('follows a server that sends its clients elsewhere (GOAWAY)', { timeout: 300_000 }, () =>
    withServer(['--goaway-chance', '0.02'], async (kube) => {
      await applyMany(kube, 500);
      await Promise.all(Array.from({ length: 200 }, (_, i) => kube.create(configMap(`made-${i}`))));
      expect((await kube.list('v1', 'ConfigMap', { namespace: 'default', pageSize: 50 })).items.length).toBeGreaterThanOrEqual(700);
    }));

  it('speaks HTTP/1.1 to a server without HTTP/2', { timeout: 300_000 }, () =>
    withServer(['--disable-http2-serving'], async (kube) => {
      await applyMany(kube, 50);
      await kube.create(configMap('made'));
      expect((await kube.list('v1', 'ConfigMap', { namespace: 'default' })).items.length).toBeGreaterThanOrEqual(51);
      const stop = new AbortController();
      const watched = kube.watchList('v1', 'ConfigMap', { namespace: 'default', signal: stop.signal });
      await watched.listed;
      await kube.apply(configMap('seen'));
      await expect.poll(() => watched.objects.has('/ConfigMap/default/seen'), { timeout: 30_000 }).toBe(true);
      stop.abort();
      await watched.done;
    }));

  it('waits as long as an overloaded server asks', { timeout: 300_000 }, () =>
    withServer(['--enable-priority-and-fairness=false', '--max-mutating-requests-inflight', '1', '--max-requests-inflight', '1'], async (kube, server) => {
      await kube.apply({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'nobody-may-all' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'nobody' }],
      });
      const ordinary = await connect({ kubeconfig: server.kubeconfig, context: 'nobody' });
      await Promise.all(Array.from({ length: 20 }, (_, i) => ordinary.create(configMap(`slow-${i}`))));
      expect((await kube.list('v1', 'ConfigMap', { namespace: 'default' })).items.filter((item) => item.metadata.name.startsWith('slow-'))).toHaveLength(20);
      expect(await readFile(server.auditLog ?? '', 'utf8')).toContain('"code":429');
      ordinary.close();
    }));
});
