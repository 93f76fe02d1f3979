export { fileVersions, gitFiles, headCommit, isAncestor, readBlobs, type FileVersion } from './history.js';
export { gitSource, workTreeRoot } from './source.js';
export { gitTracking, type Tracking } from './tracking.js';
