import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchFile, type FetchOptions } from './fetch-file.js';

const content = Buffer.alloc(300_000, 'mostik ');
const sha256 = createHash('sha256').update(content).digest('hex');
const half = content.length / 2;

let folder: string;
let target: string;
let server: Server | undefined;
let ranges: (string | undefined)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mostik-fetch-'));
  target = join(folder, 'file');
  ranges = [];
});

afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** Serves on a free port; every request goes to the next handler, the last one serves the rest. */
async function serve(...handlers: ((request: IncomingMessage, response: ServerResponse) => void)[]): Promise<string> {
  const http = createServer((request, response) => {
    ranges.push(request.headers.range);
    handlers[Math.min(ranges.length, handlers.length) - 1]?.(request, response);
  });
  return listen(http);
}

async function listen(listener: Server): Promise<string> {
  server = listener;
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}/file`;
}

const whole = (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': content.length, etag: '"1"' }).end(content);
};
const cut = (headers: Record<string, string>) => (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': content.length, ...headers });
  response.write(content.subarray(0, half), () => response.destroy());
};
const rest = (_: IncomingMessage, response: ServerResponse): void => {
  const from = Number(/bytes=(\d+)-/.exec(ranges.at(-1) ?? '')?.[1]);
  response.writeHead(206, { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }).end(content.subarray(from));
};

async function problemOf(url: string, options: Partial<FetchOptions> = {}): Promise<{ kind: unknown; message: string; seconds: number }> {
  const started = Date.now();
  try {
    await fetchFile(url, target, { sha256, ...options });
  } catch (error) {
    const { kind, message } = error as { kind: unknown; message: string };
    return { kind, message: message.replace(url, 'URL'), seconds: (Date.now() - started) / 1000 };
  }
  throw new Error('the file was fetched');
}

test('a file with the right checksum arrives byte for byte, with its progress', async () => {
  const seen: (number | undefined)[] = [];
  await fetchFile(await serve(whole), target, { sha256, onBytes: (bytes, total) => seen.push(bytes, total) });
  expect(readFileSync(target).equals(content)).toBe(true);
  expect(seen.slice(-2)).toEqual([content.length, content.length]);
});

test('a file with a wrong checksum is refused and both checksums are named', async () => {
  const expected = sha256.replace(/^./, sha256.startsWith('0') ? '1' : '0');
  const problem = await problemOf(await serve(whole), { sha256: expected });
  expect(problem.kind).toBe('checksum');
  expect(problem.message).toBe(`URL: its SHA-256 is ${sha256}, expected ${expected}`);
});

test('a cut connection is resumed where it was cut', async () => {
  const arrived: number[] = [];
  await fetchFile(await serve(cut({ etag: '"1"' }), rest), target, { sha256, onBytes: (bytes) => arrived.push(bytes) });
  expect(readFileSync(target).equals(content)).toBe(true);
  expect(ranges).toHaveLength(2);
  expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
});

test('a cut connection starts over when the server cannot name the bytes it sends', async () => {
  await fetchFile(await serve(cut({}), whole), target, { sha256 });
  expect(ranges).toEqual([undefined, undefined]);
  expect(readFileSync(target).equals(content)).toBe(true);
});

test('a server that sends another version instead of the rest starts the file over', async () => {
  await fetchFile(await serve(cut({ etag: '"0"' }), whole), target, { sha256 });
  expect(ranges[1]).toMatch(/^bytes=/);
  expect(readFileSync(target).equals(content)).toBe(true);
});

test('a connection that is cut each time is given up after four', async () => {
  const problem = await problemOf(await serve(cut({})));
  expect(problem).toMatchObject({ kind: 'cut' });
  expect(problem.message).toMatch(/^URL: the connection was cut after \d+ bytes$/);
  expect(ranges).toHaveLength(4);
});

test('a file that is not there fails at the first answer', async () => {
  const url = await serve((_, response) => response.writeHead(404).end());
  expect(await problemOf(url)).toMatchObject({ kind: 'status', message: 'URL: the server answered 404 Not Found' });
  expect(ranges).toHaveLength(1);
});

test('a server in trouble is asked again', async () => {
  await fetchFile(await serve((_, response) => response.writeHead(503).end(), whole), target, { sha256 });
  expect(ranges).toHaveLength(2);
});

test('a redirection is followed', async () => {
  await fetchFile(await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end(), whole), target, { sha256 });
  expect(ranges).toHaveLength(2);
});

test('an answer that stalls is given up, and says after how many bytes', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 1000));
  });
  const problem = await problemOf(url, { timeouts: { stall: 250 } });
  expect(problem).toMatchObject({ kind: 'stalled', message: 'URL: nothing arrived for 0.25 s after 1000 bytes' });
});

test('a port where nobody listens fails at once', async () => {
  const url = await serve(whole);
  await new Promise((resolve) => server!.close(resolve));
  server = undefined;
  const problem = await problemOf(url);
  expect(problem).toMatchObject({ kind: 'unreachable', message: 'URL: ECONNREFUSED' });
  expect(problem.seconds).toBeLessThan(10);
});

test('a network that swallows everything is noticed within the connection timeout', async () => {
  // TLS is never answered: as with a firewall that drops packets, no connection ever stands.
  const url = (await listen(createTcpServer((socket) => socket.resume().on('error', () => undefined)))).replace('http:', 'https:');
  const problem = await problemOf(url, { timeouts: { connect: 200 } });
  expect(problem).toMatchObject({ kind: 'unreachable', message: 'URL: no connection within 0.2 s' });
  expect(problem.seconds).toBeLessThan(10);
});

test('a server that takes the connection and says nothing is given up', async () => {
  const problem = await problemOf(await serve(() => undefined), { timeouts: { answer: 100 } });
  expect(problem).toMatchObject({ kind: 'unreachable', message: 'URL: no answer within 0.1 s' });
});

test('an abort ends the download at once', async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort());
  await expect(fetchFile(url, target, { sha256, signal: stop.signal })).rejects.toThrow(/abort/i);
});
