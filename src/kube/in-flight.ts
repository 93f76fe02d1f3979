/** Lets at most `most` callers in at a time; the others wait in order. */
export function inFlight(most: number): { enter(signal?: AbortSignal): Promise<void>; leave(): void } {
  let inside = 0;
  const waiting: { go(): void; signal: AbortSignal | undefined; refuse(reason: unknown): void }[] = [];
  return {
    enter(signal) {
      signal?.throwIfAborted();
      if (inside < most) {
        inside++;
        return Promise.resolve();
      }
      return new Promise<void>((go, refuse) => waiting.push({ go, refuse, signal }));
    },
    leave() {
      // Aborts are looked at when a place is free: places free up at once, since requests under way end on the same signal.
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        if (!next.signal?.aborted) {
          next.go();
          return;
        }
        next.refuse(next.signal.reason);
      }
      inside--;
    },
  };
}
