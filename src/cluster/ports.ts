import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from './record.js';

/** Below the range that kernels give to outgoing connections, so that a stopped cluster finds its ports free again. */
const range = { from: 16_000, to: 32_000 };

/** A port that was kept and is somebody else's by now. */
export interface TakenPort {
  use: keyof Ports;
  port: number;
  replacement: number;
  /** Who listens on it, in words. */
  holder: string;
}

/** Chooses free ports on 127.0.0.1, none of them in `avoid`. */
export async function choosePorts(avoid: Iterable<number>): Promise<Ports> {
  const used = new Set(avoid);
  const api = await choosePort(used);
  used.add(api);
  return { api, agent: await choosePort(used) };
}

/** Keeps the ports that are free and replaces the others. */
export async function keepPorts(kept: Ports, avoid: Iterable<number>): Promise<{ ports: Ports; taken: TakenPort[] }> {
  const used = new Set([...avoid, kept.api, kept.agent]);
  const ports = { ...kept };
  const taken: TakenPort[] = [];
  for (const use of ['api', 'agent'] as const) {
    const holder = await holderOf(kept[use]);
    if (holder === undefined) continue;
    const replacement = await choosePort(used);
    used.add(replacement);
    ports[use] = replacement;
    taken.push({ use, port: kept[use], replacement, holder });
  }
  return { ports, taken };
}

/** Tells whether somebody takes connections at an address of this machine; nobody does at one that it does not have. */
export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Binding asks the kernel alone: a connection to an address that is not ours would leave the machine.
    server.once('error', (error) => { resolve('code' in error && error.code === 'EADDRINUSE'); });
    server.listen({ host, port, exclusive: true }, () => { server.close(() => { resolve(false); }); });
  });
}

/**
 * Says who holds a port; undefined when it is free. A program that was killed a moment ago may still be closing its
 * sockets while it no longer shows what it had open, so a port that nobody can be seen to hold gets some time.
 */
async function holderOf(port: number): Promise<string | undefined> {
  const deadline = Date.now() + 3_000;
  while (!(await isFree(port))) {
    const holder = listenerOn(port);
    if (holder !== unknownHolder || Date.now() > deadline) return holder;
    await sleep(50);
  }
  return undefined;
}

async function choosePort(avoid: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = randomInt(range.from, range.to);
    if (!avoid.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`No free port on 127.0.0.1 between ${range.from} and ${range.to}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

const unknownHolder = 'another program';

/** Says who listens on a port of this machine, as far as the system lets us know. */
export function listenerOn(port: number): string {
  try {
    return (process.platform === 'linux' ? listenerByProc(port) : listenerByLsof(port)) ?? unknownHolder;
  } catch {
    return unknownHolder;
  }
}

function listenerByProc(port: number): string | undefined {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(`/proc/net/${table}`, port)));
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    for (const link of openFiles(pid)) {
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode !== undefined && inodes.has(inode)) return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
    }
  }
  return undefined;
}

function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) && fields[3] === '0A') // 0A: listening
    .flatMap((fields) => fields[9] ?? []);
}

function openFiles(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((file) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${file}`);
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return []; // another user's process, or one that ended
  }
}

function listenerByLsof(port: number): string | undefined {
  const out = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [pid, command] = [/^p(\d+)/m.exec(out)?.[1], /^c(.+)/m.exec(out)?.[1]];
  return pid === undefined ? undefined : `${command ?? 'a program'} (process ${pid})`;
}
