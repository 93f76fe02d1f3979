import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFully } from './write-fully.js';

export interface FetchOptions {
  /** Hex digest the whole file must have. */
  sha256: string;
  signal?: AbortSignal | undefined;
  /** Bytes of this file so far, and its length once the server has told it. */
  onBytes?: (bytes: number, total: number | undefined) => void;
  timeouts?: Partial<Timeouts>;
}

/** Milliseconds: until a connection stands, until the answer starts, between two pieces of it. */
export interface Timeouts {
  connect: number;
  answer: number;
  stall: number;
}

const usualTimeouts: Timeouts = { connect: 3_000, answer: 10_000, stall: 15_000 };
const attempts = 4;
const maxRedirects = 5;

/** Why a file could not be fetched. */
export class FetchError extends Error {
  override name = 'FetchError';

  constructor(
    readonly kind: 'unreachable' | 'status' | 'cut' | 'stalled' | 'checksum',
    message: string,
    /** A second try may end otherwise. */
    readonly passing = false,
  ) {
    super(message);
  }
}

/** What has arrived of a file, over one or more connections. */
interface Received {
  file: FileHandle;
  hash: Hash;
  bytes: number;
  total: number | undefined;
  /** The server's name of these very bytes; without one a cut download starts over. */
  etag: string | undefined;
}

/**
 * Fetches a file into `target` and verifies its digest. A cut or stalled connection is resumed where the server can,
 * else started over, four times in all; a network that does not answer fails within seconds.
 */
export async function fetchFile(url: string, target: string, options: FetchOptions): Promise<void> {
  const file = await open(target, 'w');
  try {
    const received: Received = { file, hash: createHash('sha256'), bytes: 0, total: undefined, etag: undefined };
    await receiveAll(url, received, options);
    const digest = received.hash.digest('hex');
    if (digest !== options.sha256.toLowerCase()) {
      throw new FetchError('checksum', `${url}: its SHA-256 is ${digest}, expected ${options.sha256}`);
    }
  } finally {
    await file.close();
  }
}

async function receiveAll(url: string, received: Received, options: FetchOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      await receive(url, received, options);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      // A host that never answered is given up at once; one that was sending a moment ago is asked again.
      const again = error instanceof FetchError && (error.passing || (error.kind === 'unreachable' && received.bytes > 0));
      if (!again || attempt === attempts) throw error;
      await sleep(250 * attempt, undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}

async function receive(url: string, received: Received, options: FetchOptions): Promise<void> {
  const timeouts = { ...usualTimeouts, ...options.timeouts };
  if (received.etag === undefined) await startOver(received);
  const headers: Record<string, string> = received.bytes > 0 ? { range: `bytes=${received.bytes}-`, 'if-range': received.etag ?? '' } : {};
  const response = await request(url, { headers, timeouts, signal: options.signal });
  try {
    await accept(url, response, received);
    await readBody(url, response, { received, timeouts, options });
  } finally {
    response.destroy();
  }
  if (received.total !== undefined && received.bytes !== received.total) {
    throw new FetchError('cut', `${url}: the connection was cut after ${received.bytes} of ${received.total} bytes`, true);
  }
}

/** Reads the head of the answer: the whole file (200), the rest of it (206), or a refusal. */
async function accept(url: string, response: IncomingMessage, received: Received): Promise<void> {
  const status = response.statusCode ?? 0;
  const rest = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers['content-range'] ?? '');
  if (status === 206 && Number(rest?.[1]) === received.bytes) return;
  if (status !== 200) {
    received.etag = undefined;
    throw new FetchError('status', `${url}: the server answered ${status} ${response.statusMessage ?? ''}`.trim(), status >= 500 || status === 206 || status === 416 || status === 429);
  }
  await startOver(received);
  const length = Number(response.headers['content-length']);
  received.total = Number.isFinite(length) ? length : undefined;
  // Only a strong tag names bytes; a weak one may stand for two files that differ.
  const etag = response.headers.etag;
  received.etag = etag?.startsWith('"') && response.headers['accept-ranges'] !== 'none' ? etag : undefined;
}

async function startOver(received: Received): Promise<void> {
  await received.file.truncate(0);
  received.hash = createHash('sha256');
  received.bytes = 0;
  received.total = undefined;
}

async function readBody(
  url: string,
  response: IncomingMessage,
  { received, timeouts, options }: { received: Received; timeouts: Timeouts; options: FetchOptions },
): Promise<void> {
  let stalled = false;
  const timer = setTimeout(() => {
    stalled = true;
    response.destroy();
  }, timeouts.stall);
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      timer.refresh();
      await writeFully(received.file, piece, received.bytes);
      received.hash.update(piece);
      received.bytes += piece.length;
      options.onBytes?.(received.bytes, received.total);
      timer.refresh();
    }
  } catch (error) {
    if (isFileError(error)) throw error;
    if (stalled) throw new FetchError('stalled', `${url}: nothing arrived for ${timeouts.stall / 1000} s after ${received.bytes} bytes`, true);
    throw new FetchError('cut', `${url}: the connection was cut after ${received.bytes} bytes`, true);
  } finally {
    clearTimeout(timer);
  }
}

/** Errors of the disk, as opposed to those of the connection. */
function isFileError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

interface RequestOptions {
  headers: Record<string, string>;
  timeouts: Timeouts;
  signal: AbortSignal | undefined;
}

async function request(url: string, options: RequestOptions): Promise<IncomingMessage> {
  let address = url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await requestOnce(address, options);
    const location = response.headers.location;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return response;
    response.resume();
    address = new URL(location, address).href;
  }
  throw new FetchError('status', `${url}: more than ${maxRedirects} redirections`);
}

function requestOnce(url: string, { headers, timeouts, signal }: RequestOptions): Promise<IncomingMessage> {
  const secure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const client = (secure ? https : http).get(url, { headers: { 'user-agent': 'mostik', ...headers }, agent: false, ...(signal && { signal }) });
    const giveUp = (after: number, what: string): NodeJS.Timeout =>
      setTimeout(() => client.destroy(new FetchError('unreachable', `${url}: ${what} within ${after / 1000} s`)), after);
    let timer = giveUp(timeouts.connect, 'no connection');
    client.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        timer = giveUp(timeouts.answer, 'no answer');
      });
    });
    client.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    client.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error instanceof FetchError || signal?.aborted) reject(error);
      else reject(new FetchError('unreachable', `${url}: ${error.code ?? error.message}`, error.code === 'ECONNRESET'));
    });
  });
}
