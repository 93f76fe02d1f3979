import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ObjectRef } from '../model/index.js';
import { apiErrorOf, type Asked } from './api-error.js';
import { locate, serverOf, type Client } from './client.js';
import { openSocket, unreachable } from './open-wire.js';
import type { Credentials, Proof } from './proof.js';
import { ConnectionLost } from './wire.js';

/** What opens WebSockets to one API server as one user. */
export interface SocketParts {
  client: Client;
  credentials: Credentials;
  /** How often an open socket is asked whether it still stands, and how long it may take to answer. */
  pingMs: number;
}

/** What a WebSocket is opened for. */
export interface Upgrade {
  pod: ObjectRef;
  subresource: 'exec' | 'portforward';
  /** Names the request in messages. */
  verb: string;
  query: URLSearchParams;
  protocol: string;
  signal?: AbortSignal | undefined;
}

/** Opens a WebSocket to a pod. A refusal is an ApiError; credentials that the server calls stale are renewed once. */
export async function openWebSocket({ client, credentials, pingMs }: SocketParts, upgrade: Upgrade): Promise<WebSocket> {
  const resource = await client.needKind('v1', 'Pod', 'Pod');
  const { path, subject, resource: role } = locate(resource, upgrade.pod, upgrade.subresource);
  const { target } = client;
  const asked: Asked = { verb: upgrade.verb, subject, resource: `${role}/${upgrade.subresource}`, context: target.context, server: serverOf(target), user: target.userName };
  const opened = async (): Promise<WebSocket | { status: number; body: Buffer }> => {
    upgrade.signal?.throwIfAborted();
    const proof = await credentials.current();
    const socket = await openSocket(target, proof);
    const url = new URL(`${path}?${upgrade.query.toString()}`, target.server.origin);
    url.protocol = target.server.protocol === 'https:' ? 'wss:' : 'ws:';
    const web = new WebSocket(url, upgrade.protocol, { createConnection: () => socket, headers: headersOf(proof), perMessageDeflate: false, handshakeTimeout: handshakeMs });
    try {
      return await established(web, upgrade.signal);
    } catch (error) {
      socket.destroy();
      throw upgrade.signal?.aborted ? upgrade.signal.reason : unreachable(target, error);
    }
  };
  let answer = await opened();
  if (!(answer instanceof WebSocket) && answer.status === 401 && credentials.renew()) answer = await opened();
  if (!(answer instanceof WebSocket)) throw apiErrorOf(asked, answer.status, answer.body);
  keepAlive(answer, pingMs);
  return answer;
}

/** The API server answers once the kubelet has, which may have an image's first command to wait for. */
const handshakeMs = 30_000;

function headersOf(proof: Proof): Record<string, string | string[]> {
  return { 'user-agent': 'mostik', ...proof.headers };
}

function established(web: WebSocket, signal: AbortSignal | undefined): Promise<WebSocket | { status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const abort = (): void => web.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    const settled = (): void => signal?.removeEventListener('abort', abort);
    // Messages may follow the handshake in the same packet: they wait until somebody listens.
    web.once('open', () => { settled(); web.pause(); resolve(web); });
    web.once('unexpected-response', (_request, response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('close', () => { settled(); resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }); });
    });
    web.once('error', (error) => { settled(); reject(error); });
    // What breaks later is told by `close`.
    web.on('error', () => undefined);
  });
}

/** Notices a connection that is dead without a word: laptops sleep, load balancers forget. */
function keepAlive(web: WebSocket, pingMs: number): void {
  let heard = true;
  const hear = (): void => { heard = true; };
  const timer = setInterval(() => {
    // A paused socket hears no answer either.
    if (!heard && !web.isPaused) return web.terminate();
    heard = false;
    web.ping();
  }, pingMs).unref();
  web.on('pong', hear).on('message', hear).on('close', () => clearInterval(timer));
}

/** Sends one message and calls back when it has left the process, so that a fast writer waits for a slow network. */
export function sendMessage(web: WebSocket, message: Buffer, done: (error?: Error | null) => void): void {
  if (web.readyState !== WebSocket.OPEN) done(new ConnectionLost('the connection was closed', { processed: true }));
  else web.send(message, done);
}

/** A message as one buffer. */
export function messageOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
