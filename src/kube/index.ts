export { ApiError, conflictsOf, isAlreadyExists, isConflict, isForbidden, isInvalid, isNotFound, isStale, type Cause, type FieldConflict } from './api-error.js';
export { connect, type ConnectOptions } from './connect.js';
export type { Resource } from './discovery.js';
export type * from './kube.js';
