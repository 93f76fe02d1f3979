import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorFields, type Log } from './log.js';

export interface Reply {
  status: number;
  /** An object is sent as JSON, a string as it is. */
  body: object | string;
  headers?: Record<string, string>;
}

export interface Route {
  method: 'GET' | 'POST';
  path: string;
  /** Answers are logged at level debug, because probes ask every few seconds. */
  quiet?: boolean;
  handle(request: IncomingMessage): Promise<Reply> | Reply;
}

/** An answer other than success, thrown from anywhere below a route. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

const EVERY_REPLY = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

// A client that sends its request slower than this is cut off, so that it cannot hold a connection for ever.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;

/** A server for these routes. HEAD follows GET; every failure is answered as JSON `{ error: { code, message } }`. */
export function createHttpServer(routes: readonly Route[], log: Log): Server {
  const server = createServer((request, response) => {
    const started = performance.now();
    const path = pathOf(request);
    const route = routes.find((each) => each.path === path && each.method === methodOf(request));
    response.on('close', () => {
      const write = route?.quiet ? log.debug : log.info;
      const ms = Math.round(performance.now() - started);
      write('request', { method: request.method, path, status: response.statusCode, ms, ...(response.writableFinished ? {} : { aborted: true }) });
    });
    answer(route, { routes, path, request, log }).then(
      (reply) => send(response, reply, { headOnly: request.method === 'HEAD', last: !server.listening }),
      (error: unknown) => {
        log.error('reply failed', errorFields(error));
        response.destroy();
      },
    );
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return server;
}

interface Asked {
  routes: readonly Route[];
  path: string;
  request: IncomingMessage;
  log: Log;
}

async function answer(route: Route | undefined, { routes, path, request, log }: Asked): Promise<Reply> {
  try {
    if (route === undefined) throw missing(routes, path, request);
    return await route.handle(request);
  } catch (error) {
    if (error instanceof HttpError) return errorReply(error);
    if (request.errored !== null) return errorReply(new HttpError(400, 'incomplete', 'The request ended before it was whole.'));
    log.error('request failed', { method: request.method, path, ...errorFields(error) });
    return errorReply(new HttpError(500, 'internal', 'The service failed to answer; the reason is in its log.'));
  }
}

function missing(routes: readonly Route[], path: string, request: IncomingMessage): HttpError {
  const methods = routes.filter((each) => each.path === path).flatMap((each) => (each.method === 'GET' ? ['GET', 'HEAD'] : [each.method]));
  if (methods.length > 0) {
    const allow = methods.join(', ');
    return new HttpError(405, 'method_not_allowed', `${path} does not take ${request.method}; it takes ${allow}.`, { allow });
  }
  const known = [...new Set(routes.map((each) => each.path))].join(', ');
  return new HttpError(404, 'not_found', `Nothing is at ${path}. There is: ${known}.`);
}

function errorReply({ status, code, message, headers }: HttpError): Reply {
  return { status, body: { error: { code, message } }, headers };
}

function send(response: ServerResponse, { status, body, headers }: Reply, { headOnly, last }: { headOnly: boolean; last: boolean }): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...EVERY_REPLY,
    ...headers,
    'content-length': Buffer.byteLength(text),
    ...(last ? { connection: 'close' } : {}),
  });
  response.end(headOnly ? undefined : text);
}

function methodOf(request: IncomingMessage): string | undefined {
  return request.method === 'HEAD' ? 'GET' : request.method;
}

/** The path without its query. Not parsed as a URL: a target such as `//` would throw. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}
