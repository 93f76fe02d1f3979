import { isDict, type Dict } from '../lib/read-unknown.js';
import { findableLength, type Matcher } from './secret-forms.js';
import { hasBrackets, matcherFor, rewrite, unwrite } from './secret-tokens.js';

/** Secret values by name: declared ones, and what random template functions made (`generated/COMPONENT/N`). */
export type SecretTable = ReadonlyMap<string, string>;

/** Name of the secret that random template functions and checksums of components are derived from. */
export const seedName = 'mostik-seed';

/** Values below this many characters are only found as whole strings. */
export { findableLength } from './secret-forms.js';

/** What stands where a secret was, for people. */
export const mask = '***';

/**
 * Replaces every occurrence of a secret in the strings and map keys of `value` (as it is, URL- or JSON-escaped, inside base64)
 * by a token that names it; `restore` is the exact reverse. Parts without a secret are returned as they are, not copied.
 * Values below six characters are only found as whole strings. What identifies a Kubernetes object is left alone:
 * an object keeps its name even where that is also someone's password.
 */
export function tokenize<T>(value: T, table: SecretTable): T {
  const matcher = matcherFor(table);
  return walk(value, (text) => rewrite(text, matcher)) as T;
}

/** Puts the table's values where `tokenize` put tokens. Throws an Error that names a secret the table does not have. */
export function restore<T>(value: T, table: SecretTable): T {
  return walk(value, (text) => unwrite(text, (token) => token.value(table))) as T;
}

/** Replaces every occurrence of a secret in a text by `***`. */
export function maskText(text: string, table: SecretTable): string {
  return masked(text, matcherFor(table));
}

/** Replaces every occurrence of a secret in the strings of `value` by `***`. */
export function maskValue<T>(value: T, table: SecretTable): T {
  const matcher = matcherFor(table);
  return walk(value, (text) => masked(text, matcher)) as T;
}

/** Names of the secrets that occur in `value`, sorted. */
export function secretsIn(value: unknown, table: SecretTable): string[] {
  const names = new Set<string>();
  const matcher = matcherFor(table);
  walk(value, (text) => {
    unwrite(rewrite(text, matcher), (token) => (token.secrets.forEach((name) => names.add(name)), ''));
    return text;
  });
  return [...names].sort();
}

/** Tells whether a field is masked whatever stands there: the data of a Secret, and the copy that kubectl keeps of it. */
export function isSecretPath(object: { apiVersion: string; kind: string }, path: readonly (string | number)[]): boolean {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1') return false;
  if (path[0] === 'data' || path[0] === 'stringData') return true;
  return path[0] === 'metadata' && path[1] === 'annotations' && path[2] === 'kubectl.kubernetes.io/last-applied-configuration';
}

/** A field's value as a diff may show it: masked by path and by value. Lists and maps of a Secret's data are masked entry by entry. */
export function maskedDiffValue(value: unknown, path: readonly (string | number)[], of: { object: { apiVersion: string; kind: string }; table: SecretTable }): unknown {
  return isSecretPath(of.object, path) ? maskAll(value) : maskValue(value, of.table);
}

const noSecrets: SecretTable = new Map();

/** Tokens of brackets stand for themselves; all others hold a secret. */
function masked(text: string, matcher: Matcher): string {
  return unwrite(rewrite(text, matcher), (token) => (token.secrets.length > 0 ? mask : token.value(noSecrets)));
}

function maskAll(value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (isDict(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, maskAll(entry)]));
  return mask;
}

type Rewrite = (text: string) => string;

/** Applies `change` to all strings and keys below `value`. */
function walk(value: unknown, change: Rewrite): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return walkList(value as unknown[], change);
  if (!isDict(value)) return value;
  const object = typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string';
  return walkMap(value, object ? walkObjectEntry : walkEntry, change);
}

function walkList(list: unknown[], change: Rewrite): unknown[] {
  let out: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const after = walk(list[i], change);
    if (after !== list[i]) (out ??= [...list])[i] = after;
  }
  return out ?? list;
}

type Entry = [key: string, value: unknown];

function walkMap(map: Dict, each: (entry: Entry, change: Rewrite) => Entry, change: Rewrite): Dict {
  let out: Entry[] | undefined;
  const keys = Object.keys(map);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const after = each([key, map[key]], change);
    if (!out && (after[0] !== key || after[1] !== map[key])) out = keys.slice(0, i).map((before) => [before, map[before]]);
    out?.push(after);
  }
  return out ? Object.fromEntries(out) : map;
}

/** A key as short as a value that is only found as a whole string would be taken for it by chance. */
function walkEntry([key, value]: Entry, change: Rewrite): Entry {
  return [key.length < findableLength && !hasBrackets(key) ? key : change(key), walk(value, change)];
}

const identity = new Set(['apiVersion', 'kind', 'name', 'namespace']);

/** An entry of a Kubernetes object, or of a reference to one: what names it stays. */
function walkObjectEntry(entry: Entry, change: Rewrite): Entry {
  const [key, value] = entry;
  if (identity.has(key)) return entry;
  if (key !== 'metadata' || !isDict(value)) return walkEntry(entry, change);
  return [key, walkMap(value, (inner) => (identity.has(inner[0]) ? inner : walkEntry(inner, change)), change)];
}
