import { asDict, asList } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';

/** One line that a container wrote. */
export interface LogLine {
  /** When the container runtime took it: RFC 3339. */
  time: string;
  /** Comparable as text over clocks' time zones: seconds and nanoseconds. */
  at: string;
  /** The component or object it was asked for by. */
  group: string;
  namespace: string;
  pod: string;
  container: string;
  /** The pod, with the container where it has several. */
  source: string;
  text: string;
}

/** Where lines come from. */
export interface LogSource {
  group: string;
  pod: KubeObject;
  container: string;
}

/** Reads a line as the API server gives it with timestamps: time, blank, text. A line without a time goes with the one before. */
export function readLine(line: string, { group, pod, container }: LogSource, before?: LogLine): LogLine {
  const blank = line.indexOf(' ');
  const time = blank < 0 ? line : line.slice(0, blank);
  const at = momentOf(time);
  const common = { group, namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container, source: sourceName(pod, container) };
  if (at === undefined) return { ...common, time: before?.time ?? '', at: before?.at ?? '', text: line };
  return { ...common, time, at, text: blank < 0 ? '' : line.slice(blank + 1) };
}

function sourceName(pod: KubeObject, container: string): string {
  const { containers, initContainers } = asDict(pod['spec']);
  return asList(containers).length + asList(initContainers).length > 1 ? `${pod.metadata.name}/${container}` : pod.metadata.name;
}

/** `1795293277.123456789` of an RFC 3339 time; undefined for anything else. */
export function momentOf(time: string): string | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time);
  if (!parts) return undefined;
  const [, whole = '', fraction = '', zone = ''] = parts;
  const ms = Date.parse(`${whole}${zone}`);
  return Number.isNaN(ms) ? undefined : `${String(ms / 1000).padStart(11, '0')}.${fraction.padEnd(9, '0')}`;
}

/** Merges sources, each in its own order, by time; of equal times the earlier source goes first. */
export async function* mergeByTime(sources: readonly AsyncIterable<LogLine>[]): AsyncGenerator<LogLine, void, undefined> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
  for (;;) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      const best = heads[first];
      if (head.done !== true && (best === undefined || best.done === true || head.value.at < best.value.at)) first = i;
    }
    const head = heads[first];
    if (head === undefined || head.done === true) return;
    yield head.value;
    heads[first] = await iterators[first]!.next();
  }
}

/** Holds lines for a moment, so that those of several streams come out in the order of their times. */
export function reorder(out: (line: LogLine) => void, holdMs: number): { add(line: LogLine): void; flush(): void } {
  let held: LogLine[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const lines = held.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    held = [];
    for (const line of lines) out(line);
  };
  return {
    add: (line) => {
      held.push(line);
      timer ??= setTimeout(flush, holdMs);
    },
    flush,
  };
}
