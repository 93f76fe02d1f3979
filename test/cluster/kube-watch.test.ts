import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Kube, type WatchEvent, type WatchedChange } from '../../src/kube/index.js';
import { discover, type FetchJson } from '../../src/kube/discovery.js';
import type { KubeObject } from '../../src/model/index.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

onApiServer('watches and discovery on a real API server', () => {
  let server: ApiServer;
  let proxy: TcpProxy;
  let kube: Kube;

  beforeAll(async () => {
    server = await startApiServer();
    proxy = await startTcpProxy(server.kubeconfig);
    kube = await connect({ kubeconfig: server.kubeconfig });
  });

  afterAll(async () => {
    kube?.close();
    await proxy?.stop();
    await server?.stop();
  });

  const configMap = (name: string, set: string, data: Record<string, string> = {}): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels: { set } }, data });
  const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name });
  const patience = { timeout: 20_000 };

  it('tells the list and then each change, until it is stopped', async () => {
    await kube.apply(configMap('first', 'told'));
    const events: string[] = [];
    const stop = new AbortController();
    const watching = kube.watch('v1', 'ConfigMap', { namespace: 'default', labelSelector: 'set=told', signal: stop.signal }, (event) => events.push(show(event)));
    await expect.poll(() => events.length).toBe(1);
    await kube.apply(configMap('second', 'told'));
    await kube.apply(configMap('second', 'told', { a: '1' }));
    await kube.delete(ref('first'));
    await kube.apply(configMap('other', 'not-told'));
    await expect.poll(() => events).toEqual(['listed first', 'added second', 'modified second', 'deleted first']);
    stop.abort();
    await watching;
  });

  it('goes on from a list that was made before', async () => {
    const { resourceVersion } = await kube.list('v1', 'ConfigMap', { namespace: 'default' });
    await kube.apply(configMap('later', 'from'));
    const events: string[] = [];
    const stop = new AbortController();
    const watching = kube.watch('v1', 'ConfigMap', { labelSelector: 'set=from', resourceVersion, signal: stop.signal }, (event) => events.push(show(event)));
    await expect.poll(() => events).toEqual(['added later']);
    stop.abort();
    await watching;
  });

  it('misses nothing while its connection is cut and the server cannot be reached', async () => {
    const distant = await connect({ kubeconfig: proxy.kubeconfig, patienceMs: 200 });
    await kube.apply(configMap('gone', 'cut'));
    await kube.apply(configMap('changed', 'cut'));
    const stop = new AbortController();
    const watched = distant.watchList('v1', 'ConfigMap', { namespace: 'default', labelSelector: 'set=cut', signal: stop.signal });
    const changes: string[] = [];
    watched.onChange((change) => changes.push(showChange(change)));
    await watched.listed;
    expect([...watched.objects.keys()].sort()).toEqual(['/ConfigMap/default/changed', '/ConfigMap/default/gone']);
    await proxy.refuse();
    await kube.delete(ref('gone'));
    await kube.apply(configMap('changed', 'cut', { a: '1' }));
    await kube.apply(configMap('came', 'cut'));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await proxy.accept();
    await expect.poll(() => [...changes].sort(), patience).toEqual(['added came', 'added changed', 'added gone', 'deleted gone', 'modified changed']);
    expect(watched.objects.get('/ConfigMap/default/changed')?.['data']).toEqual({ a: '1' });
    stop.abort();
    await watched.done;
    distant.close();
  });

  it('refuses to watch what the user may not see', async () => {
    const nobody = await connect({ kubeconfig: server.kubeconfig, context: 'nobody' });
    const watched = nobody.watchList('v1', 'Secret', { signal: new AbortController().signal });
    await expect(watched.listed).rejects.toMatchObject({ exitCode: 4 });
    await expect(watched.done).rejects.toMatchObject({ exitCode: 4 });
    nobody.close();
  });

  it('holds more watches than one connection takes', async () => {
    const stop = new AbortController();
    const many = Array.from({ length: 120 }, () => kube.watchList('v1', 'ConfigMap', { namespace: 'default', labelSelector: 'set=many', signal: stop.signal }));
    await Promise.all(many.map((watched) => watched.listed));
    await kube.apply(configMap('seen', 'many'));
    await expect.poll(() => many.every((watched) => watched.objects.size === 1), patience).toBe(true);
    stop.abort();
    await Promise.all(many.map((watched) => watched.done));
  });

  it('knows a kind as soon as its CustomResourceDefinition is served', async () => {
    const kind = { apiVersion: 'shop.example.org/v1', kind: 'Ship' };
    expect(await kube.get({ ...kind, namespace: 'default', name: 'a' })).toBeUndefined();
    expect(await kube.waitForKind(kind.apiVersion, kind.kind, { timeoutMs: 200 })).toBeUndefined();
    await kube.apply(shipDefinition);
    expect(await kube.waitForKind(kind.apiVersion, kind.kind, { timeoutMs: 30_000 })).toMatchObject({ resource: 'ships', namespaced: true });
    const ship = { ...kind, metadata: { name: 'a', namespace: 'default' }, spec: { masts: 3 } };
    await expect.poll(() => kube.apply(ship).then(() => 'applied', () => 'refused'), patience).toBe('applied');
    expect((await kube.list(kind.apiVersion, kind.kind)).items).toMatchObject([{ ...kind, spec: { masts: 3 } }]);
    await kube.refreshDiscovery();
    expect(await kube.resourceFor(kind.apiVersion, kind.kind)).toMatchObject({ resource: 'ships' });
  });

  it('finds the same kinds without aggregated discovery', async () => {
    const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as { clusters: { cluster: Record<string, string> }[] };
    const ca = Buffer.from(config.clusters[0]!.cluster['certificate-authority-data'] ?? '', 'base64');
    const plain: FetchJson = (path) =>
      new Promise((resolve, reject) => {
        get(new URL(path, config.clusters[0]!.cluster['server']), { ca, headers: { authorization: 'Bearer token-of-test', accept: 'application/json' } }, (response) => {
          let text = '';
          response.on('data', (part: Buffer) => (text += part.toString()));
          response.on('end', () => resolve(response.statusCode === 200 ? (JSON.parse(text) as Record<string, unknown>) : undefined));
        }).on('error', reject);
      });
    const legacy = await discover(plain);
    const names = (resources: readonly { apiVersion: string; resource: string; namespaced: boolean; subresources: string[] }[]): string[] =>
      resources.map((found) => `${found.apiVersion} ${found.resource} ${found.namespaced} ${[...found.subresources].sort().join()}`).sort();
    expect(names(legacy.resources)).toEqual(names(await kube.resources()));
    expect(legacy.preferred('autoscaling', 'HorizontalPodAutoscaler')?.apiVersion).toBe('autoscaling/v2');
  });
});

