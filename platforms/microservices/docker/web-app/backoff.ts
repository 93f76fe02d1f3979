export interface BackoffOptions {
  /** Longest wait before the second attempt, in milliseconds. */
  baseMs: number;
  /** No wait is longer than this, in milliseconds. */
  maxMs: number;
  /** A number from 0 up to 1; `Math.random` by default. */
  random?: () => number;
}

/**
 * The wait in milliseconds after the given number of failures in a row (1 or more): doubled each time, up to the
 * limit, and somewhere between half and all of that. The random half keeps many replicas from knocking together.
 */
export function backoffDelay(failures: number, { baseMs, maxMs, random = Math.random }: BackoffOptions): number {
  const longest = Math.min(maxMs, baseMs * 2 ** Math.max(0, failures - 1));
  return Math.round(longest / 2 + (longest / 2) * random());
}
