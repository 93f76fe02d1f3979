import { canonicalJson } from '../lib/canonical-json.js';
import { isDict, type Dict } from '../lib/read-unknown.js';
import { maskValue, type FieldChange, type KubeObject, type SecretTable } from '../model/index.js';

/** Metadata that the server keeps: it says nothing about what we want. */
const serverMetadata = new Set(['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink']);
/** Keys that tell items of a list apart, in the order they are tried. */
const itemKeys = ['name', 'key', 'containerPort', 'port', 'mountPath', 'ip', 'topologyKey', 'type'];

/**
 * Compares a live object with what it will be, by path. Values of Secrets and every known secret value are masked here,
 * so that no printer can show them.
 */
export function diffObjects(before: KubeObject, after: KubeObject, secrets: SecretTable): FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', comparable(before), comparable(after), changes);
  const isSecret = after.kind === 'Secret' && after.apiVersion === 'v1';
  return changes.map((change) => maskChange(change, isSecret, secrets));
}

/** The object without status and what the server keeps. */
export function comparable(object: KubeObject): Dict {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !serverMetadata.has(key)));
  return { ...rest, metadata: kept };
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  if (before === after) return;
  if (isDict(before) && isDict(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) compare(join(path, key), before[key], after[key], changes);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(path, before as unknown[], after as unknown[], changes);
    return;
  }
  if (canonicalJson(before) === canonicalJson(after)) return;
  changes.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
}

function compareLists(path: string, before: unknown[], after: unknown[], changes: FieldChange[]): void {
  const key = itemKeys.find((candidate) => keyed(before, candidate) && keyed(after, candidate));
  if (key === undefined) {
    if (canonicalJson(before) === canonicalJson(after)) return;
    if (before.length === after.length && before.every(isDict) && after.every(isDict)) {
      before.forEach((item, index) => { compare(`${path}[${index}]`, item, after[index], changes); });
      return;
    }
    changes.push({ path, before, after });
    return;
  }
  const find = (list: unknown[], name: unknown): unknown => list.find((item) => isDict(item) && item[key] === name);
  for (const name of new Set([...before, ...after].map((item) => (item as Dict)[key]))) {
    compare(`${path}[${String(name)}]`, find(before, name), find(after, name), changes);
  }
}

function keyed(list: unknown[], key: string): boolean {
  const names = list.map((item) => (isDict(item) ? item[key] : undefined));
  return names.every((name) => typeof name === 'string' || typeof name === 'number') && new Set(names).size === names.length;
}

function join(path: string, key: string): string {
  const step = /^[A-Za-z_][\w-]*$/.test(key) ? key : `"${key}"`;
  if (path === '') return step;
  return step.startsWith('"') ? `${path}[${step}]` : `${path}.${step}`;
}

const mask = '***';

function maskChange(change: FieldChange, isSecret: boolean, secrets: SecretTable): FieldChange {
  const whole = isSecret && /^(data|stringData)(\.|\[|$)/.test(change.path);
  const cover = (value: unknown): unknown => (whole ? coverAll(value) : maskValue(value, secrets));
  return {
    path: change.path,
    ...('before' in change ? { before: cover(change.before) } : {}),
    ...('after' in change ? { after: cover(change.after) } : {}),
  };
}

function coverAll(value: unknown): unknown {
  return isDict(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, mask])) : mask;
}
