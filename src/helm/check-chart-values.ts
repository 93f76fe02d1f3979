import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { describeValue, oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { belongsAt, nearestKey } from '../lib/known-maps.js';
import { asDict, asString, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { shownPath } from '../lib/shown-path.js';
import { formatPath, yamlDiagnostic, type FieldPath, type ResolvedComponent } from '../model/index.js';
import { readChart, type Chart } from './chart.js';
import { coalesce } from './coalesce.js';
import { defaultsLayer, locateValue, readUserValues, type ValuesLayer } from './layers.js';
import { compileSchema, expectationOf, mapsOf, stepsOf, type ErrorObject } from './schema.js';

interface Checked {
  component: ResolvedComponent;
  chart: Chart;
  /** Values of this chart, and the path below the component's values where they stand. */
  values: Dict;
  prefix: FieldPath;
  layers: ValuesLayer[];
  secrets: FieldPath[];
  cwd: string;
}

/**
 * Checks what a component gives to its chart against `values.schema.json` of the chart and its subcharts, merged in Helm's
 * order. Each violation is told at the layer that set the value last. Components of other sources have nothing to check.
 */
export async function checkChartValues(component: ResolvedComponent, options: { cwd?: string } = {}): Promise<Diagnostic[]> {
  if (component.source.kind !== 'chart') return [];
  const cwd = options.cwd ?? process.cwd();
  const [chart, user] = await Promise.all([readChart(component.source.path), readUserValues(component, cwd)]);
  const unreadable = chart.values.problems.filter(({ kind }) => kind === 'syntax' || kind === 'too-much');
  const problems = [...user.problems, ...unreadable.map((problem) => yamlDiagnostic(problem, shownPath(chart.valuesFile, cwd)))];
  if (problems.some(({ severity }) => severity === 'error')) return problems;
  const { values, active } = coalesce(chart, user.values);
  const visit = async (each: Chart, own: Dict, at: { prefix: FieldPath; layers: ValuesLayer[] }): Promise<void> => {
    problems.push(...(await checkAgainstSchema({ component, chart: each, values: own, ...at, secrets: user.secrets, cwd })));
    for (const subchart of active.get(each) ?? []) {
      const prefix = [...at.prefix, subchart.name];
      const inside = own[subchart.name];
      if (isDict(inside)) await visit(subchart, inside, { prefix, layers: [defaultsLayer(subchart, prefix, cwd), ...at.layers] });
      else if (inside !== undefined && inside !== null) problems.push(notMap(component, prefix, { value: inside, layers: at.layers }));
    }
  };
  await visit(chart, values, { prefix: [], layers: [defaultsLayer(chart, [], cwd), ...user.layers] });
  return problems;
}

async function checkAgainstSchema(checked: Checked): Promise<Diagnostic[]> {
  const { chart, values, cwd } = checked;
  if (!chart.schema) return [];
  const file = shownPath(chart.schema.file, cwd);
  try {
    const { validate, schema } = await compileSchema(chart.schema.text);
    if (validate(values)) return [];
    const seen = new Set<string>();
    return telling(validate.errors ?? []).flatMap((error) => {
      const found = explain(error, { ...checked, schema });
      const key = found && `${found.code} ${found.message}`;
      return !found || !key || seen.has(key) || !seen.add(key) ? [] : [found];
    });
  } catch (error) {
    return [diagnose('chart-schema-unread', { path: file, problem: error instanceof Error ? error.message : String(error) }, { file })];
  }
}

/** Leaves out what only repeats another violation: the branches of an anyOf where none fits, and the word `if` itself. */
function telling(errors: readonly ErrorObject[]): ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === 'if') continue;
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      kept.push(error);
      continue;
    }
    let start = kept.length;
    while (start > 0 && kept[start - 1]!.instancePath.startsWith(error.instancePath) && !isSibling(kept[start - 1]!, error)) start--;
    const branches = kept.splice(start);
    const deeper = branches.filter(({ instancePath, keyword }) => instancePath !== error.instancePath || keyword === 'required' || isUnknownKey(keyword));
    kept.push(...(deeper.length > 0 && isDict(error.data) ? deeper : [error]));
  }
  return kept;
}

