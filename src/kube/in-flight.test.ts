import { describe, expect, it } from 'vitest';
import { inFlight } from './in-flight.js';
import { backoffMs, pause, retryAfterMs } from './retry-delay.js';

describe('requests under way', () => {
  it('never lets in more than the limit, and all in order', async () => {
    const gate = inFlight(3);
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await gate.enter();
        order.push(i);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside--;
        gate.leave();
      }),
    );
    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('refuses those whose signal has come, and keeps their place free', async () => {
    const gate = inFlight(1);
    await gate.enter();
    const stop = new AbortController();
    const waiting = gate.enter(stop.signal);
    const behind = gate.enter();
    stop.abort(new Error('stopped'));
    gate.leave();
    await expect(waiting).rejects.toThrow('stopped');
    await behind;
    expect(() => gate.enter(stop.signal)).toThrow('stopped');
  });
});

describe('waiting before the next try', () => {
  it('doubles with jitter up to two seconds', () => {
    for (let attempt = 1; attempt < 20; attempt++) {
      const full = Math.min(2_000, 50 * 2 ** (attempt - 1));
      const ms = backoffMs(attempt);
      expect(ms).toBeGreaterThanOrEqual(full / 2);
      expect(ms).toBeLessThanOrEqual(full);
    }
  });

  it('reads Retry-After in seconds and as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterMs('2', now)).toBe(2_000);
    expect(retryAfterMs(['1'], now)).toBe(1_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000);
    expect(retryAfterMs('-1', now)).toBe(0);
    for (const nonsense of [undefined, '', 'soon']) expect(retryAfterMs(nonsense, now)).toBeUndefined();
  });

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });
});
