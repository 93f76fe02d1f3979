export { clusterStart, clusterUp, type ClusterProgress } from './cluster.js';
export { diffGenerations, platformHistory } from './history.js';
export { liveCapacity } from './live-capacity.js';
export { platformStatus, watchStatus, type PlatformPlace } from './status.js';
export { embeddedTarget, openTarget, type Target, type TargetOptions } from './target.js';
export { up, type UpOptions, type UpResult } from './up.js';
