/** Small typed readers for data whose shape is not known: Kubernetes objects, parsed YAML and JSON. */

/** A JSON-like map. */
export type Dict = Record<string, unknown>;

/** Tells whether `value` is a plain map (not null, not a list). */
export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a map; anything else reads as an empty one. */
export function asDict(value: unknown): Dict {
  return isDict(value) ? value : {};
}

/** Reads a list; anything else reads as an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Reads a string; anything else is undefined. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Reads a finite number; anything else is undefined. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Reads the value at a path of map keys and list indexes; undefined where the path ends early. */
export function valueAt(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof step === 'number') current = Array.isArray(current) ? (current as unknown[])[step] : undefined;
    else current = isDict(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return current;
}

/** Reads a map of strings, dropping entries of other types. */
export function asStrings(value: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, entry] of Object.entries(asDict(value))) if (typeof entry === 'string') out[key] = entry;
  return out;
}
