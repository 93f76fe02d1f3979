export { capacityOf } from './capacity.js';
export { embeddedObjects } from './embedded.js';
export { declaredNodes, nodeOf, type CapacityNode } from './node.js';
export type * from './report.js';
export { formatAmount, type Resources } from './resources.js';
export type { QuotaUse } from './quota.js';
export type { CapacityInput, KnownKind } from './surroundings.js';
