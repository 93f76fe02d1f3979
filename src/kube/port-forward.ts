import { Duplex } from 'node:stream';
import type { ObjectRef } from '../model/index.js';
import { messageOf, openWebSocket, sendMessage, type SocketParts } from './web-socket.js';

/**
 * The WebSocket protocol that container runtimes themselves speak: the API server hands it through, in every version (tried:
 * 1.36; in the sources from 1.30 to 1.36). SPDY tunnelled in a WebSocket is off by default before 1.31, and needs SPDY, which no
 * kept library speaks. What is lost: the end of one direction cannot be said, see `quietMs`.
 */
const protocol = 'v4.channel.k8s.io';
const channels = { data: 0, error: 1 } as const;

/** After our side has ended, the pod gets so long without a byte before the connection is closed; kubelets' runtimes give half a second. */
const quietMs = 10_000;

/** Opens one connection to a port of a pod. */
export async function forwardPort(parts: SocketParts, pod: ObjectRef, { port, signal }: { port: number; signal?: AbortSignal | undefined }): Promise<Duplex> {
  const query = new URLSearchParams({ ports: String(port) });
  const web = await openWebSocket(parts, { pod, subresource: 'portforward', verb: 'forward', query, protocol, signal });
  // The first two bytes of each channel repeat the port.
  const skip = { [channels.data]: 2, [channels.error]: 2 };
  let problem = '';
  let quiet: NodeJS.Timeout | undefined;
  const stream = new Duplex({
    read: () => web.resume(),
    write: (chunk: Buffer, _encoding, done) => sendMessage(web, Buffer.concat([Buffer.from([channels.data]), chunk]), done),
    final(done) {
      quiet = setTimeout(() => web.terminate(), quietMs).unref();
      done();
    },
    destroy(error, done) {
      web.terminate();
      done(error);
    },
  });
  web.on('message', (data) => {
    const message = messageOf(data);
    const channel = message[0] === channels.error ? channels.error : channels.data;
    const content = message.subarray(1 + skip[channel]);
    skip[channel] -= Math.min(skip[channel], message.length - 1);
    quiet?.refresh();
    if (channel === channels.error) problem += content.toString('utf8');
    else if (content.length > 0 && !stream.push(content)) web.pause();
  });
  web.once('close', () => {
    clearTimeout(quiet);
    signal?.removeEventListener('abort', abort);
    if (problem !== '') stream.destroy(new Error(problem));
    else stream.push(null);
  });
  const abort = (): void => { stream.destroy(); };
  signal?.addEventListener('abort', abort, { once: true });
  web.resume();
  return stream;
}
