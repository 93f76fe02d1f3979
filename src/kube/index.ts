export { ApiError, conflictsOf, isAlreadyExists, isConflict, isForbidden, isInvalid, isNotFound, isStale, type Cause, type FieldConflict } from './api-error.js';
export { connect, type ConnectOptions } from './connect.js';
export type { Resource } from './discovery.js';
export { differenceOf, hasSteps, noFields, pathsOf, unionFields, type FieldSet } from './field-set.js';
export { fieldsOf, fieldsOfEntry, managersOf, ownersOf, restrict } from './fields.js';
export type * from './kube.js';
export { removeManagers, renameManagers, withoutManagers } from './ownership.js';
export { controllerCertificate, controllerKeys, sealingKeyLabel, type ControllerKey, type ControllerPlace } from './sealed-secrets.js';
