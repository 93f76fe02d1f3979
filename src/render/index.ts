export { renderPlatform, type RenderOptions } from './render.js';
export { withSecretValues } from './secret-values.js';
export { toList } from './list.js';
