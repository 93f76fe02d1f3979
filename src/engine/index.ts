export { describeEvent } from './describe-event.js';
export { engineNames, engineSources, type BuildStep, type Engine, type EngineEvent, type EngineName, type EngineOptions, type EngineSource } from './engine.js';
export { ensureEngine } from './ensure.js';
export { findEngine } from './find.js';
export { cachedEngines, engineStatus, installEngines, removeEngines, type CachedEngine, type EngineStatus } from './status.js';
