import { isFilledLater } from './plausible.js';

/** A Secret manifest with values in it: one place for each Secret. */
export interface ManifestHit {
  line: number;
  column: number;
  what: string;
  value: string;
  whole: string;
}

/**
 * Finds Secrets of Kubernetes whose values stand in the file, base64 or plain. Read line by line, since files may be
 * templates; in a List, and in JSON as kubectl prints it, the lines have the same form.
 */
export function secretManifests(lines: readonly string[]): ManifestHit[] {
  return lines.flatMap((line, i) => {
    const kind = /^(\s*(?:-\s+)?)"?kind"?:\s*["']?Secret["']?\s*,?\s*$/.exec(line);
    if (!kind) return [];
    const values = valuesOf(lines, { at: i, indent: kind[1]!.length });
    const [first] = values;
    if (!first) return [];
    const keys = values.map(({ key }) => key);
    const shown = keys.length > 4 ? `${keys.slice(0, 3).join(', ')} and ${keys.length - 3} more` : keys.join(', ');
    return [{ line: first.line, column: first.column, what: `a Secret with ${keys.length === 1 ? 'the value' : 'the values'} of ${shown}`, value: first.value, whole: values.map(({ value }) => value).join('\n') }];
  });
}

interface Value {
  line: number;
  column: number;
  key: string;
  value: string;
}

/** What stands in `data` and `stringData` beside the `kind`. */
function valuesOf(lines: readonly string[], { at, indent }: { at: number; indent: number }): Value[] {
  const { first, last } = objectAround(lines, { at, indent });
  const values: Value[] = [];
  let block: number | undefined;
  for (let i = first; i <= last; i++) {
    const line = lines[i]!;
    if (line.trim() === '' || /^\s*(#|\{\{)/.test(line)) continue;
    const depth = depthOf(line);
    if (depth <= indent) {
      const opened = /^\s*(?:-\s+)?"?(?:data|stringData)"?:\s*(.*)$/.exec(line);
      block = opened ? indent : undefined;
      if (opened?.[1]) values.push(...inline(opened[1], { line: i + 1 }));
      continue;
    }
    if (block === undefined) continue;
    const match = /^\s*"?([\w.-]+)"?:\s*(.*?)\s*,?\s*$/.exec(line);
    if (!match) continue;
    const [, key = '', written = ''] = match;
    const value = /^[|>]/.test(written) ? (lines[i + 1] ?? '').trim() : written.replace(/^(["'])(.*)\1$/, '$2');
    if (isValue(key, value)) values.push({ line: i + 1, column: line.indexOf(key) + 1, key, value });
  }
  return values;
}

/** The lines of the object that a `kind` stands in: those around it that are not less indented. */
function objectAround(lines: readonly string[], { at, indent }: { at: number; indent: number }): { first: number; last: number } {
  const isOutside = (line: string): boolean => /^---(\s|$)|^\{\{-?\s*define\b/.test(line) || (line.trim() !== '' && !/^\s*(#|\{\{)/.test(line) && depthOf(line) < indent);
  let first = at;
  while (first > 0 && !/^\s*-\s/.test(lines[first]!.slice(0, indent)) && !isOutside(lines[first - 1]!)) first--;
  let last = at;
  while (last + 1 < lines.length && !isOutside(lines[last + 1]!) && !(indent > 0 && /^\s*-\s/.test(lines[last + 1]!.slice(0, indent)))) last++;
  return { first, last };
}

/** Where the first key of a line begins; a dash before it counts as indentation. */
function depthOf(line: string): number {
  return /^\s*(?:-\s+)?/.exec(line)?.[0].length ?? 0;
}

/** `data: { password: aGk= }` */
function inline(text: string, { line }: { line: number }): Value[] {
  return [...text.matchAll(/["']?([\w.-]+)["']?:\s*(?:"([^"]*)"|'([^']*)'|([^\s,}]+))/g)].flatMap(([, key = '', double, single, bare]) => {
    const value = double ?? single ?? bare ?? '';
    return isValue(key, value) ? [{ line, column: 1, key, value }] : [];
  });
}

/** Certificates, names and addresses are public; a value that is filled in later is none yet. */
function isValue(key: string, value: string): boolean {
  if (isFilledLater(value) || isFilledLater(decoded(value))) return false;
  if (/^(?:ca|tls)\.crt$|\.crt$|^ca(?:-bundle)?\.pem$/.test(key)) return false;
  if (/(?:^|[-_.])(?:user|username|host|hostname|port|database|dbname|name|email|url|uri|endpoint|region|bucket|vhost)$/i.test(key) && !/:\/\/[^/\s:@]*:[^/\s@]+@/.test(decoded(value))) return false;
  return !/^(?:-----BEGIN CERT|LS0tLS1CRUdJTiBDRVJU)/.test(value);
}

function decoded(value: string): string {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(value) && value.length % 4 === 0 ? Buffer.from(value, 'base64').toString('utf8').trim() : value;
}
