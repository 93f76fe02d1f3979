export { adoptable } from './adopt.js';
export { diffObjects } from './diff.js';
export { desiredFromGeneration, emptyDesired } from './desired.js';
export { desiredDigest, liveDigest, ownedFields } from './owned.js';
export { hasChanges, makePlan, noFlags, type PlanFlags } from './plan.js';
export { parsePlanJson, planJson, verifyPlan, type PlanInputs, type PlanJson } from './json.js';
export { contentKey, readGeneration, readInventory, readObjects, readState, type Head, type State } from './state.js';
export * from './state-codec.js';
