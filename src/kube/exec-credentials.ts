import { spawn } from 'node:child_process';
import { asDict, asList, asString, type Dict } from '../lib/read-unknown.js';
import type { ClusterTarget } from './kubeconfig.js';
import { credentialsFailed, type Credentials, type Proof } from './proof.js';

export interface ExecOptions {
  target: ClusterTarget;
  /** What is sent whatever the plugin says: impersonation. */
  common: Proof;
  signal?: AbortSignal | undefined;
}

/** Credentials from a plugin (client.authentication.k8s.io/v1 and v1beta1), kept until they expire. */
export function execCredentials({ target, common, signal }: ExecOptions): Credentials {
  let kept: { proof: Proof; expires: number } | undefined;
  let running: Promise<{ proof: Proof; expires: number }> | undefined;
  return {
    async current() {
      if (kept && kept.expires > Date.now()) return kept.proof;
      running ??= runPlugin(target, signal).then(
        (status) => ({ proof: proofOf(target, common, status), expires: Date.parse(asString(status['expirationTimestamp']) ?? '') || Infinity }),
      );
      try {
        kept = await running;
      } finally {
        running = undefined;
      }
      return kept.proof;
    },
    renew() {
      kept = undefined;
      return true;
    },
  };
}

function proofOf(target: ClusterTarget, common: Proof, status: Dict): Proof {
  const token = asString(status['token']);
  const cert = asString(status['clientCertificateData']);
  const key = asString(status['clientKeyData']);
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw credentialsFailed(target, `${commandOf(target)} gave neither a token nor a client certificate`, 'run it by hand and see what it prints');
  }
  const proof: Proof = { headers: { ...common.headers } };
  if (token !== undefined) proof.headers['authorization'] = `Bearer ${token}`;
  if (cert !== undefined && key !== undefined) Object.assign(proof, { cert, key });
  return proof;
}

async function runPlugin(target: ClusterTarget, signal: AbortSignal | undefined): Promise<Dict> {
  const exec = asDict(target.user['exec']);
  const args = asList(exec['args']).map(asString).filter((arg) => arg !== undefined);
  const apiVersion = asString(exec['apiVersion']) ?? 'client.authentication.k8s.io/v1';
  const { code, stdout, stderr } = await run(target, args, { env: pluginEnv(target, exec, apiVersion), signal });
  const said = stderr.trim().split('\n').slice(-3).join(' ').slice(0, 400);
  if (code !== 0) throw credentialsFailed(target, `${commandOf(target)} ended with ${code}${said ? `: ${said}` : ''}`, asString(exec['installHint'])?.trim() ?? 'run it by hand; you may have to sign in again');
  try {
    return asDict(asDict(JSON.parse(stdout))['status']);
  } catch {
    throw credentialsFailed(target, `${commandOf(target)} did not print an ExecCredential`, 'run it by hand and see what it prints');
  }
}

/** Plugins read the version they must answer in, and on request the cluster, from KUBERNETES_EXEC_INFO. */
function pluginEnv(target: ClusterTarget, exec: Dict, apiVersion: string): NodeJS.ProcessEnv {
  const interactive = process.stdin.isTTY && exec['interactiveMode'] !== 'Never';
  const spec: Dict = { interactive };
  if (exec['provideClusterInfo'] === true) {
    spec['cluster'] = {
      server: target.server.href.replace(/\/$/, ''),
      ...(target.serverName !== undefined ? { 'tls-server-name': target.serverName } : {}),
      ...(target.insecure ? { 'insecure-skip-tls-verify': true } : {}),
      ...(target.ca !== undefined ? { 'certificate-authority-data': Buffer.from(target.ca).toString('base64') } : {}),
    };
  }
  const env: NodeJS.ProcessEnv = { ...process.env, KUBERNETES_EXEC_INFO: JSON.stringify({ kind: 'ExecCredential', apiVersion, spec }) };
  for (const entry of asList(exec['env']).map(asDict)) env[asString(entry['name']) ?? ''] = asString(entry['value']) ?? '';
  delete env[''];
  return env;
}

function commandOf(target: ClusterTarget): string {
  return asString(asDict(target.user['exec'])['command']) ?? '(no command)';
}

function run(target: ClusterTarget, args: string[], options: { env: NodeJS.ProcessEnv; signal: AbortSignal | undefined }): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const exec = asDict(target.user['exec']);
  const command = commandOf(target);
  return new Promise((resolve, reject) => {
    // A plugin may ask for a password on the terminal, so stdin and stderr are its own unless that is forbidden.
    const stdin = exec['interactiveMode'] !== 'Never' && process.stdin.isTTY ? 'inherit' : 'ignore';
    const child = spawn(command, args, { env: options.env, stdio: [stdin, 'pipe', 'pipe'], ...(options.signal ? { signal: options.signal } : {}) });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (stdin === 'inherit') process.stderr.write(text);
    });
    child.on('error', (error) => {
      if (options.signal?.aborted) return reject(options.signal.reason as Error);
      const missing = asString(asDict(error)['code']) === 'ENOENT';
      const hint = asString(exec['installHint'])?.trim() ?? `install ${command}, or choose another context with --context`;
      reject(credentialsFailed(target, missing ? `${command} is not installed` : `${command} cannot be started: ${error.message}`, hint));
    });
    child.on('close', (code, killedBy) => resolve({ code: code ?? killedBy ?? 'no code', stdout, stderr }));
  });
}
