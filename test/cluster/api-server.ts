import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { makeCertificates, type Certificates } from './certificates.js';

/** Why tests against a real API server cannot run here; undefined when they can. */
export const noApiServer: string | undefined = findProblem();

/** A `describe` that is skipped, with the reason in its title, where there is no API server to be had. */
export function onApiServer(title: string, body: () => void): void {
  describe.skipIf(noApiServer)(noApiServer === undefined ? title : `${title} (${noApiServer})`, body);
}

/** A throw-away Kubernetes: the official etcd and kube-apiserver with their data in a temporary folder. */
export interface ApiServer {
  /** Contexts: `test` (all rights, token), `certificate` (all rights, client certificate), `nobody` (known, without rights). */
  kubeconfig: string;
  /** Every request at level Metadata, one JSON document a line. */
  auditLog?: string;
  /** Ends its processes, the API server before etcd, and removes its folder. */
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  audit?: boolean;
  /** The controller-manager and the scheduler too: ServiceAccounts, ReplicaSets, garbage collection, namespaces that end. */
  controllers?: boolean;
  /** More flags of kube-apiserver, for tests of what a differently set up server does. */
  flags?: string[];
}

/** Starts one and waits until /readyz says ok (with controllers: until the default ServiceAccount is there). */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // A port that was free a moment ago may be taken by a test beside us.
      if (attempt === 3 || !(error instanceof EndedEarly)) throw error;
    }
  }
}

class EndedEarly extends Error {}

function findProblem(): string | undefined {
  const folder = process.env['MOSTIK_ENGINE_DIR'];
  if (!folder) return 'MOSTIK_ENGINE_DIR is not set: no API server to test against';
  return existsSync(join(folder, 'mostik-cluster')) ? undefined : `MOSTIK_ENGINE_DIR has no mostik-cluster: ${folder}`;
}