onApiServer('a server that keeps no history', () => {
  it('is listed again when the place that a watch or a page goes on from is forgotten', async () => {
    const server = await startApiServer({ audit: true, flags: ['--watch-cache=false', '--etcd-compaction-interval', '1s'] });
    const kube = await connect({ kubeconfig: server.kubeconfig });
    try {
      const kept: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default', labels: { set: 'kept' } } };
      const { resourceVersion } = await kube.list('v1', 'ConfigMap', { labelSelector: 'set=kept' });
      await kube.apply(kept);
      // Until the first compaction the server still knows the place, and tells the change since.
      const firstWord = async (): Promise<string> => {
        const stop = new AbortController();
        let first = '';
        const watching = kube.watch('v1', 'ConfigMap', { labelSelector: 'set=kept', resourceVersion, signal: stop.signal }, (event) => (first ||= show(event)));
        await expect.poll(() => first, { timeout: 30_000 }).not.toBe('');
        stop.abort();
        await watching;
        return first;
      };
      await expect.poll(firstWord, { timeout: 60_000, interval: 500 }).toBe('listed kept');

      // Pages of one object each over a long way: the list takes longer than the history is kept.
      const slow = await startTcpProxy(server.kubeconfig, { delayMs: 20 });
      const distant = await connect({ kubeconfig: slow.kubeconfig });
      const names = Array.from({ length: 300 }, (_, i) => `page-${i}`);
      await Promise.all(names.map((name) => kube.apply({ ...kept, metadata: { ...kept.metadata, name, labels: { set: 'pages' } } })));
      const { items } = await distant.list('v1', 'ConfigMap', { labelSelector: 'set=pages', pageSize: 1 });
      distant.close();
      await slow.stop();
      expect(items.map((item) => item.metadata.name).sort()).toEqual([...names].sort());
      const audit = (await readFile(server.auditLog ?? '', 'utf8')).split('\n');
      expect(audit.filter((line) => line.includes('"verb":"list"') && line.includes('"code":410'))).toHaveLength(1);
    } finally {
      kube.close();
      await server.stop();
    }
  });
});

const shipDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ships.shop.example.org' },
  spec: {
    group: 'shop.example.org',
    names: { kind: 'Ship', listKind: 'ShipList', plural: 'ships', singular: 'ship' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { masts: { type: 'integer' } } } } } } }],
  },
};

function show(event: WatchEvent): string {
  return event.type === 'listed' ? `listed ${event.items.map((item) => item.metadata.name).join()}` : `${event.type} ${event.object.metadata.name}`;
}

function showChange({ type, object }: WatchedChange): string {
  return `${type} ${object.metadata.name}`;
}
