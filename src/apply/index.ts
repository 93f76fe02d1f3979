export { applyPlan, refusals, type ApplyOptions } from './apply.js';
export { applySystemObjects, removeOtherNodes } from './system-objects.js';
export { healthOf, hasHealth, type Controllers } from './health/index.js';
export { holdUpOf, type HoldUp } from './health/hold-up.js';
export { explain, type Explained } from './health/why.js';
export { openMonitor, type Monitor, type MonitorOptions, type WaitResult } from './monitor.js';
export { isPodOf, whyNotReady, type Cause, type NotReady, type ObjectHealth, type Situation } from './why-not-ready.js';
