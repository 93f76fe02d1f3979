import type { Kube, LogOptions } from '../kube/index.js';
import { refOf } from '../model/index.js';
import { readLine, type LogLine, type LogSource } from './log-lines.js';

/** What happens to the sources of a log while it is read. */
export interface LogNote {
  event: 'waiting' | 'joined' | 'restarted' | 'left' | 'no-previous' | 'not-started' | 'simulated';
  /** `web-1`, or a component. */
  subject: string;
  container?: string;
  /** Why it has not started. */
  reason?: string;
}

/** Whose log is read, and from where on. */
export interface LogRequest {
  words: readonly string[];
  container?: string | undefined;
  sinceSeconds?: number | undefined;
  /** Lines of each container. */
  tail?: number | undefined;
  previous: boolean;
  follow: boolean;
  onLine(line: LogLine): void;
  onNote(note: LogNote): void;
  signal: AbortSignal;
}

/** Which container of which pod. */
export function sourceKey({ namespace, pod, container }: Pick<LogLine, 'namespace' | 'pod' | 'container'>): string {
  return `${namespace}/${pod}/${container}`;
}

/** How the API server is asked for what a user wants. */
export function optionsOf({ tail, sinceSeconds, previous, signal }: LogRequest): LogOptions {
  return { ...(tail !== undefined ? { tailLines: tail } : {}), ...(sinceSeconds !== undefined ? { sinceSeconds } : {}), ...(previous ? { previous } : {}), signal };
}

/** The lines of one container; one that went away meanwhile has none. */
export async function* linesOf(kube: Kube, source: LogSource, options: LogOptions): AsyncGenerator<LogLine, void, undefined> {
  let before: LogLine | undefined;
  for await (const line of kube.logs(refOf(source.pod), { ...options, container: source.container, timestamps: true })) yield (before = readLine(line, source, before));
}
