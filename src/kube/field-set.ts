import { canonicalJson } from '../lib/canonical-json.js';
import { isDict } from '../lib/read-unknown.js';

/**
 * A set of paths in an object, as managedFields writes it (fieldsV1). Keys are steps: `f:NAME` a map key, `k:{...}` a list item
 * by its key fields, `v:VALUE` an item of a set, `i:N` an index, `.` the place itself. A place without steps below it is in the set.
 */
export interface FieldSet {
  readonly [step: string]: FieldSet;
}

/** A step of a path, taken apart. */
export type Step =
  | { type: 'field'; name: string }
  | { type: 'key'; key: Readonly<Record<string, unknown>> }
  | { type: 'value'; value: unknown }
  | { type: 'index'; index: number };

// Objects of one kind repeat the same steps thousands of times.
const steps = new Map<string, Step | undefined>();
const mostSteps = 20_000;

/** Takes a step apart; undefined for `.` and for what no version of Kubernetes writes. */
export function parseStep(text: string): Step | undefined {
  const known = steps.get(text);
  if (known !== undefined || steps.has(text)) return known;
  if (steps.size >= mostSteps) steps.clear();
  const step = readStep(text);
  steps.set(text, step);
  return step;
}

function readStep(text: string): Step | undefined {
  const rest = text.slice(2);
  try {
    switch (text.slice(0, 2)) {
      case 'f:':
        return { type: 'field', name: rest };
      case 'k:': {
        const key: unknown = JSON.parse(rest);
        return isDict(key) ? { type: 'key', key } : undefined;
      }
      case 'v:':
        return { type: 'value', value: JSON.parse(rest) };
      case 'i:':
        return { type: 'index', index: Number(rest) };
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** No path: at the top an empty map means that, further down it means the place itself. */
export const noFields: FieldSet = Object.freeze({});

/** The set with every path of both. */
export function unionFields(a: FieldSet, b: FieldSet): FieldSet {
  if (!hasSteps(a)) return b;
  return hasSteps(b) ? merge(a, b) : a;
}

function merge(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const out: Record<string, FieldSet> = { ...a };
  for (const step in b) {
    const mine = a[step];
    out[step] = mine === undefined ? b[step]! : merge(mine, b[step]!);
  }
  // A place without steps is in its set; steps of the other set must not hide that.
  if ((isPlace(a) || isPlace(b)) && hasSteps(out)) out['.'] = {};
  return out;
}

/** The paths of `a` that are not in `b`. */
export function differenceOf(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b) ?? noFields;
}

function subtract(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const out: Record<string, FieldSet> = {};
  for (const step in a) {
    if (step === '.') continue;
    const other = b[step];
    const rest = other === undefined ? a[step] : subtract(a[step]!, other);
    if (rest !== undefined) out[step] = rest;
  }
  const placeIsLeft = isPlace(a) && !isPlace(b);
  if (!hasSteps(out)) return placeIsLeft ? {} : undefined;
  if (placeIsLeft) out['.'] = {};
  return out;
}

/** Tells whether the place itself is in the set, beside what is below it. */
export function isPlace(set: FieldSet): boolean {
  return set['.'] !== undefined || !hasSteps(set);
}

/** Tells whether a set goes on below its place. */
export function hasSteps(set: FieldSet): boolean {
  for (const step in set) if (step !== '.') return true;
  return false;
}

/** The item that a list step stands for; -1 when there is none. */
export function findItem(list: readonly unknown[], step: Step): number {
  switch (step.type) {
    case 'index':
      return step.index < list.length ? step.index : -1;
    case 'value':
      return list.findIndex((item) => sameValue(item, step.value));
    case 'key': {
      const exact = list.findIndex((item) => hasKey(item, step.key, false));
      // A rendered item may leave out a key field that the server fills in (a port's protocol).
      return exact >= 0 ? exact : list.findIndex((item) => hasKey(item, step.key, true));
    }
    case 'field':
      return -1;
  }
}

function hasKey(item: unknown, key: Readonly<Record<string, unknown>>, absentIsEqual: boolean): boolean {
  if (!isDict(item)) return false;
  let matched = false;
  for (const name in key) {
    const value = item[name];
    if (value === undefined && absentIsEqual) continue;
    if (!sameValue(value, key[name])) return false;
    matched = true;
  }
  return matched;
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && canonicalJson(a) === canonicalJson(b);
}

const plainName = /^[A-Za-z_$][\w$-]*$/;

/** Adds a step to a readable path: `spec.template.spec.containers[web].image`, `metadata.annotations[example.org/x]`. */
export function joinPath(path: string, step: string): string {
  const parsed = parseStep(step);
  switch (parsed?.type) {
    case undefined:
      return path;
    case 'field':
      if (!plainName.test(parsed.name)) return `${path}[${parsed.name}]`;
      return path === '' ? parsed.name : `${path}.${parsed.name}`;
    case 'key':
      return `${path}[${Object.values(parsed.key).map(show).join(',')}]`;
    case 'value':
      return `${path}[${show(parsed.value)}]`;
    case 'index':
      return `${path}[${parsed.index}]`;
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Every place in the set, as readable paths, in the set's order. */
export function pathsOf(set: FieldSet): string[] {
  const out: string[] = [];
  const walk = (at: FieldSet, path: string): void => {
    if (path !== '' && isPlace(at)) out.push(path);
    for (const step in at) if (step !== '.') walk(at[step]!, joinPath(path, step));
  };
  walk(set, '');
  return out;
}
