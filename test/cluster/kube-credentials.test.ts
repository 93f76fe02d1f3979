import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connect, isForbidden } from '../../src/kube/index.js';
import { onApiServer, startApiServer, type ApiServer } from './api-server.js';
import { makeCertificates, type Certificates } from './certificates.js';

interface Config {
  clusters: { cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
}

onApiServer('credentials that a real API server checks', () => {
  let server: ApiServer;
  let issuer: Issuer;
  let dir: string;

  beforeAll(async () => {
    issuer = await startIssuer();
    server = await startApiServer({ flags: ['--oidc-issuer-url', issuer.url, '--oidc-client-id', 'mostik-test', '--oidc-ca-file', issuer.caFile, '--oidc-username-claim', 'sub', '--oidc-groups-claim', 'groups'] });
    dir = dirname(server.kubeconfig);
    // The server asks the issuer for its keys in its own time, and every 10 s until it has them.
    const known = await withUser('oidc-known', { token: issuer.token('eve', 600) });
    await vi.waitFor(async () => expect((await whoAmI(known)).username).toBe(`${issuer.url}#eve`), { timeout: 60_000, interval: 500 });
  });

  afterAll(async () => {
    await server?.stop();
    await issuer?.stop();
  });

  /** A kubeconfig with another user, or another cluster entry. */
  async function withUser(name: string, user: Record<string, unknown>, cluster: Record<string, unknown> = {}): Promise<string> {
    const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as Config;
    config.users[0]!.user = user;
    Object.assign(config.clusters[0]!.cluster, cluster);
    const path = join(dir, name);
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  /** Who the server says that we are. */
  async function whoAmI(kubeconfig: string): Promise<{ username?: string; groups?: string[]; extra?: Record<string, string[]> }> {
    const kube = await connect({ kubeconfig });
    try {
      const review = await kube.create({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: { name: '' } });
      return (review['status'] as { userInfo: { username: string } }).userInfo;
    } finally {
      kube.close();
    }
  }

  async function script(name: string, body: string): Promise<string> {
    const path = join(dir, name);
    await writeFile(path, `#!${process.execPath}\n${body}`);
    await chmod(path, 0o700);
    return path;
  }

  const credential = (status: object): string => JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });

  it('takes tokens, token files and client certificates', async () => {
    expect((await whoAmI(await withUser('token', { token: 'token-of-nobody' }))).username).toBe('nobody');
    await writeFile(join(dir, 'token.txt'), 'token-of-test\n');
    expect((await whoAmI(await withUser('token-file', { tokenFile: 'token.txt' }))).username).toBe('test');
    const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as Config;
    expect((await whoAmI(await withUser('certificate', config.users[1]!.user))).username).toBe('certificate');
  });

  it('runs an exec plugin with what it needs to know, and keeps its token', async () => {
    await script('plugin', `
      const fs = require('fs'), info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      fs.appendFileSync(${JSON.stringify(join(dir, 'runs'))}, 'x');
      const known = info.kind === 'ExecCredential' && info.apiVersion === 'client.authentication.k8s.io/v1' && info.spec.cluster.server.startsWith('https://127.0.0.1') && process.argv[2] === 'get' && process.env.REALM === 'a';
      console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: 'ExecCredential', status: { token: known ? 'token-of-test' : 'token-of-nobody' } }));`);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', args: ['get'], env: [{ name: 'REALM', value: 'a' }], provideClusterInfo: true, interactiveMode: 'Never' };
    const kube = await connect({ kubeconfig: await withUser('exec', { exec }) });
    await Promise.all([kube.list('v1', 'Secret'), kube.list('v1', 'ConfigMap'), kube.version()]);
    expect(await readFile(join(dir, 'runs'), 'utf8')).toBe('x');
    kube.close();
  });

  it('runs the plugin again when the server refuses its token, once', async () => {
    await script('rotating', `
      const fs = require('fs'), file = ${JSON.stringify(join(dir, 'rotated'))};
      const again = fs.existsSync(file); fs.appendFileSync(file, 'x');
      console.log(${JSON.stringify(credential({ token: 'TOKEN' }))}.replace('TOKEN', again ? 'token-of-test' : 'expired'));`);
    const kubeconfig = await withUser('exec-rotating', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './rotating' } });
    expect((await whoAmI(kubeconfig)).username).toBe('test');
    await script('stubborn', `console.log(${JSON.stringify(credential({ token: 'expired' }))})`);
    const kube = await connect({ kubeconfig: await withUser('exec-stubborn', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './stubborn' } }) });
    await expect(kube.list('v1', 'Secret')).rejects.toMatchObject({ exitCode: 4, diagnostics: [{ code: 'credentials-refused' }] });
    kube.close();
  });

  it('takes a client certificate from a plugin', async () => {
    const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as Config;
    const pem = (key: string): string => Buffer.from(config.users[1]!.user[key] as string, 'base64').toString();
    await script('certified', `console.log(${JSON.stringify(credential({ clientCertificateData: pem('client-certificate-data'), clientKeyData: pem('client-key-data') }))})`);
    expect((await whoAmI(await withUser('exec-certified', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './certified' } }))).username).toBe('certificate');
  });

  it('says what a plugin said when it failed, and how to install one that is missing', async () => {
    await script('failing', `console.error('session expired, run login'); process.exit(7)`);
    await script('mute', `console.log('hello')`);
    const plugin = (command: string): Record<string, unknown> => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command, installHint: 'get it from your administrator' } });
    await expect(connect({ kubeconfig: await withUser('exec-failing', plugin('./failing')) })).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining('failing ended with 7: session expired, run login') });
    await expect(connect({ kubeconfig: await withUser('exec-mute', plugin('./mute')) })).rejects.toMatchObject({ message: expect.stringContaining('did not print an ExecCredential') });
    await expect(connect({ kubeconfig: await withUser('exec-absent', plugin('mostik-absent-plugin')) })).rejects.toMatchObject({
      diagnostics: [{ code: 'credentials-failed', message: expect.stringContaining('mostik-absent-plugin is not installed'), hint: 'get it from your administrator' }],
    });
    await expect(connect({ kubeconfig: await withUser('gcp', { 'auth-provider': { name: 'gcp' } }) })).rejects.toMatchObject({ diagnostics: [{ message: expect.stringContaining('auth-provider gcp was removed') }] });
  });

  it('acts as another user, with groups and extras', async () => {
    const user = { token: 'token-of-test', as: 'ann', 'as-groups': ['crew', 'bridge'], 'as-uid': '7', 'as-user-extra': { reason: ['drill'] } };
    expect(await whoAmI(await withUser('impersonating', user))).toMatchObject({ username: 'ann', uid: '7', groups: ['crew', 'bridge', 'system:authenticated'], extra: { reason: ['drill'] } });
    const kube = await connect({ kubeconfig: join(dir, 'impersonating') });
    expect(isForbidden(await kube.list('v1', 'Secret').catch((error: unknown) => error))).toBe(true);
    kube.close();
  });

  it('refreshes an OIDC token that has expired', async () => {
    const config = {
      'idp-issuer-url': issuer.url,
      'client-id': 'mostik-test',
      'idp-certificate-authority': issuer.caFile,
      'id-token': issuer.token('ann', -60),
      'refresh-token': 'refresh-ann',
    };
    const refreshed = await whoAmI(await withUser('oidc', { 'auth-provider': { name: 'oidc', config } }));
    expect(refreshed).toMatchObject({ username: `${issuer.url}#ann`, groups: ['crew', 'system:authenticated'] });
    const valid = { ...config, 'id-token': issuer.token('bob', 600), 'refresh-token': 'unused' };
    expect((await whoAmI(await withUser('oidc-valid', { 'auth-provider': { name: 'oidc', config: valid } }))).username).toBe(`${issuer.url}#bob`);
    const over = { ...config, 'refresh-token': 'revoked' };
    await expect(connect({ kubeconfig: await withUser('oidc-over', { 'auth-provider': { name: 'oidc', config: over } }) })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('did not refresh the token: HTTP 400 invalid_grant'),
    });
  });

  it('goes through an HTTP proxy, and refuses one that it cannot speak to', async () => {
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, client) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const [host, port] = (request.url ?? '').split(':');
      const upstream = connectTcp(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on('error', () => client.destroy());
      client.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const user = { token: 'token-of-test' };
    expect((await whoAmI(await withUser('proxied', user, { 'proxy-url': `http://ann:secret@127.0.0.1:${port}` }))).username).toBe('test');
    expect(asked).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ Basic YW5uOnNlY3JldA==$/)]);
    const socks = connect({ kubeconfig: await withUser('socks', user, { 'proxy-url': 'socks5://ann:secret@127.0.0.1:1' }) });
    await expect(socks).rejects.toMatchObject({ exitCode: 4, message: 'cluster test: its proxy-url socks5://127.0.0.1:1 cannot be used: socks5 proxies are not spoken' });
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
});

