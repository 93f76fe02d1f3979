import type { AnySchema, ErrorObject, ValidateFunction } from 'ajv';
import { asDict, asList, asString, isDict } from '../lib/read-unknown.js';
import type { KnownMap } from '../lib/known-maps.js';

export type { ErrorObject } from 'ajv';

/** Makes a validator of a chart's values.schema.json; throws with a reason where it cannot be used here. */
export async function compileSchema(text: string): Promise<{ validate: ValidateFunction; schema: unknown }> {
  const schema: unknown = JSON.parse(text);
  if (!isDict(schema)) return { validate: (await newAjv('')).compile(schema === false ? false : true), schema };
  const { $schema, ...rest } = schema;
  const ajv = await newAjv(typeof $schema === 'string' ? $schema : '');
  return { validate: ajv.compile(rest), schema };
}

/** Helm reads a schema without `$schema` as draft 2020-12. */
async function newAjv(dialect: string): Promise<{ compile(schema: AnySchema): ValidateFunction }> {
  const options = { allErrors: true, verbose: true, strict: false, validateFormats: false, logger: false } as const;
  if (/draft-0[34]/.test(dialect)) throw new Error('it is written in JSON Schema draft 4; 6, 7, 2019-09 and 2020-12 are read');
  if (/draft-0[67]/.test(dialect)) return new (await import('ajv')).Ajv(options);
  if (dialect.includes('2019-09')) return new (await import('ajv/dist/2019.js')).Ajv2019(options);
  return new (await import('ajv/dist/2020.js')).Ajv2020(options);
}

/** Every map with named keys in a schema, local references followed. */
export function mapsOf(schema: unknown): KnownMap[] {
  const maps: KnownMap[] = [];
  const visit = (node: unknown, place: string[], above: unknown[]): void => {
    if (!isDict(node) || place.length > 12 || above.includes(node) || maps.length > 2000) return;
    const inside = [...above, node];
    const properties = asDict(node['properties']);
    const keys = Object.keys(properties);
    if (keys.length > 0) maps.push({ place, keys });
    for (const key of keys) visit(properties[key], [...place, key], inside);
    visit(node['additionalProperties'], [...place, '*'], inside);
    visit(node['items'], [...place, '#'], inside);
    for (const word of ['allOf', 'anyOf', 'oneOf']) for (const option of asList(node[word])) visit(option, place, inside);
    if (typeof node['$ref'] === 'string') visit(referred(schema, node['$ref']), place, inside);
  };
  visit(schema, [], []);
  return maps;
}

/** The part of a schema that a local reference (`#/$defs/port`) names. */
export function referred(schema: unknown, ref: string): unknown {
  if (!ref.startsWith('#')) return undefined;
  return stepsOf(decodeURIComponent(ref.slice(1))).reduce<unknown>((node, step) => (isDict(node) ? node[step] : asList(node)[Number(step)]), schema);
}

/** The steps of a JSON pointer. */
export function stepsOf(pointer: string): string[] {
  return pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'null',
};

/** Says what a violated rule expects, in words that follow "expected". */
export function expectationOf({ keyword, params, schema, parentSchema }: ErrorObject, root: unknown): string[] {
  const limit = JSON.stringify((params as { limit?: number }).limit ?? null);
  switch (keyword) {
    case 'type':
      return typeNames(schema);
    case 'enum':
      return asList(schema).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
    case 'const':
      return [JSON.stringify(schema)];
    case 'minimum':
    case 'exclusiveMinimum':
      return [`a number ${keyword === 'minimum' ? 'of at least' : 'above'} ${limit}`];
    case 'maximum':
    case 'exclusiveMaximum':
      return [`a number ${keyword === 'maximum' ? 'of at most' : 'below'} ${limit}`];
    case 'minLength':
      return [limit === '1' ? 'a text that is not empty' : `at least ${limit} letters`];
    case 'maxLength':
      return [`at most ${limit} letters`];
    case 'pattern':
      return [`a text of the form ${String(schema)}`];
    case 'minItems':
      return [`at least ${limit} items`];
    case 'maxItems':
      return [`at most ${limit} items`];
    case 'uniqueItems':
      return ['a list without equal items'];
    case 'minProperties':
      return [`at least ${limit} keys`];
    case 'maxProperties':
      return [`at most ${limit} keys`];
    case 'multipleOf':
      return [`a multiple of ${String(schema)}`];
    case 'anyOf':
    case 'oneOf':
      return asList(schema).flatMap((option) => describeOption(option, root));
    default:
      return [asDict(parentSchema)['description'] ? `what its description says: ${String(asDict(parentSchema)['description'])}` : `a value that fits the rule ${keyword} of the chart's schema`];
  }
}

function describeOption(option: unknown, root: unknown): string[] {
  const ref = asDict(option)['$ref'];
  const { type, enum: members, const: only, pattern } = asDict(typeof ref === 'string' ? referred(root, ref) : option);
  if (only !== undefined) return [JSON.stringify(only)];
  if (Array.isArray(members)) return members.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  if (typeof pattern === 'string') return [`a text of the form ${pattern}`];
  return type === undefined ? ['another form'] : typeNames(type);
}

function typeNames(type: unknown): string[] {
  const names = typeof type === 'string' ? [type] : asList(type).flatMap((name) => asString(name) ?? []);
  return names.map((name) => types[name] ?? name);
}
