import { readFile } from 'node:fs/promises';
import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { describeValue } from '../lib/describe-value.js';
import { mergeMaps } from '../lib/merge-maps.js';
import { asDict, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { shownPath } from '../lib/shown-path.js';
import { readYamlText, type YamlText } from '../lib/yaml-text.js';
import { parsePath, setAt, yamlDiagnostic, type FieldPath, type ResolvedComponent } from '../model/index.js';
import type { Chart } from './chart.js';

/** Something that sets values, and where each of them stands in it. */
export interface ValuesLayer {
  has(path: FieldPath): boolean;
  at(path: FieldPath, part: 'key' | 'value'): Location;
}

/** What the user gives to a chart, and by which layers; the last layer counts. */
export interface UserValues {
  values: Dict;
  layers: ValuesLayer[];
  /** Paths that are filled with secrets. */
  secrets: FieldPath[];
  problems: Diagnostic[];
}

/** Reads a component's values in Helm's order: files, then inline values with `--set`, then stand-ins for secrets. */
export async function readUserValues(component: ResolvedComponent, cwd: string): Promise<UserValues> {
  const user: UserValues = { values: {}, layers: [], secrets: [], problems: [] };
  for (const file of component.files) {
    const shown = shownPath(file, cwd);
    const yaml = await readValuesFile(file, shown, user.problems);
    if (!yaml) continue;
    user.values = mergeMaps(user.values, asDict(yaml.data));
    user.layers.push(fileLayer(yaml, shown));
  }
  user.values = mergeMaps(user.values, component.values);
  user.layers.push({
    has: (path) => valueAt(component.values, ...path) !== undefined,
    at: (path, part) => component.locate(['values', ...path], part),
  });
  // Copied, because stand-ins must not end up in what the component holds.
  user.values = structuredClone(user.values);
  for (const [written, name] of Object.entries(component.secretValues)) {
    const path = parsePath(written) ?? [written];
    user.secrets.push(path);
    setAt(user.values, path, `stand-in-for-secret-${name}`);
    const at = component.locate(['secretValues', written], 'key');
    user.layers.push({ has: (asked) => asked.length === path.length && path.every((step, index) => asked[index] === step), at: () => at });
  }
  return user;
}

/** The chart's own defaults as a layer; those of a subchart stand below its name. */
export function defaultsLayer(chart: Chart, prefix: FieldPath, cwd: string): ValuesLayer {
  const layer = fileLayer(chart.values, shownPath(chart.valuesFile, cwd));
  const inside = (path: FieldPath) => (prefix.every((step, index) => path[index] === step) ? path.slice(prefix.length) : undefined);
  return {
    has: (path) => inside(path) !== undefined && layer.has(inside(path)!),
    at: (path, part) => layer.at(inside(path) ?? [], part),
  };
}

/** Finds where a value was set last; where nothing set it, where its nearest parent was. */
export function locateValue(layers: readonly ValuesLayer[], path: FieldPath, options: { part: 'key' | 'value'; otherwise: Location }): Location {
  for (let end = path.length; end > 0; end--) {
    const field = path.slice(0, end);
    const layer = layers.findLast((each) => each.has(field));
    if (layer) return layer.at(field, end === path.length ? options.part : 'key');
  }
  return options.otherwise;
}

function fileLayer(yaml: YamlText, shown: string): ValuesLayer {
  return {
    has: (path) => path.length > 0 && valueAt(yaml.data, ...path) !== undefined,
    at: (path, part) => ({ file: shown, ...yaml.place(path, part) }),
  };
}

async function readValuesFile(file: string, shown: string, problems: Diagnostic[]): Promise<YamlText | undefined> {
  const bytes = await readFile(file);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    problems.push(diagnose('file-encoding', { path: shown, problem: 'it holds bytes that are no letters of it' }, { file: shown }));
    return undefined;
  }
  const yaml = readYamlText(text, 'kubernetes');
  problems.push(...yaml.problems.filter(({ kind }) => kind !== 'empty' && kind !== 'tag').map((problem) => softened(yamlDiagnostic(problem, shown))));
  if (yaml.data === undefined) return undefined;
  if (isDict(yaml.data)) return yaml;
  problems.push(diagnose('values-not-map', { path: shown, got: describeValue(yaml.data) }, { file: shown, line: 1, column: 1 }));
  return undefined;
}

/** Helm itself takes a key that stands twice, so it is only a warning in a values file. */
function softened(problem: Diagnostic): Diagnostic {
  if (problem.code !== 'yaml-duplicate-key') return problem;
  const [, where = '', line = ''] = /^(.*): the key stands twice, first on line (\d+)$/s.exec(problem.message) ?? [];
  return diagnose('values-duplicate-key', { where, line }, problem.at);
}
