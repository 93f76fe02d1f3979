import { readFileSync, statSync } from 'node:fs';
import type { Location } from '../diagnostics/index.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { readYamlText, type YamlText } from '../lib/yaml-text.js';
import type { FieldPath, KubeObject, RenderedObject } from '../model/index.js';

/** Writes a path in an object as people do: `spec.template.spec.containers[web].image`; entries of lists by name where they have one. */
export function fieldText(object: unknown, path: readonly (string | number)[]): string {
  let out = '';
  let node = object;
  for (const step of path) {
    node = typeof step === 'number' ? asList(node)[step] : asDict(node)[step];
    if (typeof step === 'number') out += `[${nameOf(node) || String(step)}]`;
    else if (/^[\w-]+$/.test(step)) out += out === '' ? step : `.${step}`;
    else out += `[${step}]`;
  }
  return out;
}

/** The path of a field that a check names in words; `containers[web].image` is read against the object. */
export function fieldPath(object: KubeObject, text: string): FieldPath {
  const path: FieldPath = [];
  let node: unknown = object;
  for (const [, key, inside] of text.matchAll(/\.?([\w-]+)|\[([^\]]*)\]/g)) {
    const list = Array.isArray(node) ? asList(node) : undefined;
    const named = list?.findIndex((entry) => nameOf(entry) === inside) ?? -1;
    const step = key ?? (list ? (named >= 0 ? named : Number(inside)) : (inside ?? ''));
    node = typeof step === 'number' ? list?.[step] : asDict(node)[step];
    path.push(step);
  }
  return path;
}

/** What people call an entry of a list. */
function nameOf(entry: unknown): string | undefined {
  return asString(asDict(entry)['name']) ?? asString(valueAt(entry, 'metadata', 'name'));
}

/** Where a field stands: its line in the file, when the object comes from a file as it is; else where the object comes from. */
export function placeOf({ at, object }: Pick<RenderedObject, 'at' | 'object'>, path: FieldPath, part: 'key' | 'value' = 'value'): Location {
  if (!('file' in at) || at.line === undefined) return at;
  const document = documentAt(at.file, at.line);
  if (!document || asString(asDict(document.text.data)['kind']) !== object.kind) return at;
  for (let length = path.length; length > 0; length--) {
    const place = document.text.place(path.slice(0, length), length === path.length ? part : 'key');
    if (place) return { file: at.file, line: place.line + document.before, column: place.column };
  }
  return at;
}

interface SourceDocument {
  text: YamlText;
  /** Lines of the file before it. */
  before: number;
}

const documents = new Map<string, SourceDocument | undefined>();

/** The YAML document of a file that a line lies in; undefined for what is no plain YAML, such as a template. */
function documentAt(file: string, line: number): SourceDocument | undefined {
  let content: string;
  let id: string;
  try {
    const { mtimeMs, size } = statSync(file);
    if (size > 1024 * 1024) return undefined;
    id = `${file}:${mtimeMs}:${size}:${line}`;
    if (documents.has(id)) return documents.get(id);
    content = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const lines = content.split('\n');
  const isEdge = (text: string | undefined): boolean => text !== undefined && /^---(\s|$)/.test(text);
  let from = line - 1;
  while (from > 0 && !isEdge(lines[from])) from--;
  const first = isEdge(lines[from]) ? from + 1 : from;
  let end = Math.max(first, line - 1);
  while (end < lines.length && !isEdge(lines[end])) end++;
  const text = readYamlText(lines.slice(first, end).join('\n'), 'kubernetes');
  const found = text.data === undefined ? undefined : { text, before: first };
  documents.set(id, found);
  return found;
}
