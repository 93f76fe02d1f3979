import type { z } from 'zod';
import type { Diagnostic } from '../diagnostics/index.js';
import { isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { formatPath, type FieldPath, type Locate } from '../model/index.js';
import { expectation } from './expected.js';
import { diagnosticsOf } from './issues.js';

/** Data to be held against a schema. */
export interface Shaped {
  data: unknown;
  locate: Locate;
  /** The scalar at a path as written. */
  written(path: FieldPath): string | undefined;
  /** Paths with a mistake that was already reported. */
  mistaken: ReadonlySet<string>;
  /** Heads a message about the whole. */
  shown: string;
}

/** What is left when the fields with mistakes are taken out, so that the next stage can look for mistakes of its own. */
export interface Shape<T> {
  /** Undefined when nothing is left. */
  value?: T;
  data: Dict;
  /** Paths of all mistakes, those that were reported before among them. */
  broken: FieldPath[];
  mistakes: Mistake[];
}

/** A mistake and the field it is about. */
export interface Mistake {
  path: FieldPath;
  diagnostic: Diagnostic;
}

/**
 * Holds data against a schema and reports every mistake with its place. `stand` gives values for top-level keys
 * whose mistakes must not hide what is wrong in the rest of the file.
 */
export function checkShape<T>(schema: z.ZodType<T>, input: Shaped, stand: Dict = {}): Shape<T> {
  const broken: FieldPath[] = [];
  const mistakes: Mistake[] = [];
  const reported = new Set<string>();
  let data = copy(input.data);
  for (let round = 0; round < 20; round++) {
    const result = schema.safeParse(data, { error: expectation, reportInput: true });
    if (result.success) return { value: result.data, data: isDict(data) ? data : {}, broken, mistakes };
    for (const found of diagnosticsOf(schema, result.error.issues, { ...input, data })) {
      if (round === 0) broken.push(found.path);
      const key = `${found.diagnostic.code} ${formatPath(found.path)}`;
      if (round > 0 || reported.has(key)) continue;
      reported.add(key);
      if (!isMistaken(input.mistaken, found.path)) mistakes.push(found);
    }
    for (const issue of result.error.issues) data = without(data, issue, stand);
    if (data === undefined) break;
  }
  return { data: {}, broken, mistakes };
}

function isMistaken(mistaken: ReadonlySet<string>, path: FieldPath): boolean {
  return path.some((_, index) => mistaken.has(formatPath(path.slice(0, index + 1))));
}

/** Takes the field that an issue is about out of the data: the key, the whole list around an item, or the map that lacks something. */
function without(data: unknown, issue: z.core.$ZodIssue, stand: Dict): unknown {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const [top] = path;
  if (typeof top === 'string' && Object.hasOwn(stand, top) && isDict(data)) {
    data[top] = stand[top];
    return data;
  }
  if (issue.code === 'unrecognized_keys') {
    const map = valueAt(data, ...path);
    if (isDict(map)) for (const key of issue.keys) delete map[key];
    return data;
  }
  const missing = valueAt(data, ...path) === undefined;
  let end = missing ? path.length - 1 : path.length;
  const list = path.slice(0, end).findIndex((step) => typeof step === 'number');
  if (list >= 0) end = list;
  if (end <= 0) return undefined;
  const holder = valueAt(data, ...path.slice(0, end - 1));
  const key = path[end - 1]!;
  if (!isDict(holder)) return data;
  // An empty map keeps the name known: a component with a mistake is still one that others may use.
  if (issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record') && !missing) holder[key] = {};
  else delete holder[key];
  return data;
}

/** A deep copy in which aliases no longer share what they point at. */
function copy(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(copy);
  if (!isDict(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, copy(value)]));
}

