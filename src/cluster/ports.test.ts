import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { choosePorts, keepPorts, listenerOn } from './ports.js';

async function occupy() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test('two different free ports are chosen, below those of outgoing connections', async () => {
  const { api, agent } = await choosePorts([]);
  expect(api).not.toBe(agent);
  for (const port of [api, agent]) expect(port).toBeLessThan(32_768);
});

test('ports that are free are kept', async () => {
  const ports = await choosePorts([]);
  expect(await keepPorts(ports, [])).toEqual({ ports, taken: [] });
});

test('a port that is taken is replaced, and its holder is named', async () => {
  const { port, close } = await occupy();
  try {
    const { agent } = await choosePorts([port]);
    const { ports, taken } = await keepPorts({ api: port, agent }, []);
    expect(ports.agent).toBe(agent);
    expect(ports.api).not.toBe(port);
    expect(taken).toEqual([{ use: 'api', port, replacement: ports.api, holder: expect.stringContaining(`(process ${process.pid})`) as string }]);
  } finally {
    close();
  }
});

test('a port where nobody listens has no holder that could be named', async () => {
  expect(listenerOn((await choosePorts([])).api)).toBe('another program');
});
