import { readFile } from 'node:fs/promises';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { describeValue } from '../lib/describe-value.js';
import { mergeMaps } from '../lib/merge-maps.js';
import { asDict, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { readYamlText } from '../lib/yaml-text.js';
import { formatPath, parsePath, type FieldPath, type ResolvedComponent, type SecretTable } from '../model/index.js';

/**
 * Sets values at the paths of `secretValues` (`auth.password`, `users[0].password`, `\` before a dot that is part of a key).
 * `values` stays as it is. Maps on the way are made; a list grows with nulls, as in Helm's `--set`. Throws an Error when something else is in the way.
 */
export function withSecretValues(values: Dict, secretValues: Readonly<Record<string, string>>, table: SecretTable): Dict {
  let out = values;
  for (const [text, name] of Object.entries(secretValues)) {
    const path = parsePath(text);
    const value = table.get(name);
    if (!path || path.length === 0) throw new Error(`${JSON.stringify(text)} is no values path`);
    if (value === undefined) throw new Error(`secret ${name} has no value`);
    out = asDict(setAt(out, path, value));
  }
  return out;
}

/** The inline values of a chart component with its secrets in them, and what was in the way of one. */
export async function valuesWithSecrets(component: ResolvedComponent, table: SecretTable): Promise<{ values: Dict; diagnostics: Diagnostic[] }> {
  let values = component.values;
  const diagnostics: Diagnostic[] = [];
  for (const [text, name] of Object.entries(component.secretValues)) {
    try {
      values = withSecretValues(await withListsOfFiles(component, values, parsePath(text) ?? []), { [text]: name }, table);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      diagnostics.push(diagnose('secret-value-path', { component: component.name, path: text, problem }, component.locate(['secretValues', text])));
    }
  }
  return { values, diagnostics };
}

/** A list in inline values replaces the one of a values file, so a path into a list starts from the list that the files give. */
async function withListsOfFiles({ files }: ResolvedComponent, values: Dict, path: FieldPath): Promise<Dict> {
  const index = path.findIndex((step) => typeof step === 'number');
  if (index < 0 || files.length === 0) return values;
  const above = path.slice(0, index);
  let merged: Dict = {};
  for (const file of files) merged = mergeMaps(merged, asDict(readYamlText(await readFile(file, 'utf8'), 'kubernetes').data));
  const list = valueAt(mergeMaps(merged, values), ...above);
  return Array.isArray(list) ? asDict(setAt(values, above, list)) : values;
}

function setAt(under: unknown, path: FieldPath, value: unknown, above: FieldPath = []): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    if (under !== undefined && under !== null && !Array.isArray(under)) throw inTheWay(above, under, 'a list');
    const list = Array.isArray(under) ? [...(under as unknown[])] : [];
    while (list.length < step) list.push(null);
    list[step] = setAt(list[step], rest, value, [...above, step]);
    return list;
  }
  if (under !== undefined && under !== null && !isDict(under)) throw inTheWay(above, under, 'a map');
  const map = asDict(under);
  const below = Object.hasOwn(map, step) ? map[step] : undefined;
  return { ...map, [step]: setAt(below, rest, value, [...above, step]) };
}

function inTheWay(path: FieldPath, found: unknown, expected: string): Error {
  return new Error(`${path.length === 0 ? 'values' : formatPath(path)} is ${describeValue(found)}, expected ${expected}`);
}
