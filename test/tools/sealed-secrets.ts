import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const module = join(dirname(fileURLToPath(import.meta.url)), 'sealed-secrets');
const name = 'github.com/bitnami-labs/sealed-secrets';

/** Why the real Sealed Secrets cannot be had here; undefined when they can. */
export const noSealedSecrets: string | undefined = findProblem();

/** The real programs, built from their Go module. */
export interface SealedSecretsTools {
  controller: string;
  kubeseal: string;
  /** The CustomResourceDefinition that the module brings, YAML. */
  crd: string;
}

/** Builds the controller and kubeseal once; the folder's name comes from the module's own files, so that a change builds anew. */
export async function sealedSecretsTools(): Promise<SealedSecretsTools> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mostik', 'test-tools');
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`);
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(module, file)));
  const folder = join(cache, `sealed-secrets-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) await build(folder);
  return { controller: join(folder, 'controller'), kubeseal: join(folder, 'kubeseal'), crd: readFileSync(join(folder, 'crd.yaml'), 'utf8') };
}

async function build(folder: string): Promise<void> {
  const scratch = `${folder}.${randomBytes(4).toString('hex')}`;
  mkdirSync(scratch, { recursive: true });
  const env = { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' };
  const options = { cwd: module, env, maxBuffer: 64 << 20 };
  try {
    // Behind everything else on this machine: it takes all processors for a minute.
    await run('nice', ['-n', '5', 'go', 'build', '-trimpath', '-buildvcs=false', '-o', `${scratch}/`, `${name}/cmd/controller`, `${name}/cmd/kubeseal`], options);
    const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', name], options);
    writeFileSync(join(scratch, 'crd.yaml'), readFileSync(join(stdout.trim(), 'helm', 'sealed-secrets', 'crds', 'bitnami.com_sealedsecrets.yaml')));
    renameSync(scratch, folder);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    // Another test was first.
    if (!existsSync(folder)) throw error;
  }
}

/** A controller that runs. */
export interface RunningController {
  /** Where it answers HTTP. */
  port: number;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts the controller against an API server. It knows only the way into a cluster that a pod has, so it gets a mount
 * namespace of its own in which a token and the server's certificate lie where a pod would find them.
 */
export async function startController(tools: SealedSecretsTools, options: { kubeconfig: string; folder: string; port: number; metricsPort: number }): Promise<RunningController> {
  const { folder, port, metricsPort } = options;
  const { server, token, ca } = readKubeconfig(options.kubeconfig);
  const account = join(folder, 'account');
  mkdirSync(account, { recursive: true });
  writeFileSync(join(account, 'token'), token, { mode: 0o600 });
  writeFileSync(join(account, 'ca.crt'), ca);
  const log = join(folder, 'controller.log');
  const output = openSync(log, 'a');
  const script = 'mount -t tmpfs tmpfs /var/run && mkdir -p /var/run/secrets/kubernetes.io/serviceaccount && cp "$1"/* /var/run/secrets/kubernetes.io/serviceaccount/ && shift && exec "$@"';
  const flags = ['--listen-addr', `:${port}`, '--listen-metrics-addr', `127.0.0.1:${metricsPort}`, '--log-level', 'INFO'];
  const env = { PATH: process.env['PATH'], KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port, POD_NAMESPACE: 'kube-system' };
  const child = spawn('unshare', [...namespaceFlags(), 'sh', '-c', script, 'sh', account, tools.controller, ...flags], { cwd: folder, env, stdio: ['ignore', output, output] });
  closeSync(output);
  const running: RunningController = { port, log: () => readFileSync(log, 'utf8'), stop: () => end(child) };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the controller ended:\n${running.log()}`);
      return (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok === true;
    }, () => `the controller does not answer:\n${running.log()}`);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

/** Waits until something is true; fails with what it says after a minute. */
export async function until(condition: () => Promise<boolean>, why: () => string): Promise<void> {
  const start = Date.now();
  while (!(await condition())) {
    if (Date.now() - start > 60_000) throw new Error(why());
    await sleep(100);
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function readKubeconfig(file: string): { server: URL; token: string; ca: Buffer } {
  const config = JSON.parse(readFileSync(file, 'utf8')) as { clusters: { cluster: Record<string, string> }[]; users: { name: string; user: Record<string, string> }[] };
  const { server = '', 'certificate-authority-data': ca = '' } = config.clusters[0]?.cluster ?? {};
  return { server: new URL(server), token: config.users.find((user) => user.name === 'test')?.user['token'] ?? '', ca: Buffer.from(ca, 'base64') };
}

/** Root may make mount namespaces; others do within a user namespace. */
function namespaceFlags(): string[] {
  return process.getuid?.() === 0 ? ['-m'] : ['-U', '-r', '-m'];
}

function findProblem(): string | undefined {
  if (process.platform !== 'linux') return 'the controller needs a mount namespace, which only Linux has';
  if (spawnSync('go', ['version']).status !== 0) return 'there is no go in PATH to build the controller and kubeseal with';
  const tried = spawnSync('unshare', [...namespaceFlags(), 'sh', '-c', 'mount -t tmpfs tmpfs /var/run']);
  return tried.status === 0 ? undefined : 'this user may not make a mount namespace for the controller';
}
