export { applyPlan, refusals, type ApplyOptions } from './apply.js';
export { applySystemObjects } from './system-objects.js';
export { healthOf, hasHealth } from './health/index.js';
export { explain } from './health/why.js';
