import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './postgres.js';

/** A real kube-apiserver with its etcd and nothing else: what is written stays as it is, since no controller runs. */
export interface TestApiServer {
  port: number;
  /** As cluster administrator. Throws where the server refuses. */
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** A folder as the kubelet mounts it into pods of this ServiceAccount: token and ca.crt. */
  serviceAccountFolder(namespace: string, name: string): Promise<string>;
  /** A kubeconfig of the cluster administrator. */
  kubeconfig: string;
  remove(): Promise<void>;
}

const ADMIN_TOKEN = 'admin-of-this-test';
const binary = process.env.MOSTIK_ENGINE_DIR ? join(process.env.MOSTIK_ENGINE_DIR, 'mostik-cluster') : undefined;

/** Why tests with a real API server cannot run here; undefined where they can. */
export const apiServerMissing =
  binary && existsSync(binary) ? undefined : 'no kube-apiserver: MOSTIK_ENGINE_DIR names no folder with mostik-cluster';

export async function createApiServer(): Promise<TestApiServer> {
  if (binary === undefined) throw new Error(apiServerMissing);
  const folder = mkdtempSync(join(tmpdir(), 'microservices-api-server-'));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  writeFileSync(join(folder, 'tokens.csv'), `${ADMIN_TOKEN},admin,admin,system:masters\n`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  writeFileSync(join(folder, 'service-account.key'), privateKey);
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const etcd = start(binary, 'etcd', [
    `--data-dir=${join(folder, 'etcd')}`, `--listen-client-urls=${etcdUrl}`, `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`, '--unsafe-no-fsync',
  ]);
  const server = start(binary, 'kube-apiserver', [
    `--etcd-servers=${etcdUrl}`, `--secure-port=${port}`, '--bind-address=127.0.0.1', `--cert-dir=${join(folder, 'certificates')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`, '--authorization-mode=RBAC', '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-signing-key-file=${join(folder, 'service-account.key')}`, `--service-account-key-file=${join(folder, 'service-account.key')}`,
    // A controller that is not here makes default ServiceAccounts; without this, pods would be refused.
    '--disable-admission-plugins=ServiceAccount',
  ]);
  const send = (method: string, path: string, body?: object): Promise<unknown> => ask(port, { method, path, body });
  await ready(send);
  const ca = readFileSync(join(folder, 'certificates', 'apiserver.crt'), 'utf8');
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(port)));
  return {
    port, send, kubeconfig,
    async serviceAccountFolder(namespace, name) {
      const made = await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
      const mounted = mkdtempSync(join(folder, 'service-account-'));
      writeFileSync(join(mounted, 'token'), tokenOf(made));
      writeFileSync(join(mounted, 'ca.crt'), ca);
      return mounted;
    },
    async remove() {
      // The API server first: without its etcd it would hang.
      for (const child of [server, etcd]) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        const kill = setTimeout(() => child.kill('SIGKILL'), 5000);
        await ended;
        clearTimeout(kill);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function start(file: string, program: string, flags: string[]): ChildProcess {
  const child = spawn(file, [program, ...flags], { stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function ready(send: (method: string, path: string) => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await send('GET', '/api/v1/namespaces/default');
      await send('GET', '/readyz?verbose=false');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function ask(port: number, { method, path, body }: { method: string; path: string; body?: object | undefined }): Promise<unknown> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', accept: 'application/json' };
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 300) reject(new Error(`${method} ${path}: ${statusCode} ${text}`));
        else resolve(text.startsWith('{') ? JSON.parse(text) : text);
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function tokenOf(made: unknown): string {
  if (typeof made === 'object' && made !== null && 'status' in made && typeof made.status === 'object' && made.status !== null && 'token' in made.status) return String(made.status.token);
  throw new Error(`no token in ${JSON.stringify(made)}`);
}

function kubeconfigFor(port: number): object {
  return {
    apiVersion: 'v1', kind: 'Config', 'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    users: [{ name: 'admin', user: { token: ADMIN_TOKEN } }],
  };
}
