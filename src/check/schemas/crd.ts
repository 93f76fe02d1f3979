import { asDict, asList, isDict, type Dict } from '../../lib/read-unknown.js';

/**
 * Turns the schema of a CRD version into JSON Schema that says what an API server says: fields it would drop are not allowed,
 * `x-kubernetes-*` become types, null stands where a default or `nullable` lets it.
 */
export function fromCrd(schema: unknown, metadata: Dict): Dict {
  const { properties, ...top } = structural(schema);
  return { ...top, type: 'object', properties: { ...asDict(properties), apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata } };
}

function structural(schema: unknown): Dict {
  const node = asDict(schema);
  const { type: _type, properties: _properties, items: _items, additionalProperties: _more, ...rest } = node;
  const out = ruled(rest);
  const types = typesOf(node);
  if (types.length > 0) out['type'] = types.length === 1 ? types[0] : types;
  if (types.includes('null') && Array.isArray(out['enum'])) out['enum'] = [...asList(out['enum']), null];
  const open = node['x-kubernetes-preserve-unknown-fields'] === true;
  const embedded = node['x-kubernetes-embedded-resource'] === true;
  const properties: Dict = embedded ? { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } } : {};
  for (const [name, below] of Object.entries(asDict(node['properties']))) properties[name] = structural(below);
  if (Object.keys(properties).length > 0) out['properties'] = properties;
  if (isDict(node['items'])) out['items'] = structural(node['items']);
  if (isDict(node['additionalProperties'])) out['additionalProperties'] = structural(node['additionalProperties']);
  else if (types.includes('object') && !open && node['additionalProperties'] !== true) out['additionalProperties'] = false;
  return out;
}

function typesOf(node: Dict): string[] {
  const types = node['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : typeof node['type'] === 'string' ? [node['type']] : [];
  if (types.length > 0 && (node['nullable'] === true || 'default' in node)) types.push('null');
  return types;
}

const kept = ['enum', 'format', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'multipleOf', 'required'];

/** What a schema says of values alone; fields are not closed here, since they are declared elsewhere. */
function ruled(node: Dict): Dict {
  const out: Dict = {};
  for (const key of kept) if (node[key] !== undefined) out[key] = node[key];
  // OpenAPI marks the bound as exclusive, JSON Schema gives it.
  for (const [bound, exclusive] of [['minimum', 'exclusiveMinimum'], ['maximum', 'exclusiveMaximum']] as const) {
    if (typeof out[exclusive] !== 'boolean') continue;
    if (out[exclusive]) {
      out[exclusive] = out[bound];
      delete out[bound];
    } else delete out[exclusive];
  }
  if (typeof node['pattern'] === 'string' && isReadable(node['pattern'])) out['pattern'] = node['pattern'];
  // The alternatives of an int-or-string are its types.
  if (node['x-kubernetes-int-or-string'] === true) return out;
  for (const word of ['allOf', 'anyOf', 'oneOf']) if (Array.isArray(node[word])) out[word] = asList(node[word]).map(alternative);
  if (isDict(node['not'])) out['not'] = alternative(node['not']);
  return out;
}

function alternative(schema: unknown): Dict {
  const node = asDict(schema);
  const out = ruled(node);
  if (isDict(node['properties'])) out['properties'] = Object.fromEntries(Object.entries(node['properties']).map(([name, below]) => [name, alternative(below)]));
  if (isDict(node['items'])) out['items'] = alternative(node['items']);
  return out;
}

/** Patterns are written for Go; those that this language reads otherwise, or not at all, are left to the API server. */
function isReadable(pattern: string): boolean {
  if (/\[\[:|\\[AzQEpP]|\(\?[a-zA-Z]/.test(pattern)) return false;
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}
