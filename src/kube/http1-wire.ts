import * as http from 'node:http';
import * as https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { ConnectionLost, type Wire, type WireRequest, type WireResponse } from './wire.js';

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
    close: () => {
      closed = true;
      agent.destroy();
    },
  };
}

function send(server: URL, agent: http.Agent, request: WireRequest): Promise<WireResponse> {
  const { request: start } = server.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const headers = { ...request.headers, ...(request.body !== undefined ? { 'content-length': String(Buffer.byteLength(request.body)) } : {}) };
    const call = start(new URL(request.path, server.origin), { agent, method: request.method, headers, ...(request.signal ? { signal: request.signal } : {}) }, (response) => {
      // A body that nobody reads any more may still break; that is told to readers, and to nobody else.
      response.on('error', () => undefined);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, isCut: () => !response.complete });
    });
    let sent = false;
    call.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (sent = true));
      else sent = true;
    });
    call.on('error', (error) => {
      if (request.signal?.aborted) return reject(request.signal.reason as Error);
      // Refused before the connection stood: nothing was sent.
      reject(new ConnectionLost(error.message, { processed: sent, cause: error }));
    });
    call.end(request.body);
  });
}
