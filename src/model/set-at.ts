import { isDict, type Dict } from '../lib/read-unknown.js';
import { formatPath } from './field-path.js';
import type { FieldPath } from './platform.js';

/**
 * Sets a value at a path of maps and lists, making what is missing, as Helm's `--set` does.
 * Returns what stands in the way, in words, or undefined when it is done.
 */
export function setAt(target: Dict, path: FieldPath, value: unknown): string | undefined {
  let holder: Dict | unknown[] = target;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (last) {
      put(holder, step, value);
      return undefined;
    }
    const inside: unknown = Array.isArray(holder) ? holder[Number(step)] : Object.hasOwn(holder, step) ? holder[String(step)] : undefined;
    const wantsList = typeof path[index + 1] === 'number';
    if (inside !== undefined && inside !== null && (wantsList ? !Array.isArray(inside) : !isDict(inside)) && !Array.isArray(holder)) {
      return `${formatPath(path.slice(0, index + 1))} is ${Array.isArray(inside) ? 'a list' : isDict(inside) ? 'a map' : 'a plain value'}, not ${wantsList ? 'a list' : 'a map'}`;
    }
    const next: Dict | unknown[] = wantsList ? (Array.isArray(inside) ? [...(inside as unknown[])] : []) : isDict(inside) ? { ...inside } : {};
    put(holder, step, next);
    holder = next;
  }
  return undefined;
}

function put(holder: Dict | unknown[], step: string | number, value: unknown): void {
  if (!Array.isArray(holder)) {
    Object.defineProperty(holder, step, { value, writable: true, enumerable: true, configurable: true });
    return;
  }
  const index = Number(step);
  while (holder.length < index) holder.push(null);
  holder[index] = value;
}
