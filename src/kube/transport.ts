import { setMaxListeners } from 'node:events';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { inFlight } from './in-flight.js';
import type { ClusterTarget } from './kubeconfig.js';
import { openWire, unreachable } from './open-wire.js';
import type { Credentials, Proof } from './proof.js';
import { backoffMs, pause, retryAfterMs } from './retry-delay.js';
import { ConnectionLost, type Exchange, type WholeResponse, type Wire, type WireRequest, type WireResponse } from './wire.js';

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  /** Writes the body when its turn comes, so that a thousand waiting requests do not hold a thousand texts. */
  body?: () => string;
  signal?: AbortSignal | undefined;
  /** Sending it twice does what sending it once does, so it is sent again when the connection broke under it. */
  repeatable: boolean;
  /** Names the object in messages. */
  subject: string;
  /** Names the request in messages: `apply`, `list`. */
  verb: string;
  timeoutMs?: number;
  /** How long a lost connection is tried anew, when it differs from the transport's. */
  patienceMs?: number;
}

/** Requests to one API server as one user. */
export interface Transport {
  request(request: TransportRequest): Promise<WholeResponse>;
  /** An answer that comes over time (watch, logs): not counted as in flight, never sent again by itself. */
  stream(request: TransportRequest): Promise<WireResponse>;
  close(): void;
}

export interface TransportOptions {
  /** Requests under way at once. */
  inFlight: number;
  /** How long a lost connection is tried anew before the request fails. */
  patienceMs: number;
  timeoutMs: number;
  /** How often a connection in use is asked whether it still stands, and how long an answer may take. */
  pingMs: number;
  userAgent: string;
}

/** Opens the first connection, so that an unreachable cluster is told here. */
export async function openTransport(target: ClusterTarget, credentials: Credentials, options: TransportOptions & { signal?: AbortSignal | undefined }): Promise<Transport> {
  const wires = wirePool(target, credentials, options.pingMs);
  const gate = inFlight(options.inFlight);
  const send = sender({ target, credentials, wires, options });
  await wires.get(options.signal);
  return {
    async request(request) {
      await gate.enter(request.signal);
      try {
        return await send(request, (wire, wired) => wire.fetch(wired));
      } finally {
        gate.leave();
      }
    },
    stream: (request) => send(request, (wire, wired) => wire.send(wired)),
    close: wires.close,
  };
}

interface WirePool {
  get(signal?: AbortSignal): Promise<{ wire: Wire; proof: Proof }>;
  /** Leaves the connections made with an old client certificate. */
  renew(): void;
  close(): void;
}

/** Keeps connections: one is enough for 90 streams, a new one is opened when all are full or lost. */
function wirePool(target: ClusterTarget, credentials: Credentials, pingMs: number): WirePool {
  let wires: Wire[] = [];
  let opening: Promise<Wire> | undefined;
  let certificate: string | undefined;
  let closed = false;
  const drop = (): void => {
    for (const wire of wires) wire.close();
    wires = [];
  };
  const open = async (proof: Proof): Promise<Wire> => {
    // Not bound to one caller's signal: several wait for the same connection, and it gives up by itself in seconds.
    const wire = await openWire(target, proof, { pingMs });
    wires = [...wires.filter((other) => other.state !== 'lost'), wire];
    if (closed) wire.close();
    return wire;
  };
  return {
    async get(signal) {
      const proof = await credentials.current();
      if (proof.cert !== certificate) drop();
      certificate = proof.cert;
      const ready = wires.find((wire) => wire.state === 'open');
      if (ready) return { wire: ready, proof };
      opening ??= open(proof).finally(() => (opening = undefined));
      const wire = await orAbort(opening, signal);
      return { wire, proof };
    },
    renew: drop,
    close: () => {
      closed = true;
      drop();
    },
  };
}

function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

interface SenderParts {
  target: ClusterTarget;
  credentials: Credentials;
  wires: WirePool;
  options: TransportOptions;
}

type Answer = WireResponse | WholeResponse;

type Start<T> = (wire: Wire, request: WireRequest) => Exchange<T>;

