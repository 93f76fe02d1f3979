import { once } from 'node:events';
import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notes } from '../microservice1/src/notes.js';
import { noDatabase } from './database.js';
import { createHttpServer } from './http-server.js';
import { createLog } from './log.js';
import { createRoutes } from './routes.js';

const patient = { timeout: 45_000, interval: 25 };
const written: string[] = [];
const log = createLog({ service: 'test', level: 'debug', write: (line) => written.push(line) });
const routes = createRoutes(notes, { database: noDatabase(), databaseExpected: false });
const server = createHttpServer(
  [...routes, { method: 'GET', path: '/broken', handle: () => Promise.reject(new Error('a secret detail')) }],
  log,
);
let port = 0;
let base = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address !== null) port = address.port;
  base = `http://127.0.0.1:${port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = (body: string | Buffer, type = 'application/json'): Promise<Response> =>
  fetch(`${base}/api/service1`, { method: 'POST', headers: { 'content-type': type }, body });

test('an unknown path is answered with 404 and what there is', async () => {
  const answer = await fetch(`${base}/nothing?a=1`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    error: { code: 'not_found', message: 'Nothing is at /nothing. There is: /health, /db-status, /api/service1, /, /page.css, /page.js, /broken.' },
  });
});

test.each([
  ['/health', 'DELETE', 'GET, HEAD'],
  ['/api/service1', 'PUT', 'GET, HEAD, POST'],
])('%s refuses %s and allows %s', async (path, method, allow) => {
  const answer = await fetch(base + path, { method });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe(allow);
  expect(await answer.json()).toEqual({ error: { code: 'method_not_allowed', message: `${path} does not take ${method}; it takes ${allow}.` } });
});

test('HEAD answers like GET without a body', async () => {
  const head = await fetch(`${base}/`, { method: 'HEAD' });
  const get = await fetch(`${base}/`);
  expect(head.status).toBe(200);
  expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(await get.text())));
  expect(await head.text()).toBe('');
});

test('a failure inside is answered without its detail, which goes to the log', async () => {
  const answer = await fetch(`${base}/broken`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret');
  expect(written.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ level: 'error', message: 'request failed', error: 'a secret detail' }));
});

test.each([
  ['{"text": 5}', 'text: expected a text, got a value of type number. Send for example {"text": "hello"}.'],
  ['{"txt": "x"}', 'text: expected a text, got nothing. Send for example {"text": "hello"}.'],
  ['["x"]', 'text: expected a text, got nothing. Send for example {"text": "hello"}.'],
  ['null', 'text: expected a text, got nothing. Send for example {"text": "hello"}.'],
  ['{"text": null}', 'text: expected a text, got null. Send for example {"text": "hello"}.'],
  ['{"text": "  "}', 'text: expected a text, got an empty one.'],
  ['{"text": "a\\u0000b"}', 'text: the character U+0000 cannot be stored.'],
  [JSON.stringify({ text: 'é'.repeat(281) }), 'text: expected at most 280 characters, got 281.'],
  ['{"text": ', 'The body is not valid JSON.'],
  ['', 'The body is not valid JSON.'],
])('the body %s is refused', async (body, message) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: { code: 'invalid', message } });
});

test('a body that is not JSON by its type is refused', async () => {
  const answer = await post('text=hello', 'application/x-www-form-urlencoded');
  expect(answer.status).toBe(415);
  expect(await answer.json()).toMatchObject({ error: { message: 'Content-Type: expected application/json, got application/x-www-form-urlencoded.' } });
});

test('a body that is too large is refused, and the refusal arrives', async () => {
  const answer = await post(JSON.stringify({ text: 'x'.repeat(200_000) }));
  expect(answer.status).toBe(413);
  expect(await answer.json()).toEqual({ error: { code: 'too_large', message: 'The body is larger than 16384 bytes.' } });
});

test('a client that leaves in the middle of its request is no error of the service', async () => {
  const before = written.length;
  const leaving = httpRequest(`${base}/api/service1`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '100' } });
  leaving.on('error', () => undefined);
  const arrived = once(server, 'request');
  leaving.write('{');
  await arrived;
  leaving.destroy();
  await expect.poll(() => written.slice(before).map((line) => JSON.parse(line)), patient).toContainEqual(expect.objectContaining({ aborted: true }));
  expect(written.slice(before).filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

test('bytes that are not HTTP are answered with 400', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.end('this is not HTTP\r\n\r\n');
  const [bytes] = await once(socket, 'data');
  expect(String(bytes)).toMatch(/^HTTP\/1\.1 400 /);
});

test.each(['//', '/%', '/..', '/?x'])('the odd target %s does no harm', async (path) => {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const [bytes] = await once(socket, 'data');
  expect(String(bytes)).toMatch(/^HTTP\/1\.1 (200|404) /);
});

test('probes are logged at level debug, other requests at level info', async () => {
  const before = written.length;
  await fetch(`${base}/health`);
  await fetch(`${base}/nothing`);
  await expect.poll(() => written.slice(before).map((line) => JSON.parse(line)).map(({ level, path, status }) => ({ level, path, status })), patient).toEqual([
    { level: 'debug', path: '/health', status: 200 },
    { level: 'info', path: '/nothing', status: 404 },
  ]);
});
