import type { ApplyResult } from '../model/index.js';

/** The published form of how an apply, rollback or destroy ended. */
export function resultJson(result: ApplyResult): object {
  return { version: 1, ...result };
}