interface Issuer {
  url: string;
  caFile: string;
  token(subject: string, seconds: number): string;
  stop(): Promise<void>;
}

/** An OpenID provider small enough to read: the API server itself checks the tokens it signs. */
async function startIssuer(): Promise<Issuer> {
  const dir = await mkdtemp(join(tmpdir(), 'mostik-issuer-'));
  const certificates: Certificates = await makeCertificates();
  const caFile = join(dir, 'ca.crt');
  await writeFile(caFile, certificates.ca);
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let url = '';
  const token = (subject: string, seconds: number): string => sign(keys.privateKey, { iss: url, aud: 'mostik-test', sub: subject, groups: ['crew'], exp: Math.floor(Date.now() / 1000) + seconds });
  const server: Server = createServer({ cert: certificates.server.certificate, key: certificates.server.key }, (request, response) => {
    const answer = (status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    let form = '';
    request.on('data', (part: Buffer) => (form += part.toString()));
    request.on('end', () => {
      if (request.url === '/.well-known/openid-configuration') {
        return answer(200, { issuer: url, jwks_uri: `${url}/keys`, token_endpoint: `${url}/token`, authorization_endpoint: `${url}/auth`, id_token_signing_alg_values_supported: ['RS256'], subject_types_supported: ['public'], response_types_supported: ['code'] });
      }
      if (request.url === '/keys') return answer(200, { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
      const asked = new URLSearchParams(form);
      const known = asked.get('grant_type') === 'refresh_token' && asked.get('client_id') === 'mostik-test' && asked.get('refresh_token') === 'refresh-ann';
      return known ? answer(200, { id_token: token('ann', 600), token_type: 'Bearer' }) : answer(400, { error: 'invalid_grant' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    url,
    caFile,
    token,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function sign(key: KeyObject, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}
