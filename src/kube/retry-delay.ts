import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds before try `attempt` (1, 2, ...): doubling from 50 ms up to 2 s, each with up to half of it taken off at random. */
export function backoffMs(attempt: number): number {
  const full = Math.min(2_000, 50 * 2 ** (attempt - 1));
  return full * (1 - Math.random() / 2);
}

/** Waits; an abort ends the wait with the signal's reason. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

/** Reads Retry-After (seconds, or a date) as milliseconds from now; undefined when it is not there or makes no sense. */
export function retryAfterMs(header: string | string[] | undefined, now = Date.now()): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
