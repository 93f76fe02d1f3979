import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer as createPlain, type AddressInfo, type Server as NetServer } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { getOver } from '../../src/operate/get-over-stream.js';
import { makeCertificates } from './certificates.js';

const servers: (Server | NetServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server | NetServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A stream that is no socket, as a forwarded port is. */
function streamTo(port: number): Duplex {
  const socket = connect(port, '127.0.0.1');
  return Duplex.from({ readable: socket, writable: socket });
}

const echo: RequestListener = ({ url, headers }, response) => {
  response.writeHead(url === '/moved' ? 302 : 200, { location: '/' }).end(JSON.stringify({ url, host: headers.host, agent: headers['user-agent'] }));
};
const get = { isTls: false, host: 'web', path: '/', headers: {}, signal: AbortSignal.timeout(20_000) };

test('asks by HTTP and by HTTPS over a stream, with the names and headers that were given', async () => {
  const [plain, { server }] = [await portOf(createHttp(echo)), await makeCertificates()];
  const secure = await portOf(createHttps({ cert: server.certificate, key: server.key }, echo));
  expect(await getOver(streamTo(plain), { ...get, path: '?a=1', host: 'web:8080' })).toEqual({ status: 200, body: '{"url":"/?a=1","host":"web:8080","agent":"mostik"}' });
  expect(await getOver(streamTo(secure), { ...get, isTls: true, path: '/x', headers: { Host: 'shop.example.org' } })).toEqual({ status: 200, body: '{"url":"/x","host":"shop.example.org","agent":"mostik"}' });
  expect((await getOver(streamTo(plain), { ...get, path: '/moved' })).status).toBe(302);
});

test('a connection that ends without an answer, or never answers, is an error', async () => {
  const ending = await portOf(createPlain((socket) => socket.end()));
  await expect(getOver(streamTo(ending), get)).rejects.toThrow();
  const silent = await portOf(createPlain((socket) => socket.on('error', () => undefined)));
  await expect(getOver(streamTo(silent), { ...get, signal: AbortSignal.timeout(100) })).rejects.toThrow();
});
