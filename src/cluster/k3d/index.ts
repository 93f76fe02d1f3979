export { plannedCommands, type K3dCommand, type K3dVerb } from './commands.js';
export { k3dConfiguration, k3dFile, problemsOf, type K3dCluster } from './configuration.js';
export { k3dContext, k3dFolder, knownK3d, knowsK3d, type K3dFolder } from './folder.js';
export { k3dDelete, k3dList, k3dStart, k3dState, k3dStop, k3dUp, type K3dReady, type K3dState } from './lifecycle.js';
