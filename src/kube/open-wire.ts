import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, asList, asString } from '../lib/read-unknown.js';
import { http1Wire } from './http1-wire.js';
import { http2Wire } from './http2-wire.js';
import type { ClusterTarget } from './kubeconfig.js';
import type { Proof } from './proof.js';
import { openTunnel } from './proxy-tunnel.js';
import type { Wire } from './wire.js';

/** An API server that does not answer is given up after this long. */
const connectPatienceMs = 5_000;

/** Opens a connection: HTTP/2 where the server agrees on it, HTTP/1.1 otherwise. Problems are told as a MostikError. */
export async function openWire(target: ClusterTarget, proof: Proof, { pingMs }: { pingMs: number }): Promise<Wire> {
  const stop = AbortSignal.timeout(connectPatienceMs);
  try {
    const tls = tlsOptions(target, proof, ['h2', 'http/1.1']);
    if (target.server.protocol === 'http:') {
      (await dial(target.server, stop)).destroy();
      return http1Wire(target.server, tls);
    }
    const tunnel = target.proxyUrl !== undefined ? await openTunnel(target, stop) : undefined;
    const socket = await handshake(target, { ...tls, ...(tunnel ? { socket: tunnel } : {}) }, stop);
    if (socket.alpnProtocol === 'h2') return http2Wire(target.server, socket, pingMs);
    socket.destroy();
    if (tunnel) throw new MostikError([diagnose('proxy-unsupported', { context: target.context, proxy: target.proxyUrl ?? '', problem: 'the server behind it does not speak HTTP/2' })]);
    return http1Wire(target.server, tls);
  } catch (error) {
    throw error instanceof MostikError ? error : unreachable(target, error);
  }
}

/** Opens a connection that speaks HTTP/1.1, which alone can be turned into a WebSocket. Problems are told as a MostikError. */
export async function openSocket(target: ClusterTarget, proof: Proof): Promise<Socket> {
  const stop = AbortSignal.timeout(connectPatienceMs);
  try {
    if (target.server.protocol === 'http:') return await dial(target.server, stop);
    const tunnel = target.proxyUrl !== undefined ? await openTunnel(target, stop) : undefined;
    return await handshake(target, { ...tlsOptions(target, proof, ['http/1.1']), ...(tunnel ? { socket: tunnel } : {}) }, stop);
  } catch (error) {
    throw error instanceof MostikError ? error : unreachable(target, error);
  }
}

function tlsOptions(target: ClusterTarget, proof: Proof, protocols: string[]): ConnectionOptions {
  const host = target.server.hostname.replace(/^\[|\]$/g, '');
  const name = target.serverName ?? host;
  return {
    rejectUnauthorized: !target.insecure,
    ALPNProtocols: protocols,
    // TLS knows no server name for an address.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(target.ca !== undefined ? { ca: target.ca } : {}),
    ...(proof.cert !== undefined ? { cert: proof.cert } : {}),
    ...(proof.key !== undefined ? { key: proof.key } : {}),
  };
}

function addressOf(server: URL): { host: string; port: number } {
  const port = server.port !== '' ? Number(server.port) : server.protocol === 'https:' ? 443 : 80;
  return { host: server.hostname.replace(/^\[|\]$/g, ''), port };
}

function dial(server: URL, stop: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ ...addressOf(server), noDelay: true });
  return ready(socket, 'connect', stop);
}

function handshake(target: ClusterTarget, options: ConnectionOptions, stop: AbortSignal): Promise<TLSSocket> {
  const socket = connectTls({ ...addressOf(target.server), ...options });
  socket.setNoDelay(true);
  return ready(socket, 'secureConnect', stop);
}

function ready<S extends Socket>(socket: S, event: 'connect' | 'secureConnect', stop: AbortSignal): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      stop.removeEventListener('abort', abort);
      // Only ours: the socket's own listeners must still hear of its end.
      socket.removeListener(event, done).removeListener('error', fail).removeListener('close', closed);
    };
    const done = (): void => {
      settle();
      resolve(socket);
    };
    const fail = (error: Error): void => {
      settle();
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const closed = (): void => fail(new Error('the connection was closed before it stood'));
    const abort = (): void => fail(stop.reason as Error);
    if (stop.aborted) return abort();
    stop.addEventListener('abort', abort);
    socket.once(event, done).once('error', fail).once('close', closed);
  });
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no network',
  ETIMEDOUT: 'no answer',
};

/** Says in words why the API server cannot be reached. */
export function unreachable(target: ClusterTarget, error: unknown): MostikError {
  const first = asDict(asList(asDict(error)['errors'])[0] ?? error);
  const code = asString(first['code']) ?? '';
  const message = asString(first['message']) ?? String(error);
  const named = { context: target.context, server: target.server.href.replace(/\/$/, '') };
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) return new MostikError([diagnose('certificate-refused', { ...named, problem: message })], { cause: error });
  const slow = error instanceof Error && error.name === 'TimeoutError';
  const problem = slow ? `no answer within ${connectPatienceMs / 1000} s` : (words[code] ?? message);
  const hint = 'is the cluster running, and is the address in the kubeconfig right?';
  return new MostikError([diagnose('cluster-unreachable', { ...named, problem, hint })], { cause: error });
}