type Send = <T extends Answer>(request: TransportRequest, start: Start<T>) => Promise<T>;

/** Sends until there is an answer worth returning: waits where the server asks for it, reconnects where that is safe. */
function sender({ target, credentials, wires, options }: SenderParts): Send {
  return async (request, start) => {
    if (request.signal) setMaxListeners(0, request.signal);
    let lostAt: number | undefined;
    let renewed = false;
    let losses = 0;
    for (let attempt = 1; ; attempt++) {
      let sentAt: number | undefined;
      try {
        const { wire, proof } = await wires.get(request.signal);
        sentAt = Date.now();
        const answer = await sendOnce((wired) => start(wire, wired), { request, proof, options });
        const wait = waitAsked(answer);
        if (answer.status === 401 && !renewed && credentials.renew()) {
          renewed = true;
          wires.renew();
        } else if (wait !== undefined && attempt <= mostWaits) {
          await pause(wait + backoffMs(attempt), request.signal);
        } else {
          return answer;
        }
        if (!Buffer.isBuffer(answer.body)) answer.body.resume();
      } catch (error) {
        const patienceMs = request.patienceMs ?? options.patienceMs;
        // A connection that stood so long ends the earlier trouble, else the pings of a dead one would use up all patience.
        if (lostAt === undefined || (losses++ < mostLosses && sentAt !== undefined && Date.now() - sentAt >= patienceMs)) lostAt = Date.now();
        const givenUp = Date.now() - lostAt >= patienceMs;
        if (givenUp || !mayRepeat(error, request)) throw asTold(target, request, error);
        await pause(backoffMs(attempt), request.signal);
      }
    }
  };
}

/** A request that loses its connection so often may be what ends the server. */
const mostLosses = 5;

/** A server under load answers 429 or 503 with Retry-After; so often it is obeyed. */
const mostWaits = 10;

function waitAsked({ status, headers }: Answer): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  const asked = retryAfterMs(headers['retry-after']);
  return asked === undefined ? undefined : Math.min(asked, 30_000);
}

function mayRepeat(error: unknown, request: TransportRequest): boolean {
  if (error instanceof ConnectionLost) return request.repeatable || !error.processed;
  // No new connection could be made, so nothing was sent.
  return error instanceof MostikError && error.diagnostics[0]?.code === 'cluster-unreachable';
}

/** The cut of a repeatable request was one of many; that of another leaves it open what the server did. */
function asTold(target: ClusterTarget, request: TransportRequest, error: unknown): unknown {
  if (!(error instanceof ConnectionLost)) return error;
  if (request.repeatable || !error.processed) return unreachable(target, error);
  return new MostikError([diagnose('connection-lost', { subject: request.subject, verb: request.verb, context: target.context })], { cause: error });
}

interface OneSend {
  request: TransportRequest;
  proof: Proof;
  options: TransportOptions;
}

async function sendOnce<T extends Answer>(start: (request: WireRequest) => Exchange<T>, { request, proof, options }: OneSend): Promise<T> {
  const { signal, timeoutMs = options.timeoutMs } = request;
  signal?.throwIfAborted();
  const headers = { accept: 'application/json', 'user-agent': options.userAgent, ...proof.headers, ...request.headers };
  const exchange = start({ method: request.method, path: request.path, headers, body: request.body?.() });
  const timer = setTimeout(() => exchange.cancel(timedOut(request, timeoutMs)), timeoutMs);
  const abort = (): void => exchange.cancel(signal?.reason as Error);
  const unlink = (): void => signal?.removeEventListener('abort', abort);
  signal?.addEventListener('abort', abort);
  let answer: T | undefined;
  try {
    return (answer = await exchange.answer);
  } finally {
    clearTimeout(timer);
    // A body that is still coming ends with the signal too.
    if (answer && !Buffer.isBuffer(answer.body)) answer.body.once('close', unlink);
    else unlink();
  }
}

function timedOut(request: TransportRequest, timeoutMs: number): MostikError {
  return new MostikError([diagnose('request-timeout', { subject: request.subject, verb: request.verb, seconds: Math.round(timeoutMs / 1000) })]);
}
