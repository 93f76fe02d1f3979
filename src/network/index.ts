export * from './address.js';
export * from './effective.js';
export * from './endpoint.js';
export * from './network.js';
export * from './policy.js';
export * from './port-set.js';
export * from './selector.js';
