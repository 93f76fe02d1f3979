import { Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, asList, asString } from '../lib/read-unknown.js';
import { formatRef, type ObjectRef } from '../model/index.js';
import type { ExecExit, ExecOptions, ExecSession } from './kube.js';
import { messageOf, openWebSocket, sendMessage, type SocketParts } from './web-socket.js';

/** Kubernetes 1.30 and newer: one byte says the channel, and the end of stdin can be said (KEP-4006). */
const protocol = 'v5.channel.k8s.io';
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;

/** What one message carries of stdin at most: servers may limit messages. */
const mostBytes = 32 * 1024;

/** Runs a command in a container of a pod. */
export async function exec(parts: SocketParts, pod: ObjectRef, options: ExecOptions): Promise<ExecSession> {
  const { container, command, stdin = false, tty = false, signal } = options;
  const query = new URLSearchParams(command.map((word): [string, string] => ['command', word]));
  if (container !== undefined) query.set('container', container);
  query.set('stdin', String(stdin));
  query.set('stdout', 'true');
  query.set('stderr', String(!tty));
  query.set('tty', String(tty));
  const web = await openWebSocket(parts, { pod, subresource: 'exec', verb: 'exec', query, protocol, signal });
  return session(web, { subject: formatRef(pod), context: parts.client.target.context, signal });
}

/** The server closes after the status, but not while it holds input that the command did not read; output may still be on its way. */
const endMs = 1_000;

interface About {
  subject: string;
  context: string;
  signal: AbortSignal | undefined;
}

function session(web: WebSocket, about: About): ExecSession {
  const full = new Set<Readable>();
  const [stdout, stderr] = [output(web, full), output(web, full)];
  const exit = new Promise<ExecExit>((resolve, reject) => {
    let status: ExecExit | undefined;
    let ending: NodeJS.Timeout | undefined;
    const abort = (): void => web.terminate();
    about.signal?.addEventListener('abort', abort, { once: true });
    web.on('message', (data) => {
      const message = messageOf(data);
      const content = message.subarray(1);
      ending?.refresh();
      if (message[0] === channels.stdout) put(web, stdout, { content, full });
      else if (message[0] === channels.stderr) put(web, stderr, { content, full });
      else if (message[0] === channels.status) {
        status = exitOf(content.toString('utf8'));
        ending = setTimeout(() => (full.size > 0 ? ending?.refresh() : web.terminate()), endMs);
      }
    });
    web.once('close', () => {
      clearTimeout(ending);
      about.signal?.removeEventListener('abort', abort);
      stdout.push(null);
      stderr.push(null);
      if (status) resolve(status);
      else reject(about.signal?.aborted ? (about.signal.reason as Error) : new MostikError([diagnose('connection-lost', { subject: about.subject, verb: 'exec', context: about.context })]));
    });
    web.resume();
  });
  // Whoever waits for the streams first must not end the process by that.
  exit.catch(() => undefined);
  return {
    stdin: input(web),
    stdout,
    stderr,
    resize: (columns, rows) => sendMessage(web, framed(channels.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))), () => undefined),
    exit,
  };
}

/** A stream that stops the whole connection while its reader is behind: channels share one flow. */
function output(web: WebSocket, full: Set<Readable>): Readable {
  const stream: Readable = new Readable({
    read() {
      if (full.delete(stream) && full.size === 0) web.resume();
    },
  });
  return stream;
}

function put(web: WebSocket, stream: Readable, { content, full }: { content: Buffer; full: Set<Readable> }): void {
  if (content.length === 0 || stream.push(content)) return;
  full.add(stream);
  web.pause();
}

function input(web: WebSocket): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const next = (at: number, error?: Error | null): void => {
        if (error || at >= chunk.length) return done(error);
        sendMessage(web, framed(channels.stdin, chunk.subarray(at, at + mostBytes)), (problem) => next(at + mostBytes, problem));
      };
      next(0);
    },
    final(done) {
      // A command that ended by itself needs no end of input.
      sendMessage(web, Buffer.from([channels.close, channels.stdin]), () => done());
    },
  });
}

function framed(channel: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), content]);
}

/** Reads the Status object that ends a command. */
export function exitOf(text: string): ExecExit {
  let status: ReturnType<typeof asDict>;
  try {
    status = asDict(JSON.parse(text));
  } catch {
    return { code: undefined, problem: text.trim() };
  }
  if (status['status'] === 'Success') return { code: 0, problem: '' };
  const causes = asList(asDict(status['details'])['causes']).map(asDict);
  const code = asString(causes.find(({ reason }) => reason === 'ExitCode')?.['message']);
  if (status['reason'] === 'NonZeroExitCode' && code !== undefined && /^\d+$/.test(code)) return { code: Number(code), problem: '' };
  return { code: undefined, problem: asString(status['message']) ?? 'the command could not be run' };
}