function isSibling(other: ErrorObject, union: ErrorObject): boolean {
  return other.parentSchema === union.parentSchema;
}

function isUnknownKey(keyword: string): boolean {
  return keyword === 'additionalProperties' || keyword === 'unevaluatedProperties';
}

function explain(error: ErrorObject, checked: Checked & { schema: unknown }): Diagnostic | undefined {
  const { component, prefix, layers, secrets, values } = checked;
  const inside = pathOf(error.instancePath, values);
  const path = [...prefix, ...inside];
  const where = (field: FieldPath) => `${component.name}: ${formatPath(['values', ...field])}`;
  const find = (field: FieldPath, part: 'key' | 'value') => locateValue(layers, field, { part, otherwise: component.at });
  const params = error.params as Dict;
  if (isUnknownKey(error.keyword)) {
    const key = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
    return diagnose('unknown-key', { where: where(path), key, hint: keyHint(key, inside, { error, ...checked }) }, find([...path, key], 'key'));
  }
  if (error.keyword === 'required' || error.keyword.startsWith('dependen')) {
    const key = String(params['missingProperty']);
    const expected = asString(valueAt(error.parentSchema, 'properties', key, 'description')) ?? 'a value: the chart has no default for it';
    return diagnose('missing-key', { where: where(path), key, expected }, find(path, 'key'));
  }
  if (error.keyword === 'propertyNames') {
    const key = String(params['propertyName']);
    return diagnose('unknown-key', { where: where(path), key, hint: 'the chart allows names of another form' }, find([...path, key], 'key'));
  }
  if (error.propertyName !== undefined) return undefined;
  const isSecret = secrets.some((secret) => formatPath(secret) === formatPath(path));
  // A stand-in has neither the length nor the letters of the secret it stands for.
  if (isSecret && error.keyword !== 'type') return undefined;
  const expected = oneOf([...new Set(expectationOf(error, checked.schema))]);
  const got = isSecret ? 'a secret, which is a text' : describeValue(error.data);
  return diagnose('bad-value', { where: where(path), expected, got, hint: valueHint(expected, error.data) }, find(path, 'value'));
}

function keyHint(key: string, path: FieldPath, { error, schema, prefix, values }: Checked & { error: ErrorObject; schema: unknown }): string {
  const keys = Object.keys(asDict(asDict(error.parentSchema)['properties']));
  const given = asDict(valueAt(values, ...path));
  const near = nearestKey(key, keys.filter((name) => !Object.hasOwn(given, name)));
  const any = near ?? nearestKey(key, keys);
  const place = belongsAt(mapsOf(schema), key, path);
  if (any && (Math.abs(any.length - key.length) <= 1 || !place)) return `did you mean ${any}?`;
  if (place) return `${key} belongs in ${formatPath(['values', ...prefix, ...place])}`;
  return keys.length > 0 ? `the keys here are ${oneOf(keys, 'and')}` : '';
}

function valueHint(expected: string, value: unknown): string {
  if (expected === 'a text' && (typeof value === 'number' || typeof value === 'boolean')) return `put it in quotes: ${JSON.stringify(String(value))}`;
  if (typeof value !== 'string') return '';
  if (/number/.test(expected) && /^-?\d+(\.\d+)?$/.test(value)) return `without quotes: ${value}`;
  if (expected === 'true or false' && /^(true|false)$/i.test(value)) return `without quotes: ${value.toLowerCase()}`;
  const near = didYouMean(value, expected.split(/, | or /));
  return near ? `did you mean ${near}?` : '';
}

function notMap(component: ResolvedComponent, path: FieldPath, { value, layers }: { value: unknown; layers: ValuesLayer[] }): Diagnostic {
  const at = locateValue(layers, path, { part: 'value', otherwise: component.at });
  return diagnose('bad-value', { where: `${component.name}: ${formatPath(['values', ...path])}`, expected: `a map, the values of subchart ${String(path[path.length - 1])}`, got: describeValue(value), hint: '' }, at);
}

/** The steps of a JSON pointer into data: indexes where it goes through lists. */
function pathOf(pointer: string, data: unknown): FieldPath {
  const path: FieldPath = [];
  for (const step of stepsOf(pointer)) path.push(Array.isArray(valueAt(data, ...path)) ? Number(step) : step);
  return path;
}
