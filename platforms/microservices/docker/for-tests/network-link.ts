import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A piece of real network between a client and a server, which can be broken in the ways networks break. */
export interface NetworkLink {
  port: number;
  /** From here on nothing passes, and nobody is told: packets vanish, as behind a broken switch. */
  freeze(): void;
  /** Everything passes again; what was on its way is lost with its connections. */
  thaw(): void;
  close(): Promise<void>;
}

export async function linkTo(target: { host: string; port: number }): Promise<NetworkLink> {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (frozen || to.write(chunk)));
      from.on('close', () => {
        sockets.delete(from);
        if (!frozen) to.destroy();
      });
      from.on('error', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    freeze: () => void (frozen = true),
    thaw() {
      frozen = false;
      drop();
    },
    async close() {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}
