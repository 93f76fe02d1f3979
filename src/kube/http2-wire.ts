import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { ConnectionLost, type Wire, type WireRequest, type WireResponse } from './wire.js';

/** Node's default windows of 64 KiB would stop a large list after each 64 KiB until we answer. */
const streamWindow = 4 << 20;
const sessionWindow = 32 << 20;
/** kube-apiserver takes 100 streams; watches hold theirs for minutes. */
const mostStreams = 90;

/** Speaks HTTP/2 over a TLS socket that has agreed on it. Holds the process alive only while requests are under way. */
export function http2Wire(server: URL, socket: TLSSocket, pingMs: number): Wire {
  const session = connect(server.origin, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: streamWindow } });
  // The socket may have closed since its handshake, without anybody listening.
  if (socket.destroyed) session.destroy();
  let lastStream = Infinity;
  let alive = true;
  let streams = 0;
  session.once('connect', () => {
    if (!session.destroyed) session.setLocalWindowSize(sessionWindow);
  });
  session.on('goaway', (_code: number, lastStreamId?: number) => {
    alive = false;
    lastStream = lastStreamId ?? 0;
  });
  session.on('error', () => (alive = false));
  session.on('close', () => {
    alive = false;
    clearInterval(pings);
  });
  const pings = setInterval(() => {
    if (streams > 0) ping(session, pingMs);
  }, pingMs).unref();
  session.unref();

  const hold = (): void => {
    if (streams++ === 0) session.ref();
  };
  const release = (): void => {
    if (--streams === 0) session.unref();
  };
  return {
    protocol: 'h2',
    get state() {
      if (!alive || session.closed || session.destroyed) return 'lost';
      return streams < Math.min(mostStreams, session.remoteSettings?.maxConcurrentStreams ?? mostStreams) ? 'open' : 'full';
    },
    send: (request) => send(session, request, { hold, release, wasRefused: (id) => id !== undefined && id > lastStream }),
    close: () => {
      alive = false;
      if (streams === 0) session.destroy();
      else session.close();
    },
  };
}

interface StreamCount {
  hold(): void;
  release(): void;
  /** True when the server said, going away, that it did not get to this stream. */
  wasRefused(id: number | undefined): boolean;
}

function send(session: ClientHttp2Session, request: WireRequest, count: StreamCount): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request({ ':method': request.method, ':path': request.path, ...request.headers }, { endStream: request.body === undefined });
    } catch (error) {
      // The session ended between our look at it and the request: nothing was sent.
      return reject(new ConnectionLost('the connection was closed', { processed: false, cause: error }));
    }
    count.hold();
    const lost = (problem: string, cause?: unknown): ConnectionLost => {
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || count.wasRefused(stream.id) || stream.pending;
      return new ConnectionLost(problem, { processed: !refused, cause });
    };
    const abort = (): void => {
      stream.close(constants.NGHTTP2_CANCEL);
      reject(request.signal?.reason as Error);
    };
    request.signal?.addEventListener('abort', abort);
    stream.on('response', (headers) => resolve({ status: headers[':status'] ?? 0, headers, body: stream, isCut: () => stream.rstCode !== constants.NGHTTP2_NO_ERROR }));
    stream.on('error', (error: Error) => reject(request.signal?.aborted ? (request.signal.reason as Error) : lost(error.message, error)));
    stream.on('close', () => {
      count.release();
      request.signal?.removeEventListener('abort', abort);
      reject(lost('the connection was cut'));
    });
    if (request.body !== undefined) stream.end(request.body);
  });
}

function ping(session: ClientHttp2Session, patienceMs: number): void {
  if (session.destroyed) return;
  let answered = false;
  const overdue = setTimeout(() => {
    // When this process itself was too busy, the answer waits to be read: it is let in first.
    setImmediate(() => {
      if (!answered) session.destroy(new Error('no answer to a ping'));
    });
  }, patienceMs).unref();
  try {
    session.ping(() => {
      answered = true;
      clearTimeout(overdue);
    });
  } catch {
    // Too many pings under way: the first of them decides.
    clearTimeout(overdue);
  }
}
