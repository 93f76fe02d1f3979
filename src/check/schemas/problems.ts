import type { ErrorObject } from 'ajv';
import { describeValue, oneOf } from '../../lib/describe-value.js';
import { nearestKey } from '../../lib/known-maps.js';
import { asDict, asList, asString, isDict, type Dict } from '../../lib/read-unknown.js';
import { isSecretPath, type FieldPath, type KubeObject } from '../../model/index.js';
import { fieldText } from '../field.js';
import { formatWords } from './formats.js';

/** What is wrong at one place of an object, in words. */
export type Problem = { path: FieldPath } & (
  | { kind: 'unknown'; field: string; near?: string; hint: string }
  | { kind: 'missing'; field: string; expected: string }
  | { kind: 'invalid'; got: string; expected: string; hint: string }
);

/** What problems are explained with: the object, its schema, and how to follow a `$ref`. */
export interface Explaining {
  object: KubeObject;
  schema: Dict;
  follow(schema: unknown): Dict;
}

/** Turns a validator's errors into problems, one for each place. */
export function problemsOf(errors: readonly ErrorObject[], at: Explaining): Problem[] {
  // What alternatives say one by one is summed up by the error of the list of alternatives.
  const own = errors.filter(({ schemaPath }) => !/\/(anyOf|oneOf)\/\d+\//.test(schemaPath));
  const seen = new Set<string>();
  const problems = own.flatMap((error) => {
    const problem = problemOf(error, at);
    const id = `${problem.kind} ${problem.path.join('\u0000')}`;
    if (seen.has(id)) return [];
    seen.add(id);
    return [problem];
  });
  // A misspelt field is one mistake: what it should have been is not missing as well.
  const meant = new Set(problems.flatMap((each) => (each.kind === 'unknown' && each.near !== undefined ? [[...each.path.slice(0, -1), each.near].join('\u0000')] : [])));
  return problems.filter(({ kind, path }) => kind !== 'missing' || !meant.has(path.join('\u0000')));
}

function problemOf(error: ErrorObject, at: Explaining): Problem {
  const path = stepsIn(at.object, error.instancePath);
  const params = error.params as { additionalProperty?: string; missingProperty?: string };
  if (error.keyword === 'additionalProperties') {
    const field = params.additionalProperty ?? '';
    const keys = Object.keys(asDict(asDict(error.parentSchema)['properties']));
    const near = nearestKey(field, keys);
    if (near !== undefined) return { kind: 'unknown', path: [...path, field], field, near, hint: `did you mean ${near}?` };
    return { kind: 'unknown', path: [...path, field], field, hint: elsewhere(field, { path, keys }, at) };
  }
  if (error.keyword === 'required') {
    const field = params.missingProperty ?? '';
    const properties = asDict(asDict(error.parentSchema)['properties']);
    return { kind: 'missing', path: [...path, field], field, expected: field in properties ? expectedOf(at.follow(properties[field])) : 'a value' };
  }
  const got = isSecretPath(at.object, path) ? kindOf(error.data) : describeValue(error.data);
  return { kind: 'invalid', path, got, expected: expectationOf(error), hint: error.keyword === 'type' ? quotesHint(error) : '' };
}

/** The steps of a JSON pointer, list indexes as numbers. */
function stepsIn(object: unknown, pointer: string): FieldPath {
  let node = object;
  return pointer.split('/').slice(1).map((part) => {
    const step = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const isIndex = Array.isArray(node);
    node = isIndex ? asList(node)[Number(step)] : asDict(node)[step];
    return isIndex ? Number(step) : step;
  });
}

function elsewhere(field: string, { path, keys }: { path: FieldPath; keys: string[] }, at: Explaining): string {
  const place = placeFor(field, path, at);
  if (place !== undefined) return `it belongs to ${place}`;
  if (keys.length === 0) return 'there are no fields here';
  return keys.length <= 12 ? `there are ${oneOf(keys, 'and')}` : '';
}

/** Words that stand in so many places that none is likelier than another. */
const everywhere = new Set(['apiVersion', 'kind', 'name', 'value', 'type', 'key', 'path', 'spec', 'data']);

/** The nearest other place that has a field of this name: below the one where it stands, then below those above it. */
function placeFor(field: string, path: FieldPath, at: Explaining): string | undefined {
  if (everywhere.has(field)) return undefined;
  const schemas: Dict[] = [at.follow(at.schema)];
  for (const step of path) schemas.push(below(schemas[schemas.length - 1]!, step, at));
  for (let depth = schemas.length - 1; depth >= 0; depth--) {
    const found = search(schemas[depth]!, field, at);
    if (found) return [fieldText(at.object, path.slice(0, depth)), ...found].filter((part) => part !== '').join('.') || 'the top';
  }
  return undefined;
}

function below(schema: Dict, step: string | number, { follow }: Explaining): Dict {
  if (typeof step === 'number') return follow(schema['items']);
  const properties = asDict(schema['properties']);
  return follow(step in properties ? properties[step] : schema['additionalProperties']);
}

/** Fields and lists that lead to a map with the field, the shortest way first. */
function search(top: Dict, field: string, { follow }: Explaining): string[] | undefined {
  let level: { schema: Dict; way: string[] }[] = [{ schema: top, way: [] }];
  for (let depth = 0; depth < 4; depth++) {
    for (const { schema, way } of level) if (field in asDict(schema['properties'])) return way;
    level = level.flatMap(({ schema, way }) =>
      Object.entries(asDict(schema['properties'])).flatMap(([name, value]) => {
        if (name === 'metadata' || name === 'status') return [];
        const inner = follow(value);
        return isDict(inner['items']) ? [{ schema: follow(inner['items']), way: [...way, `${name}[]`] }] : [{ schema: inner, way: [...way, name] }];
      }),
    );
  }
  return undefined;
}

const typeWords: Readonly<Record<string, string>> = { string: 'text', number: 'a number', integer: 'a whole number', boolean: 'true or false', object: 'a map', array: 'a list' };

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' || typeof value === 'boolean' ? `a ${typeof value}` : describeValue(value);
}

