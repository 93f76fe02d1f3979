// Turns OpenAPI v3 documents of an API server into definitions that a JSON Schema validator reads.

/** All schemas of some documents by name. One type says the same everywhere, but for kinds that are in every group. */
export function definitionsOf(documents) {
  const definitions = {};
  for (const { components } of documents) for (const [name, schema] of Object.entries(components?.schemas ?? {})) definitions[name] = schema;
  return definitions;
}

/** What is shipped for one version: which definition each kind has, those that are off by default, and the definitions. */
export function kubernetesFile(source, all) {
  const kinds = {};
  for (const [name, schema] of Object.entries(all)) {
    const [only, ...more] = schema['x-kubernetes-group-version-kind'] ?? [];
    if (!only || more.length > 0 || (schema.properties?.items && schema.properties.metadata && name.endsWith('List'))) continue;
    kinds[only.group === '' ? `${only.version}/${only.kind}` : `${only.group}/${only.version}/${only.kind}`] = name;
  }
  const definitions = {};
  const add = (name) => {
    if (name in definitions) return;
    definitions[name] = undefined;
    definitions[name] = special(name) ?? converted(all[name], add, name);
  };
  for (const name of Object.values(kinds)) add(name);
  return { source, kinds: sorted(kinds), definitions: sorted(definitions) };
}

/** Types whose published schema says less, or says it in a way that a validator would read otherwise. */
function special(name) {
  if (name === 'io.k8s.apimachinery.pkg.util.intstr.IntOrString') return { type: ['integer', 'string'], 'x-kubernetes-int-or-string': true };
  if (name === 'io.k8s.apimachinery.pkg.api.resource.Quantity') return { type: ['string', 'number'], format: 'quantity' };
  // A type without fields takes none.
  if (name === 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus') return { type: 'object', additionalProperties: false };
  return undefined;
}

/** Fields that are called required and not demanded: an absent one counts as zero, false or empty. */
const notDemanded = {
  'io.k8s.api.apps.v1.ControllerRevision': ['revision'],
  'io.k8s.api.core.v1.HTTPHeader': ['value'],
  'io.k8s.api.core.v1.LimitRangeSpec': ['limits'],
  'io.k8s.api.core.v1.Sysctl': ['value'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion': ['served', 'storage'],
};

function converted(schema, add, name) {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { allOf, ...flat } = schema;
  // `allOf` of one reference is how OpenAPI puts a default beside it.
  const merged = allOf?.length === 1 ? { ...allOf[0], ...flat } : schema;
  const out = {};
  for (const key of Object.keys(merged).sort()) {
    if (['description', 'x-kubernetes-group-version-kind', 'x-kubernetes-unions'].includes(key)) continue;
    const value = merged[key];
    if (key === '$ref') {
      const other = value.slice('#/components/schemas/'.length);
      add(other);
      out.$ref = `#/definitions/${other}`;
    } else if (key === 'properties') out.properties = Object.fromEntries(Object.entries(value).map(([field, below]) => [field, converted(below, add)]));
    else if (key === 'items' || key === 'additionalProperties') out[key] = converted(value, add);
    else if (['allOf', 'anyOf', 'oneOf'].includes(key)) out[key] = value.map((each) => converted(each, add));
    else out[key] = value;
  }
  if (out.required) out.required = out.required.filter((field) => !(notDemanded[name] ?? []).includes(field));
  if (out.required?.length === 0) delete out.required;
  // The server refuses fields that it does not know.
  if (out.type === 'object' && out.properties && out.additionalProperties === undefined) out.additionalProperties = false;
  return out;
}

/**
 * Corrects older definitions by newer ones: the published files have no enums, the API server has them, and they only grow;
 * fields that a newer version no longer calls required never were demanded.
 */
export function refined(older, newer) {
  const visit = (old, young) => {
    if (!isMap(old) || !isMap(young)) return old;
    const { required, ...out } = old;
    if (old.type === 'string' && young.enum && !old.enum) out.enum = young.enum;
    const demanded = required?.filter((field) => young.required?.includes(field) || !(field in (young.properties ?? {}))) ?? [];
    if (demanded.length > 0) out.required = demanded;
    if (old.properties) out.properties = Object.fromEntries(Object.entries(old.properties).map(([name, schema]) => [name, visit(schema, young.properties?.[name])]));
    for (const key of ['items', 'additionalProperties']) if (isMap(old[key])) out[key] = visit(old[key], young[key]);
    return out;
  };
  return Object.fromEntries(Object.entries(older).map(([name, schema]) => [name, visit(schema, newer[name])]));
}

/** A CRD's schema without what is written for people, and without rules that only an API server runs. */
export function withoutDescriptions(schema) {
  if (!isMap(schema)) return schema;
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    if (['description', 'example', 'externalDocs', 'x-kubernetes-validations'].includes(key)) continue;
    if (key === 'properties') out[key] = Object.fromEntries(Object.entries(value).map(([name, below]) => [name, withoutDescriptions(below)]));
    else if (Array.isArray(value)) out[key] = value.map(withoutDescriptions);
    else out[key] = withoutDescriptions(value);
  }
  return out;
}

function sorted(map) {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isMap(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
