export * from './desired.js';
export * from './field-path.js';
export * from './generation.js';
export * from './object.js';
export * from './plan.js';
export * from './platform.js';
export * from './progress.js';
export * from './secret-trace.js';
