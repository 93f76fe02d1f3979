import type { Readable } from 'node:stream';

/** One HTTP request as it goes over a wire. */
export interface WireRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string | string[]>;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** The head of an answer; the body is still coming. */
export interface WireResponse {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Readable;
  /** After the body's end: true when it ended because the connection did, so that a part is missing. */
  isCut(): boolean;
}

/** An open connection to the API server. HTTP/2 carries many requests at once; HTTP/1.1 hides several sockets. */
export interface Wire {
  readonly protocol: 'h2' | 'http/1.1';
  /** Full: as many streams as the server takes are under way. Lost: no new request, those under way may still end well. */
  readonly state: 'open' | 'full' | 'lost';
  send(request: WireRequest): Promise<WireResponse>;
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

/** Reads a body to its end; a cut on the way is a ConnectionLost. */
export function collect({ body, isCut }: WireResponse): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const cut = (): void => reject(new ConnectionLost('the connection was cut', { processed: true }));
    body.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Node ends the body of a lost HTTP/2 stream like a complete one.
    body.on('end', () => (isCut() ? cut() : resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))));
    body.on('error', (error) => reject(asLost(error)));
    body.on('close', cut);
  });
}

/** Turns what a stream reports into a ConnectionLost; an abort by our own caller passes as it is. */
export function asLost(error: unknown): Error {
  if (error instanceof ConnectionLost || (error instanceof Error && error.name === 'AbortError')) return error;
  return new ConnectionLost(error instanceof Error ? error.message : String(error), { processed: true, cause: error });
}
