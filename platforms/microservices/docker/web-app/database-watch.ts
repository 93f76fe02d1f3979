import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from './backoff.js';
import { describeOutage } from './database-errors.js';
import type { Log } from './log.js';
import type { DatabaseSettings } from './settings.js';

export interface DatabaseState {
  connected: boolean;
  /** One sentence for people. */
  message: string;
  /** When the last check ended, as ISO 8601; absent before the first. */
  lastCheck?: string;
}

export interface DatabaseWatch {
  state(): DatabaseState;
  /** Tells the watch of an outage that somebody else met; it checks again at once. */
  lost(error: unknown): void;
  /** Resolves when no check is under way any more. */
  stop(): Promise<void>;
}

/**
 * Calls `contact` every few seconds while it succeeds, and after growing waits while it throws, for ever.
 * Every failed attempt is one line in the log.
 */
export function watchDatabase(contact: () => Promise<void>, settings: DatabaseSettings, log: Log): DatabaseWatch {
  const stopped = new AbortController();
  let wake = new AbortController();
  let state: DatabaseState = { connected: false, message: 'The database has not been reached yet.' };
  let failures = 0;

  async function check(): Promise<void> {
    try {
      await contact();
      if (!state.connected) log.info('database connected', { host: settings.host, database: settings.name, failures });
      failures = 0;
      state = { connected: true, message: 'The database is connected.', lastCheck: new Date().toISOString() };
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown): void {
    failures += 1;
    state = { connected: false, message: `${describeOutage(error, settings)}.`, lastCheck: new Date().toISOString() };
  }

  function nextWait(): number {
    if (state.connected) return settings.checkIntervalMs;
    const nextAttemptMs = backoffDelay(failures, { baseMs: settings.retryBaseMs, maxMs: settings.retryMaxMs });
    log.error('database is away', { reason: state.message, attempt: failures, nextAttemptMs });
    return nextAttemptMs;
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      wake = new AbortController();
      await check();
      if (stopped.signal.aborted) return;
      await sleep(nextWait(), undefined, { signal: AbortSignal.any([wake.signal, stopped.signal]) }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    state: () => state,
    lost(error) {
      if (!state.connected) return;
      fail(error);
      wake.abort();
    },
    stop() {
      stopped.abort();
      return running;
    },
  };
}