async function startOnce({ audit = false, controllers = false, flags = [] }: ApiServerOptions): Promise<ApiServer> {
  if (noApiServer !== undefined) throw new Error(noApiServer);
  const dir = await mkdtemp(join(tmpdir(), 'mostik-test-'));
  const running: Program[] = [];
  const stop = async (): Promise<void> => {
    for (const program of running.reverse()) await program.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const [api, etcd, peer, manager, scheduler] = await freePorts(5);
    const ports = { api: api!, etcd: etcd!, peer: peer!, manager: manager!, scheduler: scheduler! };
    running.push(run(dir, 'etcd', etcdFlags(dir, ports)));
    const certificates = await makeCertificates();
    await writeFiles(dir, certificates, ports.api);
    running.push(run(dir, 'kube-apiserver', [...apiServerFlags(dir, ports, { audit, controllers }), ...flags]));
    await until(running, () => answers(ports.api, '/readyz', certificates.ca));
    if (controllers) {
      running.push(run(dir, 'kube-controller-manager', managerFlags(dir, ports)), run(dir, 'kube-scheduler', schedulerFlags(dir, ports)));
      await until(running, () => answers(ports.api, '/api/v1/namespaces/default/serviceaccounts/default', certificates.ca));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig: join(dir, 'kubeconfig'), ...(audit ? { auditLog: join(dir, 'audit.log') } : {}), stop };
}

interface Ports {
  api: number;
  etcd: number;
  peer: number;
  manager: number;
  scheduler: number;
}

function etcdFlags(dir: string, { etcd, peer }: Ports): string[] {
  const client = `http://127.0.0.1:${etcd}`;
  const peers = `http://127.0.0.1:${peer}`;
  return [
    ...['--data-dir', join(dir, 'etcd'), '--unsafe-no-fsync', '--log-level', 'warn'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`],
  ];
}

function apiServerFlags(dir: string, { api, etcd }: Ports, { audit, controllers }: { audit: boolean; controllers: boolean }): string[] {
  return [
    ...['--etcd-servers', `http://127.0.0.1:${etcd}`, '--bind-address', '127.0.0.1', '--secure-port', String(api)],
    ...['--client-ca-file', join(dir, 'ca.crt'), '--tls-cert-file', join(dir, 'server.crt'), '--tls-private-key-file', join(dir, 'server.key')],
    ...['--token-auth-file', join(dir, 'tokens.csv'), '--authorization-mode', 'RBAC', '--endpoint-reconciler-type', 'none'],
    ...['--service-account-issuer', 'https://kubernetes.default.svc.cluster.local', '--service-cluster-ip-range', '10.96.0.0/16'],
    ...['--service-account-key-file', join(dir, 'accounts.key'), '--service-account-signing-key-file', join(dir, 'accounts.key')],
    // Without controllers nobody makes the default ServiceAccount that this check wants on each pod.
    ...(controllers ? [] : ['--disable-admission-plugins', 'ServiceAccount']),
    ...(audit ? ['--audit-policy-file', join(dir, 'audit.yaml'), '--audit-log-path', join(dir, 'audit.log')] : []),
  ];
}

function managerFlags(dir: string, { manager }: Ports): string[] {
  return [
    ...['--kubeconfig', join(dir, 'kubeconfig'), '--leader-elect=false', '--bind-address', '127.0.0.1', '--secure-port', String(manager)],
    ...['--authentication-kubeconfig', join(dir, 'kubeconfig'), '--authorization-kubeconfig', join(dir, 'kubeconfig')],
    ...['--service-account-private-key-file', join(dir, 'accounts.key'), '--root-ca-file', join(dir, 'ca.crt')],
    ...['--enable-hostpath-provisioner', '--kube-api-qps', '500', '--kube-api-burst', '1000'],
  ];
}

function schedulerFlags(dir: string, { scheduler }: Ports): string[] {
  const kubeconfig = join(dir, 'kubeconfig');
  return [
    ...['--kubeconfig', kubeconfig, '--authentication-kubeconfig', kubeconfig, '--authorization-kubeconfig', kubeconfig],
    ...['--leader-elect=false', '--bind-address', '127.0.0.1', '--secure-port', String(scheduler)],
  ];
}

/** Tokens of users that exist only in a temporary folder and only while a test runs. */
const tokens = { test: 'token-of-test', nobody: 'token-of-nobody' };

async function writeFiles(dir: string, certificates: Certificates, port: number): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(certificates.ca) };
  const users = {
    test: { token: tokens.test },
    certificate: { 'client-certificate-data': base64(certificates.admin.certificate), 'client-key-data': base64(certificates.admin.key) },
    nobody: { token: tokens.nobody },
  };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster }],
    users: Object.entries(users).map(([name, user]) => ({ name, user })),
    contexts: Object.keys(users).map((name) => ({ name, context: { cluster: 'test', user: name } })),
  };
  const audit = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] };
  const files: Record<string, string> = {
    kubeconfig: JSON.stringify(kubeconfig, null, 2),
    'audit.yaml': JSON.stringify(audit),
    'tokens.csv': `${tokens.test},test,1,"system:masters"\n${tokens.nobody},nobody,2\n`,
    'ca.crt': certificates.ca,
    'server.crt': certificates.server.certificate,
    'server.key': certificates.server.key,
    'accounts.key': certificates.accountsKey,
  };
  await mkdir(dir, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text, { mode: 0o600 })));
}

interface Program {
  name: string;
  process: ChildProcess;
  log: string;
  stop(): Promise<void>;
}

function run(dir: string, name: string, flags: string[]): Program {
  const log = join(dir, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(join(process.env['MOSTIK_ENGINE_DIR'] ?? '', 'mostik-cluster'), [name, ...flags], { cwd: dir, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // A test run that is cut short takes its processes with it.
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', atExit);
    // Throw-away data: nothing is lost by not waiting for a clean shutdown.
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  };
  return { name, process: child, log, stop };
}

const patienceMs = 90_000;

async function until(running: Program[], ready: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await ready())) {
    const ended = running.find(({ process: { exitCode, signalCode } }) => exitCode !== null || signalCode !== null);
    if (ended) throw new EndedEarly(`${ended.name} ended early:\n${tail(ended.log)}`);
    if (Date.now() > end) throw new Error(`not ready after ${patienceMs / 1000} s:\n${running.map(({ name, log }) => `${name}: ${tail(log)}`).join('\n')}`);
    await sleep(50);
  }
}

function tail(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}

function answers(port: number, path: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, ca, headers: { authorization: `Bearer ${tokens.test}` }, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('error', () => resolve(false));
    call.on('timeout', () => call.destroy());
    call.end();
  });
}

/** Ports that were free a moment ago, all different: they are held open together. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
