export { gitSource, workTreeRoot } from './source.js';
