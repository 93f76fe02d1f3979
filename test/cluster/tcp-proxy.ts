import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP forwarder before an API server, that can do what bad networks do. */
export interface TcpProxy {
  /** The same kubeconfig, through the forwarder. */
  kubeconfig: string;
  /** Connections made so far. */
  connections(): number;
  /** Ends all connections; new ones work, also after a stall. */
  cut(): void;
  /** Lets requests through but no answers, without ending connections. */
  stall(): void;
  /** Ends all connections and refuses new ones until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a forwarder to the server of a kubeconfig. Answers come `delayMs` later, as over a long way. */
export async function startTcpProxy(kubeconfig: string, { delayMs = 0 } = {}): Promise<TcpProxy> {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] };
  const target = new URL(config.clusters[0]!.cluster.server);
  const pairs = new Set<[Socket, Socket]>();
  let made = 0;
  let stalled = false;
  const server = createServer((client) => {
    made++;
    const upstream = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      if (stalled) return;
      // Timers of one length fire in order, so the answers stay in order.
      if (delayMs > 0) setTimeout(() => client.write(data), delayMs);
      else client.write(data);
    });
    for (const socket of pair) socket.on('error', end).on('close', end);
  });
  const listen = (port: number): Promise<void> => new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const [client] of [...pairs]) client.destroy();
    });
  await listen(0);
  const { port } = server.address() as { port: number };
  config.clusters[0]!.cluster.server = `https://127.0.0.1:${port}`;
  const file = `${kubeconfig}.proxy-${port}`;
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return {
    kubeconfig: file,
    connections: () => made,
    cut: () => {
      stalled = false;
      for (const [client] of [...pairs]) client.destroy();
    },
    stall: () => {
      stalled = true;
    },
    refuse: close,
    accept: () => listen(port),
    stop: () => (server.listening ? close() : Promise.resolve()),
  };
}
