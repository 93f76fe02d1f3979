import * as http from 'node:http';
import * as https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { asLost, ConnectionLost, joined, type Exchange, type Wire, type WireRequest, type WireResponse, type WholeResponse } from './wire.js';

/** Speaks HTTP/1.1 with several kept sockets: for plain http (kubectl proxy) and servers or proxies without HTTP/2. */
export function http1Wire(server: URL, tls: ConnectionOptions): Wire {
  const options = { keepAlive: true, maxSockets: 128, scheduling: 'lifo' as const };
  const agent = server.protocol === 'https:' ? new https.Agent({ ...options, ...tls, ALPNProtocols: ['http/1.1'] }) : new http.Agent(options);
  let closed = false;
  return {
    protocol: 'http/1.1',
    get state() {
      return closed ? 'lost' : 'open';
    },
    send: (request) => send(server, agent, request),
    fetch: (request) => whole(send(server, agent, request)),
    close: () => {
      closed = true;
      agent.destroy();
    },
  };
}

function send(server: URL, agent: http.Agent, request: WireRequest): Exchange<WireResponse> {
  const { request: start } = server.protocol === 'https:' ? https : http;
  const headers = { ...request.headers, ...(request.body !== undefined ? { 'content-length': String(Buffer.byteLength(request.body)) } : {}) };
  const call = start(new URL(request.path, server.origin), { agent, method: request.method, headers });
  let cancelled: Error | undefined;
  const answer = new Promise<WireResponse>((resolve, reject) => {
    let sent = false;
    call.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (sent = true));
      else sent = true;
    });
    // Refused before the connection stood: nothing was sent.
    call.on('error', (error) => reject(cancelled ?? new ConnectionLost(error.message, { processed: sent, cause: error })));
    call.on('response', (response) => {
      // A body that nobody reads any more may still break; that is told to readers, and to nobody else.
      response.on('error', () => undefined);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, isCut: () => !response.complete });
    });
    call.end(request.body);
  });
  const cancel = (reason: Error): void => {
    cancelled = reason;
    call.destroy(reason);
  };
  return { answer, cancel };
}

/** Reads the body to its end; a cut on the way is a ConnectionLost. */
function whole({ answer, cancel }: Exchange<WireResponse>): Exchange<WholeResponse> {
  const read = answer.then(
    ({ status, headers, body, isCut }) =>
      new Promise<WholeResponse>((resolve, reject) => {
        const chunks: Buffer[] = [];
        body.on('data', (chunk: Buffer) => chunks.push(chunk));
        body.on('error', (error) => reject(asLost(error)));
        body.on('close', () => (isCut() ? reject(asLost(new Error('the connection was cut'))) : resolve({ status, headers, body: joined(chunks) })));
      }),
  );
  return { answer: read, cancel };
}
