import { fieldsOfEntry, type FieldSet, type Kube } from '../kube/index.js';
import { findItem, isPlace, parseStep } from '../kube/field-set.js';
import { isSecretPath, type FieldPath, type KubeObject, type ManagedFieldsEntry, type ObjectRef } from '../model/index.js';
import { findField } from './explain-object.js';

/** A field on the cluster. */
export interface LiveField {
  /** False where the object is not there. */
  exists: boolean;
  /** Undefined where the object has no such field; masked where it is, or may be, a secret. */
  value?: unknown;
  owners: Owner[];
}

/** Who owns a field: it was set last by these. None: the API server's own default. */
export interface Owner {
  manager: string;
  operation: string;
  /** `status`, `scale`: through a part of the object alone. */
  subresource?: string;
  time?: string;
  /** The map or list above, where the manager owns it as a whole. */
  whole?: string;
}

/** Reads a field of an object of the cluster, and who owns it. */
export async function liveField(kube: Kube, ref: ObjectRef, { field, signal }: { field: string; signal?: AbortSignal | undefined }): Promise<LiveField> {
  const object = await kube.get(ref, { signal });
  if (!object) return { exists: false, owners: [] };
  const found = findField(object, field);
  if (!found) return { exists: true, owners: [] };
  return { exists: true, value: isSecretPath(object, found.path) ? '*****' : found.value, owners: ownersAt(object, found.path) };
}

/** The entries of managedFields that own a place, or something above it as a whole, or anything below it. */
export function ownersAt(object: KubeObject, path: FieldPath): Owner[] {
  return (object.metadata.managedFields ?? []).flatMap((entry): Owner[] => {
    const reach = reachOf(object, path, fieldsOfEntry(entry));
    return reach === undefined ? [] : [{ ...ownerOf(entry), ...(reach < path.length ? { whole: path.slice(0, reach).join('.') } : {}) }];
  });
}

/** How far along the path an entry goes: to its end, or to a place above that is owned whole; undefined where it does not own it. */
function reachOf(object: KubeObject, path: FieldPath, fields: FieldSet): number | undefined {
  let set = fields;
  let value: unknown = object;
  for (const [depth, step] of path.entries()) {
    const next = typeof step === 'number' ? itemSet(set, value, step) : set[`f:${step}`];
    if (next === undefined) return depth > 0 && isPlace(set) && Object.keys(set).length === 0 ? depth : undefined;
    value = typeof step === 'number' ? (value as unknown[])[step] : (value as Record<string, unknown>)[step];
    set = next;
  }
  return path.length;
}

function itemSet(set: FieldSet, list: unknown, index: number): FieldSet | undefined {
  if (!Array.isArray(list)) return undefined;
  for (const text in set) {
    const step = parseStep(text);
    if (step && findItem(list as unknown[], step) === index) return set[text];
  }
  return undefined;
}

function ownerOf({ manager = '', operation, subresource, time }: ManagedFieldsEntry): Owner {
  return { manager, operation: operation ?? '', ...(subresource ? { subresource } : {}), ...(time ? { time } : {}) };
}
