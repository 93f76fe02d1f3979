import { request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** How much of a body is read. */
const mostBytes = 1024 ** 2;

/** What is asked over a stream. */
export interface Get {
  /** Certificates are not checked: a pod's is seldom made for the name by which it is reached here. */
  isTls: boolean;
  /** Of the header Host, unless the headers name another; with TLS the server's name. */
  host: string;
  path: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

/** Sends one GET over a connection that is there already, and reads the answer; the connection ends with it. */
export function getOver(stream: Duplex, { isTls, host, path, headers, signal }: Get): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // The TLS socket tells an error of the stream below it as its own.
    stream.on('error', reject);
    const socket = isTls ? connect({ socket: stream, servername: host.split(':')[0] ?? '', rejectUnauthorized: false }) : stream;
    const asking = request({ createConnection: () => socket, path: path.startsWith('/') ? path : `/${path}`, headers: { host, 'user-agent': 'mostik', accept: '*/*', connection: 'close', ...lowered(headers) }, signal }, (response) => {
      read(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject).finally(() => stream.destroy());
    });
    asking.on('error', (error) => {
      stream.destroy();
      reject(error);
    });
    asking.end();
  });
}

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
