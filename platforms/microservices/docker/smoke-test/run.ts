import { backoffDelay } from '../web-app/backoff.js';
import { errorFields } from '../web-app/log.js';
import type { Target } from './targets.js';

export interface RunOptions {
  /** How long a service may take to be well, in milliseconds. */
  deadlineMs: number;
  write: (line: string) => void;
}

const ASK_TIMEOUT_MS = 5000;

/** Asks every target until it is well. Returns the exit code: 1 where one is not in time. */
export async function runSmokeTest(targets: readonly Target[], { deadlineMs, write }: RunOptions): Promise<number> {
  const deadline = Date.now() + deadlineMs;
  const results = await Promise.all(targets.map((target) => waitFor(target, { deadline, write })));
  return results.includes(false) ? 1 : 0;
}

async function waitFor(target: Target, { deadline, write }: { deadline: number; write: RunOptions['write'] }): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const problem = await ask(target);
    if (problem === undefined) {
      write(`ok      ${target.name}: ${target.url}/health is well${target.database ? ', with its database' : ''}`);
      return true;
    }
    const wait = backoffDelay(attempt, { baseMs: 500, maxMs: 5000 });
    if (Date.now() + wait > deadline) {
      write(`failed  ${target.name}: ${problem} (attempts: ${attempt})`);
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function ask({ url, database }: Target): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    if (answer.status !== 200) return `${url}/health answered ${answer.status}`;
    const health: unknown = await answer.json();
    const said = typeof health === 'object' && health !== null ? health : {};
    if ('status' in said && said.status === 'ok' && 'database_connected' in said && said.database_connected === database) return undefined;
    return `${url}/health answered ${JSON.stringify(health)}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return `${url}/health does not answer: ${String(errorFields(cause).error)}`;
  }
}
