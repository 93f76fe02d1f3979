import type { CachedEngine, Engine, EngineStatus } from '../engine/index.js';

/** The published form of `engine status`. */
export function engineStatusJson(engines: EngineStatus[], cached: CachedEngine[]): object {
  return { version: 1, engines, cached };
}

/** The published form of `engine install`. */
export function enginesJson(engines: Engine[]): object {
  return { version: 1, engines };
}
