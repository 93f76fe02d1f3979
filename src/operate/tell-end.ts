import { randomUUID } from 'node:crypto';

/** What is said of a command from within its container: it starts, it has ended, there is no such program. */
export type Mark = 'starts' | 'ended' | 'missing';

/** A command below a shell that says when it has ended, and what finds these words in its stderr. */
export interface Told {
  command: string[];
  /** Passes a stream on without the marks in it, and tells each. */
  withoutMarks(stream: AsyncIterable<Buffer>, onMark: (mark: Mark) => void): AsyncGenerator<Buffer, void, undefined>;
}

/**
 * A container runtime gives the exit code only when it has got rid of all input; what nobody reads any more stays in its
 * pipe of 64 kB for ever (seen in containerd: `ExecIO.Attach` writes to a FIFO that has no reader). So a shell in the
 * container says on stderr when the command has ended, and reads what is left. The command itself runs by `exec`, with its
 * own streams; what the shell has to say of a killed child goes nowhere.
 */
const script = `n=$1; shift
command -v "$1" >/dev/null 2>&1 || { printf '%s?' "$n" >&2; exit 127; }
exec 3>&2 2>/dev/null
printf '%s<' "$n" >&3
( exec "$@" 2>&3 3>&- ); c=$?
printf '%s>' "$n" >&3
cat >/dev/null
exit $c`;

const marks: Readonly<Record<string, Mark>> = { '<': 'starts', '>': 'ended', '?': 'missing' };

/** Wraps a command so that its end is told. */
export function tellEnd(command: readonly string[]): Told {
  const name = `mostik-${randomUUID()}`;
  return { command: ['sh', '-c', script, 'sh', name, ...command], withoutMarks: (stream, onMark) => cutMarks(stream, Buffer.from(name), onMark) };
}

async function* cutMarks(stream: AsyncIterable<Buffer>, name: Buffer, onMark: (mark: Mark) => void): AsyncGenerator<Buffer, void, undefined> {
  let held = Buffer.alloc(0);
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk]);
    for (let at = held.indexOf(name); at >= 0 && at + name.length < held.length; at = held.indexOf(name)) {
      if (at > 0) yield held.subarray(0, at);
      const mark = marks[String.fromCharCode(held[at + name.length] ?? 0)];
      if (mark) onMark(mark);
      held = held.subarray(at + name.length + 1);
    }
    const rest = held.length - beginningOf(name, held);
    if (rest > 0) yield held.subarray(0, rest);
    held = held.subarray(rest);
  }
  if (held.length > 0) yield held;
}

/** How many bytes at the end of a text may be the beginning of a name. */
function beginningOf(name: Buffer, text: Buffer): number {
  for (let length = Math.min(name.length, text.length); length > 0; length--) {
    if (text.subarray(text.length - length).equals(name.subarray(0, length))) return length;
  }
  return 0;
}