/** What a schema expects, in words. */
function expectedOf(schema: Dict): string {
  if (Array.isArray(schema['enum'])) return oneOf(asList(schema['enum']).filter((each) => each !== null).map(String));
  const format = asString(schema['format']);
  if (format !== undefined && formatWords[format] !== undefined && schema['type'] !== 'integer') return formatWords[format];
  const types = [schema['type']].flat().filter((type) => type !== 'null');
  return oneOf(types.map((type) => typeWords[String(type)] ?? 'a value')) || 'a value';
}

function expectationOf({ keyword, params, schema, parentSchema }: ErrorObject): string {
  const { limit } = params as { limit?: number };
  switch (keyword) {
    case 'type':
      return expectedOf({ ...asDict(parentSchema), enum: undefined });
    case 'enum':
      return expectedOf({ enum: schema });
    case 'format':
      return formatWords[String(schema)] ?? String(schema);
    case 'minimum':
      return `at least ${limit}`;
    case 'exclusiveMinimum':
      return `more than ${limit}`;
    case 'maximum':
      return `at most ${limit}`;
    case 'exclusiveMaximum':
      return `less than ${limit}`;
    case 'minLength':
      return limit === 1 ? 'a text that is not empty' : `at least ${limit} letters`;
    case 'maxLength':
      return `at most ${limit} letters`;
    case 'minItems':
    case 'minProperties':
      return `at least ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    case 'maxItems':
    case 'maxProperties':
      return `at most ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
    case 'pattern':
      return `a text of the form ${String(schema)}`;
    case 'uniqueItems':
      return 'a list without equal entries';
    case 'multipleOf':
      return `a multiple of ${String(schema)}`;
    case 'anyOf':
    case 'oneOf':
      return alternatives(keyword, asList(schema));
    case 'not':
      return forbidden(asDict(schema));
    default:
      return `what the rule ${keyword} of its schema says`;
  }
}

/** Alternatives are mostly lists of fields of which one must be there. */
function alternatives(keyword: 'anyOf' | 'oneOf', options: unknown[]): string {
  const fields = options.map((option) => asList(asDict(option)['required']).map(String));
  if (fields.every((each) => each.length > 0)) return `${keyword === 'oneOf' ? 'exactly one of' : 'one of'} ${oneOf(fields.map((each) => each.join(' and ')), 'and')}`;
  const values = options.flatMap((option) => asList(asDict(option)['enum']).map(String));
  return values.length > 0 ? oneOf(values) : `${keyword === 'oneOf' ? 'exactly one' : 'one'} of the ${options.length} forms of its schema`;
}

function forbidden(schema: Dict): string {
  const fields = asList(schema['required']).map(String);
  return fields.length > 0 ? `not ${oneOf(fields, 'and')} at once` : 'a value that its schema does not forbid';
}

function quotesHint({ data, schema }: ErrorObject): string {
  const wanted = [schema].flat().map(String);
  if (wanted.includes('string') && (typeof data === 'number' || typeof data === 'boolean')) return 'put it into quotes';
  if (typeof data === 'string' && wanted.includes('boolean') && /^(true|false)$/.test(data)) return 'take the quotes away';
  if (typeof data === 'string' && (wanted.includes('integer') || wanted.includes('number')) && /^-?\d+$/.test(data)) return 'take the quotes away';
  if (isDict(data) && wanted.includes('array')) return 'begin each entry with "- "';
  return '';
}
