import type { Readable } from 'node:stream';

/** One HTTP request as it goes over a wire. */
export interface WireRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string | string[]>;
  body?: string | undefined;
}

/** The head of an answer; the body is still coming. */
export interface WireResponse {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Readable;
  /** After the body's end: true when it ended because the connection did, so that a part is missing. */
  isCut(): boolean;
}

/** A whole answer. */
export interface WholeResponse {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
}

/** A request under way. It fails with ConnectionLost, or with the reason of `cancel`. */
export interface Exchange<T> {
  answer: Promise<T>;
  /** Ends it; also the body of an answer that is still coming. */
  cancel(reason: Error): void;
}

/** An open connection to the API server. HTTP/2 carries many requests at once; HTTP/1.1 hides several sockets. */
export interface Wire {
  readonly protocol: 'h2' | 'http/1.1';
  /** Full: as many streams as the server takes are under way. Lost: no new request, those under way may still end well. */
  readonly state: 'open' | 'full' | 'lost';
  /** The answer as soon as its head is there. */
  send(request: WireRequest): Exchange<WireResponse>;
  /** The answer once its body is complete. */
  fetch(request: WireRequest): Exchange<WholeResponse>;
  close(): void;
}

/** The connection broke under a request. `processed` is false only when the server surely did not act on it. */
export class ConnectionLost extends Error {
  override name = 'ConnectionLost';
  readonly processed: boolean;

  constructor(problem: string, options: { processed: boolean; cause?: unknown }) {
    super(problem, { cause: options.cause });
    this.processed = options.processed;
  }
}

/** One buffer of several. */
export function joined(chunks: Buffer[]): Buffer {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Turns what a stream reports into a ConnectionLost; an abort by our own caller passes as it is. */
export function asLost(error: unknown): Error {
  if (error instanceof ConnectionLost || (error instanceof Error && error.name === 'AbortError')) return error;
  return new ConnectionLost(error instanceof Error ? error.message : String(error), { processed: true, cause: error });
}
