import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { createStyle, type Look } from '../views/look.js';

/** Where a command runs: three streams and the environment. */
export interface Host {
  stdin: Readable & { isTTY?: boolean; setRawMode?(raw: boolean): void };
  stdout: Screen;
  stderr: Screen;
  env: NodeJS.ProcessEnv;
}

/** A stream that may be a terminal. */
export type Screen = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** What commands print with: data on stdout, everything else on stderr. */
export interface Terminal {
  /** How data on stdout looks; nothing is cut unless it is a terminal. */
  outLook: Look;
  /** How progress and messages on stderr look. */
  errLook: Look;
  /** Stderr is a terminal whose lines can be drawn again. */
  live: boolean;
  /** There is somebody to ask. */
  interactive: boolean;
  stdin: Host['stdin'];
  stdout: Screen;
  stderr: Screen;
  /** Writes data to stdout, with a line end; false once the reader is gone. */
  out(text: string): boolean;
  /** Writes a message to stderr, with a line end; above what is drawn there. */
  err(text: string): void;
  /** While something is drawn on stderr, messages are written by this function; undefined when nothing is. */
  drawing(above: ((text: string) => void) | undefined): void;
  /** Asks a yes-or-no question; anything but yes is no. */
  ask(question: string, signal: AbortSignal): Promise<boolean>;
}

/** The streams of a process, written to until their reader goes away (`| head`), which is no error. */
export interface Streams extends Host {
  /** Writes text with a line end; false once the reader is gone. */
  write(stream: Screen, text: string): boolean;
  /** Writes messages while something is drawn on stderr. */
  above: ((text: string) => void) | undefined;
  /** Waits until everything written has left the process. */
  flush(): Promise<void>;
}

/** Opens the streams of a process. */
export function openStreams(host: Host): Streams {
  const gone = new Set<Screen>();
  for (const stream of [host.stdout, host.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      gone.add(stream);
    });
  }
  return {
    ...host,
    above: undefined,
    write: (stream, text) => {
      if (!gone.has(stream) && text !== '') stream.write(text.endsWith('\n') ? text : `${text}\n`);
      return !gone.has(stream);
    },
    flush: async () => {
      await Promise.all([host.stdout, host.stderr].filter((stream) => !gone.has(stream)).map(drained));
    },
  };
}

/** Makes the terminal that a command prints with. */
export function createTerminal(streams: Streams, options: { noColor: boolean; verbose: boolean }): Terminal {
  const { stdin, stdout, stderr, env } = streams;
  return {
    outLook: lookOf(stdout, env, options),
    errLook: lookOf(stderr, env, options),
    live: stderr.isTTY === true && env['TERM'] !== 'dumb',
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    stdin,
    stdout,
    stderr,
    out: (text) => streams.write(stdout, text),
    err: (text) => {
      if (streams.above === undefined) streams.write(stderr, text);
      else streams.above(text);
    },
    drawing: (above) => { streams.above = above; },
    ask: (question, signal) => ask(question, { stdin, stderr, signal }),
  };
}

/** Colour by flag, then NO_COLOR, then FORCE_COLOR, then whether the stream is a terminal that has colours. */
export function wantsColour(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv, noColor: boolean): boolean {
  if (noColor || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return !/^(0|false|no)$/i.test(forced);
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

function lookOf(stream: Screen, env: NodeJS.ProcessEnv, options: { noColor: boolean; verbose: boolean }): Look {
  const style = createStyle(wantsColour(stream, env, options.noColor));
  return {
    style,
    verbose: options.verbose,
    // Read each time: the window may be resized while a table is drawn.
    get width() {
      if (stream.isTTY !== true) return Infinity;
      return stream.columns !== undefined && stream.columns > 0 ? stream.columns : 80;
    },
  };
}

function ask(question: string, { stdin, stderr, signal }: { stdin: Readable; stderr: Screen; signal: AbortSignal }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdin, output: stderr });
    const abort = (): void => {
      // First, since closing counts as a no.
      reject(signal.reason instanceof Error ? signal.reason : new Error('interrupted'));
      lines.close();
      stderr.write('\n');
    };
    signal.addEventListener('abort', abort, { once: true });
    // In a question the terminal hands Ctrl-C to readline, not to the process.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    lines.on('close', () => {
      signal.removeEventListener('abort', abort);
      resolve(false);
    });
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      lines.close();
    });
  });
}

function drained(stream: Screen): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => { resolve(); });
  });
}
