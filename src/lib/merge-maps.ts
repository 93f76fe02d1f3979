import { isDict, type Dict } from './read-unknown.js';

/** Lays one map over another as Helm does with values: maps merge, everything else replaces; null stays, as a value. */
export function mergeMaps(under: Dict, over: Dict): Dict {
  const out = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(out, key) ? out[key] : undefined;
    out[key] = isDict(value) && isDict(below) ? mergeMaps(below, value) : value;
  }
  return out;
}
