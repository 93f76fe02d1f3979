import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../model/index.js';

/** What came of asking once. */
export interface Answer {
  /**
   * `wrong`: something else came than was expected. `none`: nobody is there to answer yet. `hopeless`: asking again makes no
   * sense. `simulated`: containers that would answer do not run.
   */
  verdict: 'right' | 'wrong' | 'none' | 'hopeless' | 'simulated';
  /** What was asked, what came, and what was expected. */
  reason: string;
  /** The pod that was asked, or that should have been there to be asked. */
  pod?: KubeObject | undefined;
}

/** One question, asked once; a signal ends it. */
export type Ask = (signal: AbortSignal) => Promise<Answer>;

const pauseMs = 1000;

/** Asks again and again until the answer is right, or asking makes no sense, or the time is up: then the last answer counts. */
export async function askUntilRight(ask: Ask, { timeoutSeconds, signal }: { timeoutSeconds: number; signal: AbortSignal }): Promise<Answer> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  let last: Answer | undefined;
  for (;;) {
    const left = AbortSignal.timeout(Math.max(1, deadline - Date.now()));
    const answer = await ask(AbortSignal.any([signal, left])).catch((error: unknown): Answer => {
      signal.throwIfAborted();
      if (left.aborted) return last ?? { verdict: 'none', reason: 'no answer came' };
      return { verdict: 'wrong', reason: error instanceof Error ? error.message : String(error), pod: last?.pod };
    });
    signal.throwIfAborted();
    if (answer.verdict !== 'wrong' && answer.verdict !== 'none') return answer;
    last = answer;
    if (Date.now() + pauseMs >= deadline) return last;
    await sleep(pauseMs, undefined, { signal });
  }
}
