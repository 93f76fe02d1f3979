import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli, type Ended } from '../../src/cli/test-cli.js';
import { connect, sealingKeyLabel, type Kube } from '../../src/kube/index.js';
import { valueAt } from '../../src/lib/read-unknown.js';
import { yamlText } from '../../src/lib/write-yaml.js';
import { healthOf } from '../../src/apply/index.js';
import type { Health, KubeObject } from '../../src/model/index.js';
import { freePorts, noApiServer, startApiServer, type ApiServer } from './api-server.js';
import { noSealedSecrets, sealedSecretsTools, startController, until, type RunningController, type SealedSecretsTools } from '../tools/sealed-secrets.js';

const run = promisify(execFile);
const why = noApiServer ?? noSealedSecrets;
const scopes = ['strict', 'namespace-wide', 'cluster-wide'] as const;

describe.skipIf(why)(`Sealed Secrets 0.27.1${why === undefined ? '' : ` (${why})`}`, () => {
  let tools: SealedSecretsTools;
  let server: ApiServer;
  let controller: RunningController;
  let kube: Kube;
  let folder: string;
  const path = (name: string): string => join(folder, name);

  beforeAll(async () => {
    tools = await sealedSecretsTools();
    server = await startApiServer();
    kube = await connect({ kubeconfig: server.kubeconfig });
    folder = mkdtempSync(join(tmpdir(), 'mostik-sealed-'));
    await kube.apply(parse(tools.crd) as KubeObject);
    await kube.waitForKind('bitnami.com/v1alpha1', 'SealedSecret');
    for (const name of ['shop', 'other']) await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const [port, metricsPort] = await freePorts(2);
    controller = await startController(tools, { kubeconfig: server.kubeconfig, folder, port: port!, metricsPort: metricsPort! });
    await mostik('new-key', folder, '--out', path('own.key'));
  }, 600_000);
  afterAll(async () => {
    kube?.close();
    await controller?.stop();
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const mostik = (...args: string[]): Promise<Ended> => runCli(['secrets', ...args]);
  const done = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await mostik(...args);
    expect(code, err).toBe(0);
    return out;
  };
  const here = (): string[] => ['--kubeconfig', server.kubeconfig];
  const fromCluster = (): string[] => ['--from-cluster', ...here()];
  const write = (name: string, object: object): string => {
    writeFileSync(path(name), yamlText(object));
    return path(name);
  };
  const plain = (name: string, more: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'shop', labels: { app: 'db' }, annotations: { note: '0755' } },
    type: 'kubernetes.io/basic-auth',
    data: { username: Buffer.from('admin').toString('base64') },
    stringData: { password: 'p&ss "w0rd"\nsecond line ö' },
    ...more,
  });
  const opened = { username: 'admin', password: 'p&ss "w0rd"\nsecond line ö' };
  const dataOf = (secret: unknown): Record<string, string> => Object.fromEntries(Object.entries((valueAt(secret, 'data') ?? {}) as Record<string, string>).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  const secretOf = (name: string, namespace = 'shop'): Promise<KubeObject | undefined> => kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  /** Gives a SealedSecret to the cluster and waits for the controller's word on it. */
  const give = async (object: KubeObject): Promise<{ synced: string; secret: KubeObject | undefined; health: Health }> => {
    const { name, namespace = '' } = object.metadata;
    await kube.apply(object);
    let synced: unknown;
    let live: KubeObject | undefined;
    await until(async () => {
      live = await kube.get({ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', namespace, name });
      synced = valueAt(live, 'status', 'conditions', 0, 'status');
      return synced !== undefined && healthOf(live!).status !== 'progressing';
    }, () => `the controller says nothing of ${name}:\n${controller.log()}`);
    return { synced: String(synced), secret: await secretOf(name, namespace), health: healthOf(live!) };
  };
  const copy = (object: KubeObject, metadata: Partial<KubeObject['metadata']>): KubeObject => ({ ...object, metadata: { ...object.metadata, ...metadata } });

  describe.each(scopes)('%s', (scope) => {
    const name = `mostik-${scope}`;
    let sealed: KubeObject;
    let file: string;
    beforeAll(async () => {
      file = path(`${name}.sealed.yaml`);
      const input = write(`${name}.yaml`, plain(name, scope === 'strict' ? { immutable: true } : {}));
      await done('seal', folder, '--in', input, '--out', file, '--scope', scope, ...fromCluster());
      sealed = parse(readFileSync(file, 'utf8')) as KubeObject;
    });

    test('sealed by Mostik, the controller makes the Secret of it', async () => {
      const { synced, secret, health } = await give(sealed);
      expect(synced, controller.log()).toBe('True');
      expect(health.status).toBe('healthy');
      expect(dataOf(secret)).toEqual(opened);
      expect(secret).toMatchObject({ type: 'kubernetes.io/basic-auth', metadata: { labels: { app: 'db' }, annotations: { note: '0755' } }, ...(scope === 'strict' ? { immutable: true } : {}) });
    });

    test('moved to another name or namespace, it opens as far as its scope reaches, in both tools', async () => {
      for (const [place, reaches] of [[{ name: `${name}-2` }, scope !== 'strict'], [{ namespace: 'other' }, scope === 'cluster-wide']] as const) {
        const moved = copy(sealed, place);
        const { synced, secret, health } = await give(moved);
        expect(synced).toBe(reaches ? 'True' : 'False');
        expect(health).toMatchObject(reaches ? { status: 'healthy' } : { status: 'failed', reason: expect.stringContaining('no key could decrypt secret') as string });
        expect(dataOf(secret)).toEqual(reaches ? opened : {});
        const ended = await mostik('unseal', write('moved.yaml', moved), ...fromCluster());
        expect(ended.code, ended.err).toBe(reaches ? 0 : 3);
        if (!reaches) expect(ended.err).toContain('sealed-not-opened-item');
      }
    });

    test('sealed by kubeseal, Mostik opens it with the keys of the cluster and with a copy of them', async () => {
      const input = write('in.yaml', plain(`kubeseal-${scope}`));
      const certificate = path('cluster.crt');
      const [key] = (await kube.list('v1', 'Secret', { labelSelector: sealingKeyLabel })).items;
      writeFileSync(certificate, Buffer.from(String(valueAt(key, 'data', 'tls.crt')), 'base64'));
      const { stdout } = await run(tools.kubeseal, ['--cert', certificate, '--scope', scope, '-o', 'yaml', '-f', input]);
      writeFileSync(path('theirs.yaml'), stdout);
      const secret = parse(await done('unseal', path('theirs.yaml'), ...fromCluster(), '--out', '-')) as KubeObject;
      expect(dataOf(secret)).toEqual(opened);
      expect(secret).toMatchObject({ kind: 'Secret', type: 'kubernetes.io/basic-auth', metadata: { name: `kubeseal-${scope}`, namespace: 'shop', labels: { app: 'db' } } });
      const backup = write('backup.yaml', { apiVersion: 'v1', kind: 'List', items: [key] });
      expect(await done('unseal', path('theirs.yaml'), '--sealing-key', backup, '--reveal', 'password')).toBe(`${opened.password}\n`);
      // What it says of the scope is what the controller understands.
      expect(JSON.parse(await done('unseal', path('theirs.yaml'), ...fromCluster(), '-o', 'json'))).toMatchObject({ target: { scope, namespace: 'shop' } });
    });

    test('a key pair of Mostik serves kubeseal in both directions', async () => {
      const input = write('in.yaml', plain('own'));
      await done('seal', folder, '--in', input, '--out', path('own.json'), '--scope', scope);
      const theirs = run(tools.kubeseal, ['--recovery-unseal', '--recovery-private-key', path('own.key'), '-o', 'json']);
      theirs.child.stdin?.end(readFileSync(path('own.json')));
      expect(dataOf(JSON.parse((await theirs).stdout))).toEqual(opened);
      const { stdout } = await run(tools.kubeseal, ['--cert', path('secrets.crt'), '--scope', scope, '-f', input]);
      writeFileSync(path('own-kubeseal.json'), stdout);
      expect(dataOf(parse(await done('unseal', path('own-kubeseal.json'), '--sealing-key', path('own.key'), '--out', '-')))).toEqual(opened);
      rmSync(path('own.json'));
    });
  });

  test('a value sealed with another certificate does not open, in both tools', async () => {
    await done('seal', folder, '--in', write('in.yaml', plain('foreign')), '--out', path('foreign.yaml'));
    expect((await give(parse(readFileSync(path('foreign.yaml'), 'utf8')) as KubeObject)).synced).toBe('False');
    expect((await mostik('unseal', path('foreign.yaml'), ...fromCluster())).code).toBe(3);
  });

  test('a value that is still the same keeps its bytes; without its key that cannot be told', async () => {
    const input = write('in.yaml', plain('same'));
    const seal = (...more: string[]): Promise<Ended> => mostik('seal', folder, '--in', input, '--out', path('same.yaml'), ...more);
    expect((await seal(...fromCluster())).code).toBe(0);
    const before = readFileSync(path('same.yaml'), 'utf8');
    expect((await seal(...fromCluster())).code).toBe(0);
    expect(readFileSync(path('same.yaml'), 'utf8')).toBe(before);
    const blind = await seal();
    expect([blind.code, readFileSync(path('same.yaml'), 'utf8')]).toEqual([6, before]);
    expect(blind.err).toContain('sealed-already');
    write('in.yaml', plain('same', { stringData: { password: 'changed' } }));
    expect((await seal(...fromCluster())).code).toBe(0);
    const after = parse(readFileSync(path('same.yaml'), 'utf8')) as KubeObject;
    expect(valueAt(after, 'spec', 'encryptedData', 'username')).toBe(valueAt(parse(before), 'spec', 'encryptedData', 'username'));
    expect(dataOf((await give(after)).secret)).toEqual({ username: 'admin', password: 'changed' });
  });

  // The API server stands in for a Service only before an address that is not loopback.
  const address = Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  test.skipIf(address === undefined)(`the certificate comes through the Service of the controller, for whoever may not read its keys${address === undefined ? ' (this machine has no address but loopback)' : ''}`, async () => {
    const input = write('in.yaml', plain('by-service'));
    const asNobody = ['--from-cluster', ...here(), '--context', 'nobody'];
    const refused = await mostik('seal', folder, '--in', input, ...asNobody);
    expect(refused).toMatchObject({ code: 3, err: expect.stringContaining('sealing-controller-missing') as string });
    const place = { name: 'sealed-secrets-controller', namespace: 'kube-system' };
    await kube.apply({ apiVersion: 'v1', kind: 'Service', metadata: place, spec: { ports: [{ name: 'http', port: 8080, targetPort: controller.port }] } });
    // The API server stands in for a Service only before a pod that has the address.
    const pod = { apiVersion: 'v1', kind: 'Pod', ...place };
    await kube.apply({ apiVersion: 'v1', kind: 'Pod', metadata: place, spec: { containers: [{ name: 'controller', image: 'sealed-secrets:0.27.1' }] } });
    await kube.patch(pod, { type: 'merge', body: { status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] } } }, { subresource: 'status' });
    await kube.apply({ apiVersion: 'v1', kind: 'Endpoints', metadata: place, subsets: [{ addresses: [{ ip: address, targetRef: { kind: 'Pod', ...place } }], ports: [{ name: 'http', port: controller.port }] }] });
    await kube.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader', namespace: 'kube-system' }, rules: [{ apiGroups: [''], resources: ['services', 'services/proxy'], verbs: ['get'] }] });
    await kube.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'reader', namespace: 'kube-system' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'User', name: 'nobody', apiGroup: 'rbac.authorization.k8s.io' }] });
    // The API server learns of endpoints and rights a moment later.
    let last: Ended | undefined;
    await until(async () => (last = await mostik('seal', folder, '--in', input, '--out', path('by-service.yaml'), ...asNobody)).code === 0, () => last?.err ?? '');
    expect((await give(parse(readFileSync(path('by-service.yaml'), 'utf8')) as KubeObject)).synced).toBe('True');
  });
});
