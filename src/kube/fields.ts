import { isDict, type Dict } from '../lib/read-unknown.js';
import { fieldManager, type KubeObject, type ManagedFieldsEntry } from '../model/index.js';
import { findItem, hasSteps, isPlace, joinPath, noFields, parseStep, unionFields, type FieldSet } from './field-set.js';

/** The paths of an entry of managedFields. The server writes them, so their form is not checked. */
export function fieldsOfEntry(entry: ManagedFieldsEntry): FieldSet {
  return (entry.fieldsV1 as FieldSet | undefined) ?? noFields;
}

/** The paths that a manager owns through its own requests, not through a subresource: what it applied, or all it wrote. */
export function fieldsOf(object: KubeObject, manager: string, operation: 'Apply' | 'Update' | 'any' = 'Apply'): FieldSet {
  let fields = noFields;
  for (const entry of object.metadata.managedFields ?? []) {
    if (entry.manager !== manager || entry.subresource) continue;
    if (operation === 'any' || entry.operation === operation) fields = unionFields(fields, fieldsOfEntry(entry));
  }
  return fields;
}

/** The object's content at the paths of a set. Items of keyed lists are found by their keys and show these, in the list's order. */
export function restrict(object: KubeObject, fields: FieldSet): Dict {
  if (!hasSteps(fields)) return {};
  const content = take(object, fields, { path: [], entries: object.metadata.managedFields ?? [] });
  return isDict(content) ? content : {};
}

interface Walk {
  path: string[];
  entries: readonly ManagedFieldsEntry[];
}

function take(value: unknown, fields: FieldSet, walk: Walk): unknown {
  if (!hasSteps(fields)) return isOwnPlaceOnly(value, walk) ? (Array.isArray(value) ? [] : {}) : value;
  if (Array.isArray(value)) return takeItems(value, fields, walk);
  // A scalar or null where steps were expected: the object is not what the set was made for.
  if (!isDict(value)) return value;
  const out: Dict = {};
  for (const step in fields) {
    if (!step.startsWith('f:')) continue;
    const name = step.slice(2);
    if (!Object.hasOwn(value, name)) continue;
    walk.path.push(step);
    out[name] = take(value[name], fields[step]!, walk);
    walk.path.pop();
  }
  return out;
}

function takeItems(list: readonly unknown[], fields: FieldSet, walk: Walk): unknown[] {
  const taken: { index: number; content: unknown }[] = [];
  for (const text in fields) {
    const step = parseStep(text);
    const index = step ? findItem(list, step) : -1;
    if (!step || index < 0) continue;
    walk.path.push(text);
    const content = take(list[index], fields[text]!, walk);
    walk.path.pop();
    taken.push({ index, content: step.type === 'key' && isDict(content) ? { ...step.key, ...content } : content });
  }
  return taken.sort((a, b) => a.index - b.index).map(({ content }) => content);
}

/**
 * A map or list that is owned without steps below it is either one whole (atomic), or kept apart by its parts and owned only in
 * that it exists (`labels: {}`). Nothing in the object says which, but steps below it in any manager's entry prove the second.
 */
function isOwnPlaceOnly(value: unknown, { path, entries }: Walk): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return false;
  return entries.some((entry) => {
    let at: FieldSet | undefined = fieldsOfEntry(entry);
    for (const step of path) at = at?.[step];
    return at !== undefined && hasSteps(at);
  });
}

/** Says for each path of a set which other managers own it too: readable path to names, sorted. Paths of one owner are left out. */
export function managersOf(object: KubeObject, fields: FieldSet, own = fieldManager): Map<string, string[]> {
  const shared = new Map<string, string[]>();
  for (const entry of object.metadata.managedFields ?? []) {
    const { manager = '' } = entry;
    if (manager === own) continue;
    eachShared(fields, fieldsOfEntry(entry), '', (path) => {
      const names = shared.get(path);
      if (!names) shared.set(path, [manager]);
      else if (!names.includes(manager)) names.push(manager);
    });
  }
  for (const names of shared.values()) names.sort();
  return shared;
}

function eachShared(a: FieldSet, b: FieldSet, path: string, tell: (path: string) => void): void {
  if (path !== '' && isPlace(a) && isPlace(b)) tell(path);
  for (const step in a) {
    const other = b[step];
    if (other === undefined || step === '.') continue;
    eachShared(a[step]!, other, joinPath(path, step), tell);
  }
}

/** The entries of managedFields that own one place: `ownersOf(object, ['f:spec', 'f:replicas'])`. */
export function ownersOf(object: KubeObject, path: readonly string[]): ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? []).filter((entry) => {
    let at: FieldSet | undefined = fieldsOfEntry(entry);
    for (const step of path) at = at?.[step];
    return at !== undefined && isPlace(at);
  });
}
