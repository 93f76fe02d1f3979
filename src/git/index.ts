export { gitSource, workTreeRoot } from './source.js';
export { gitTracking, type Tracking } from './tracking.js';
