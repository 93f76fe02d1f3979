import { isDict, type Dict } from '../lib/read-unknown.js';
import { fieldManager, type KubeObject, type ManagedFieldsEntry } from '../model/index.js';
import { differenceOf, findItem, hasSteps, isPlace, noFields, parseStep, unionFields, type FieldSet } from './field-set.js';
import { fieldsOf, fieldsOfEntry } from './fields.js';

/**
 * The object's managedFields with the fields of these managers moved into one Apply entry of `into`, whatever their operation and
 * version: the server knows an applier by its name alone. Entries of a subresource (status, scale) belong to controllers and stay.
 */
export function renameManagers(object: KubeObject, managers: readonly string[], into = fieldManager): ManagedFieldsEntry[] {
  const entries = object.metadata.managedFields ?? [];
  const isOurs = (entry: ManagedFieldsEntry): boolean => entry.manager === into && entry.operation === 'Apply' && !entry.subresource;
  const moved = entries.filter((entry) => isOurs(entry) || isOf(entry, managers));
  if (moved.length === 0) return [...entries];
  const time = moved.map((entry) => entry.time ?? '').sort().at(-1);
  const merged: ManagedFieldsEntry = {
    manager: into,
    operation: 'Apply',
    apiVersion: moved.find(isOurs)?.apiVersion ?? object.apiVersion,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: moved.map(fieldsOfEntry).reduce(unionFields, noFields),
  };
  return [merged, ...entries.filter((entry) => !moved.includes(entry))];
}

/** managedFields without the entries of these managers: their fields lose this owner. */
export function removeManagers(object: KubeObject, managers: readonly string[]): ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? []).filter((entry) => !isOf(entry, managers));
}

/**
 * What a forced dry run answered, without what goes away once the fields of `managers` are ours: paths that they owned in `live`,
 * that we do not set and nobody else owns. Defaults that the server would then fill in are not in it.
 */
export function withoutManagers(answer: KubeObject, managers: readonly string[], live: KubeObject): KubeObject {
  const ofMoved = (live.metadata.managedFields ?? []).filter((entry) => isOf(entry, managers)).map(fieldsOfEntry);
  const others = removeManagers(answer, managers).filter((entry) => entry.manager !== fieldManager || entry.operation !== 'Apply' || entry.subresource);
  const kept = others.map(fieldsOfEntry).reduce(unionFields, fieldsOf(answer, fieldManager));
  const gone = differenceOf(ofMoved.reduce(unionFields, noFields), kept);
  return hasSteps(gone) ? (remove(answer, gone, kept) as KubeObject) : answer;
}

/** Copies what it changes: `gone` paths leave, unless something kept is below them; a map or list that this empties leaves too. */
function remove(value: unknown, gone: FieldSet, kept: FieldSet): unknown {
  if (Array.isArray(value)) return removeItems(value, gone, kept);
  if (!isDict(value)) return value;
  const out: Dict = { ...value };
  for (const step in gone) {
    const name = step.slice(2);
    if (!step.startsWith('f:') || !Object.hasOwn(out, name)) continue;
    const left = removeAt(out[name], gone[step]!, kept[step]);
    if (left === undefined) delete out[name];
    else out[name] = left;
  }
  return out;
}

function removeItems(list: readonly unknown[], gone: FieldSet, kept: FieldSet): unknown[] {
  const out: unknown[] = [...list];
  for (const text in gone) {
    const step = parseStep(text);
    const index = step ? findItem(list, step) : -1;
    if (index >= 0) out[index] = removeAt(list[index], gone[text]!, kept[text]);
  }
  return out.filter((item) => item !== undefined);
}

function removeAt(value: unknown, gone: FieldSet, kept: FieldSet | undefined): unknown {
  if (kept === undefined && isPlace(gone)) return undefined;
  const left = remove(value, gone, kept ?? noFields);
  return kept === undefined && isEmptied(left) ? undefined : left;
}

function isEmptied(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isOf(entry: ManagedFieldsEntry, managers: readonly string[]): boolean {
  return !entry.subresource && entry.manager !== undefined && managers.includes(entry.manager);
}
