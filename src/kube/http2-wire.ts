import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { ConnectionLost, joined, type Exchange, type Wire, type WireRequest, type WireResponse, type WholeResponse } from './wire.js';

/** Node's default windows of 64 KiB would stop a large list after each 64 KiB until we answer. */
const streamWindow = 4 << 20;
const sessionWindow = 32 << 20;
/** kube-apiserver takes 100 streams; watches hold theirs for minutes. */
const mostStreams = 90;
/** How long requests may lie in the queue while nothing at all moves. */
const stuckMs = 3_000;

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
    clearInterval(stuck);
  });
  const stuck = whenStuck(session, stuckMs, () => streams > 0);
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
  const count: StreamCount = { hold, release, wasRefused: (id) => id !== undefined && id > lastStream };
  return {
    protocol: 'h2',
    get state() {
      if (!alive || session.closed || session.destroyed) return 'lost';
      return streams < Math.min(mostStreams, session.remoteSettings?.maxConcurrentStreams ?? mostStreams) ? 'open' : 'full';
    },
    send: (request) => send(start(session, request, count)),
    fetch: (request) => fetch(start(session, request, count)),
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

/** A stream under way, or why there is none. */
interface Started {
  stream?: ClientHttp2Stream;
  /** Settles the exchange when it ends without an answer: by `cancel`, or by what happened to the connection. */
  failure(problem: string, cause?: unknown): Error;
  cancel(reason: Error): void;
}

function start(session: ClientHttp2Session, request: WireRequest, count: StreamCount): Started {
  let stream: ClientHttp2Stream;
  try {
    stream = session.request({ ':method': request.method, ':path': request.path, ...request.headers }, { endStream: request.body === undefined });
  } catch (error) {
    // The session ended between our look at it and the request: nothing was sent.
    return { failure: () => new ConnectionLost('the connection was closed', { processed: false, cause: error }), cancel: () => undefined };
  }
  count.hold();
  stream.once('close', count.release);
  if (request.body !== undefined) stream.end(request.body);
  let cancelled: Error | undefined;
  return {
    stream,
    failure(problem, cause) {
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || count.wasRefused(stream.id) || stream.pending;
      return cancelled ?? new ConnectionLost(problem, { processed: !refused, cause });
    },
    cancel(reason) {
      cancelled = reason;
      stream.close(constants.NGHTTP2_CANCEL);
    },
  };
}

const cut = 'the connection was cut';

function send({ stream, failure, cancel }: Started): Exchange<WireResponse> {
  const answer = new Promise<WireResponse>((resolve, reject) => {
    if (!stream) return reject(failure(cut));
    let answered = false;
    stream.on('response', (headers) => {
      answered = true;
      resolve({ status: headers[':status'] ?? 0, headers, body: stream, isCut: () => stream.rstCode !== constants.NGHTTP2_NO_ERROR });
    });
    stream.on('error', (error: Error) => reject(failure(error.message, error)));
    stream.on('close', () => {
      if (!answered) reject(failure(cut));
    });
  });
  return { answer, cancel };
}

/** The busy path: few listeners, and errors, which are dear to make, only where they are told. */
function fetch({ stream, failure, cancel }: Started): Exchange<WholeResponse> {
  const answer = new Promise<WholeResponse>((resolve, reject) => {
    if (!stream) return reject(failure(cut));
    const chunks: Buffer[] = [];
    let head: (IncomingHttpHeaders & IncomingHttpStatusHeader) | undefined;
    stream.on('response', (headers) => (head = headers));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', (error: Error) => reject(failure(error.message, error)));
    // Node ends the body of a lost stream like a complete one; its code tells them apart.
    stream.on('close', () => {
      if (head && stream.rstCode === constants.NGHTTP2_NO_ERROR) resolve({ status: head[':status'] ?? 0, headers: head, body: joined(chunks) });
      else reject(failure(cut));
    });
  });
  return { answer, cancel };
}

function ping(session: ClientHttp2Session, patienceMs: number): void {
  if (session.destroyed) return;
  let answered = false;
  const overdue = whenOverdue(patienceMs, () => {
    if (!answered) session.destroy(new Error('no answer to a ping'));
  });
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

/**
 * Ends a session that has something to send while nothing moves. Node 20 stops reading while it writes, and does not always
 * hear that a connection was reset under a write: such a session would wait for its next ping, 20 s, with all its requests.
 */
function whenStuck(session: ClientHttp2Session, ms: number, inUse: () => boolean): NodeJS.Timeout {
  let before = '';
  let since = Date.now();
  return setInterval(() => {
    const waiting = inUse() && (session.state.outboundQueueSize ?? 0) > 0;
    const now = waiting ? JSON.stringify(session.state) : '';
    if (!waiting || now !== before) {
      before = now;
      since = Date.now();
    } else if (Date.now() - since >= ms) {
      session.destroy(new Error('nothing can be sent'));
    }
  }, ms / 6).unref();
}

/** Looks when the time is over. When this process itself was too busy, an answer waits to be read: it is let in first. */
function whenOverdue(ms: number, look: () => void): NodeJS.Timeout {
  return setTimeout(() => setImmediate(look), ms).unref();
}
