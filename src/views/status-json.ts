import type { PlatformStatus } from '../model/index.js';

/** The published form of a platform's status. */
export function statusJson(status: PlatformStatus): object {
  return { version: 1, ...status };
}
