import type { Readable, Writable } from 'node:stream';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { formatRef, refOf } from '../model/index.js';
import type { ExecExit, ExecSession } from '../kube/index.js';
import { containerToUse, podToUse } from './pod-state.js';
import { listSelected, selectPods, type Workplace } from './select-pods.js';
import { tellEnd, type Mark, type Told } from './tell-end.js';

/** What is run where, and the streams that it is given. */
export interface RunInPod {
  word: string;
  container?: string | undefined;
  /** Program and arguments; a shell when undefined. */
  command?: readonly string[];
  /** Absent: the command sees an end of input at once. */
  stdin?: Readable | undefined;
  stdout: Writable;
  stderr: Writable;
  /** A terminal for the command; `onResize` calls back with its size now and after each change, and returns what ends that. */
  terminal?: { name: string; onResize(tell: (columns: number, rows: number) => void): () => void } | undefined;
  /** Told before it starts: `Pod/default/web-1`, the container, and how many pods there were to choose from. */
  onChosen?(chosen: { pod: string; container: string; of: number }): void;
  signal: AbortSignal;
}

/** Prefers bash, takes sh; `$1` is the kind of terminal. */
const shell = ['sh', '-c', 'TERM="$1"; export TERM; if command -v bash >/dev/null 2>&1; then exec bash; fi; exec sh', 'sh'];

/** Runs a command, or a shell, in a pod of a component; returns its exit code. Streams are not ended. */
export async function runInPod(workplace: Workplace, request: RunInPod): Promise<number> {
  const { kube } = workplace.target;
  const selection = await selectPods(workplace, [request.word]);
  const pods = await listSelected(kube, selection, request.signal);
  const { pod } = await podToUse(workplace.target, { selection, pods, verb: request.command ? 'run a command in' : 'open a shell in' });
  const container = containerToUse(pod, request.container);
  const command = request.command ?? [...shell, request.terminal?.name ?? 'dumb'];
  request.onChosen?.({ pod: formatRef(refOf(pod)), container, of: pods.length });
  const start = (program: readonly string[]): Promise<ExecSession> => kube.exec(refOf(pod), { container, command: program, stdin: request.stdin !== undefined, tty: request.terminal !== undefined, signal: request.signal });
  const told = isFed(request) ? tellEnd(command) : undefined;
  const exit = (told && (await connectTold(await start(told.command), told, request))) ?? (await connectStreams(await start(command), request));
  if (exit.code !== undefined) return exit.code;
  throw notStarted(formatRef(refOf(pod)), request.command, exit.problem);
}

/** Input that may be more than a command reads: a person at a keyboard types no 64 kB. */
function isFed({ stdin, terminal }: RunInPod): boolean {
  return stdin !== undefined && terminal === undefined && !('isTTY' in stdin && stdin.isTTY === true);
}

async function connectStreams(session: ExecSession, { stdin, stdout, stderr, terminal }: RunInPod): Promise<ExecExit> {
  const stopResize = terminal?.onResize(session.resize);
  // Input that nobody takes any more is no error: the command has ended.
  session.stdin.on('error', () => undefined);
  if (stdin) stdin.pipe(session.stdin);
  else session.stdin.end();
  try {
    const [exit] = await Promise.all([session.exit, pour(session.stdout, stdout), pour(session.stderr, stderr)]);
    return exit;
  } finally {
    stopResize?.();
    stdin?.unpipe(session.stdin);
    stdin?.pause();
  }
}

/** The same with a command that tells its end, so that no more input is sent then; undefined where the container has no shell for that. */
async function connectTold(session: ExecSession, { withoutMarks }: Told, { command, stdin, stdout, stderr }: RunInPod): Promise<ExecExit | undefined> {
  const marks = new Set<Mark>();
  const endInput = (): void => {
    stdin?.unpipe(session.stdin);
    stdin?.pause();
    if (!session.stdin.writableEnded) session.stdin.end();
  };
  session.stdin.on('error', () => undefined);
  const errors = withoutMarks(session.stderr as AsyncIterable<Buffer>, (mark) => {
    marks.add(mark);
    // What was read for a shell that is not there could not be given to the command.
    if (mark === 'starts') stdin?.pipe(session.stdin);
    else endInput();
  });
  try {
    const [exit] = await Promise.all([session.exit, pour(session.stdout, stdout), pour(errors, stderr)]);
    if (marks.has('missing')) return { code: undefined, problem: `exec: "${command?.[0] ?? 'sh'}": executable file not found in $PATH` };
    return marks.has('starts') ? exit : undefined;
  } finally {
    endInput();
  }
}

/** Writes a stream into another that stays open; a reader that went away ends the writing, not the command. */
export async function pour(from: AsyncIterable<Buffer>, to: Writable): Promise<void> {
  for await (const chunk of from) {
    if (to.destroyed || to.errored) continue;
    if (!to.write(chunk)) await writable(to);
  }
}

function writable(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.removeListener(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.once(event, done);
  });
}

/** The error for a command that the container runtime could not start; its nesting of errors is cut to the innermost. */
export function notStarted(pod: string, command: readonly string[] | undefined, problem: string): MostikError {
  const missing = /exec: "([^"]+)": (.*?)(: unknown)?$/.exec(problem);
  const hint = command ? '' : 'the image has no shell; mostik run starts what it has';
  const plain = missing ? (missing[2] ?? '').replace('executable file not found in $PATH', 'the container has no such program') : problem.replace(/^(Internal error occurred: )+/, '');
  return new MostikError([diagnose('command-not-started', { pod, command: command?.[0] ?? 'a shell', problem: plain, hint })]);
}
