// Makes values.schema.json, values.yaml and README.md of each library chart from its options in tools/charts/*.yaml.
// `--write` writes them; without it the files are compared, and a difference fails.
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { finish } from './generated.mjs';

const charts = ['python-fastapi-service', 'python-celery-worker', 'frontend-spa'];
const root = new URL('../', import.meta.url);
const read = (path) => parse(readFileSync(new URL(path, root), 'utf8'));

const files = {};
for (const name of charts) {
  const own = read(`tools/charts/${name}.yaml`);
  const about = read(`charts/${name}/Chart.yaml`);
  const schema = schemaOf(name, own, about);
  files[`charts/${name}/values.schema.json`] = `${JSON.stringify(withoutDefaults(schema), null, 2)}\n`;
  files[`charts/${name}/values.yaml`] = valuesFile(name, schema);
  files[`charts/${name}/README.md`] = readme(name, { own, about, schema });
}
finish(files, 'npm run update:charts');

/** The options of the files that a chart is made `with`, then its own; a later one adds to an earlier one. */
function schemaOf(name, own, about) {
  const parts = [...own.with.map((part) => read(`tools/charts/${part}.yaml`)), own];
  const properties = {};
  for (const part of parts) merge(properties, part.properties);
  for (const without of own.without ?? []) delete properties[without];
  const used = JSON.stringify(properties);
  const definitions = parts[0].definitions;
  const isUsed = (key, text) => text.includes(`"#/definitions/${key}"`);
  const needed = Object.keys(definitions).filter((key) => isUsed(key, used) || Object.entries(definitions).some(([other, each]) => isUsed(other, used) && isUsed(key, JSON.stringify(each))));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: name,
    description: about.description,
    type: 'object',
    additionalProperties: false,
    required: parts.flatMap(({ required }) => required),
    properties,
    definitions: Object.fromEntries(needed.map((key) => [key, definitions[key]])),
  };
}

function merge(into, from) {
  for (const [key, value] of Object.entries(from)) {
    if (isMap(value) && isMap(into[key]) && key !== 'default') merge(into[key], value);
    else into[key] = isMap(value) ? copied(value) : value;
  }
}

/** A later part must not change what an earlier one holds. */
function copied(map) {
  return mapValues(map, (value) => (isMap(value) ? copied(value) : value));
}

function isMap(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Drafts of JSON Schema before 2019 read nothing beside a $ref, so it stands in an allOf. */
function withoutDefaults(node) {
  if (Array.isArray(node)) return node.map(withoutDefaults);
  if (!isMap(node)) return node;
  const { $ref, ...rest } = node;
  const inside = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'default').map(([key, value]) => [key, key === 'properties' || key === 'definitions' ? mapValues(value, withoutDefaults) : withoutDefaults(value)]));
  if ($ref === undefined) return inside;
  return Object.keys(inside).length === 0 ? { $ref } : { ...inside, allOf: [{ $ref }] };
}

function mapValues(map, change) {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** A schema with what its reference says below what it says itself. */
function resolved(schema, root) {
  if (!schema.$ref) return schema;
  const target = schema.$ref.slice(2).split('/').reduce((node, step) => node[step], root);
  return { ...resolved(target, root), ...schema };
}

/** values.yaml: each option under its description; one without a default as a comment. */
function valuesFile(name, schema) {
  const lines = [`# Defaults of ${name}. Generated from tools/charts/ by \`npm run update:charts\`. Do not edit.`, '# README.md lists every option; what stands behind # has no default.'];
  const write = (properties, indent) => {
    for (const [key, raw] of Object.entries(properties)) {
      if (key === 'global' || key === 'mostik-service') continue;
      const option = resolved(raw, schema);
      if (indent === '') lines.push('');
      lines.push(...wrap(option.description, indent));
      if (raw.default !== undefined) lines.push(...yamlLines({ [key]: raw.default }, indent));
      else if (raw.properties && hasDefault(raw)) {
        lines.push(`${indent}${key}:`);
        write(raw.properties, `${indent}  `);
      } else lines.push(`${indent}# ${key}:`);
    }
  };
  write(schema.properties, '');
  return `${lines.join('\n')}\n`;
}

function hasDefault(option) {
  return option.default !== undefined || Object.values(option.properties ?? {}).some(hasDefault);
}

function wrap(text, indent) {
  const out = [''];
  for (const word of text.split(' ')) {
    if (`${indent}# ${out.at(-1)} ${word}`.length > 120) out.push('');
    out[out.length - 1] += out.at(-1) === '' ? word : ` ${word}`;
  }
  return out.map((line) => `${indent}# ${line}`);
}

function yamlLines(value, indent) {
  return stringify(value, { lineWidth: 0 }).trimEnd().split('\n').map((line) => indent + line);
}

function readme(name, { own, about, schema }) {
  const rows = [];
  const visit = (properties, above, required) => {
    for (const [key, raw] of Object.entries(properties)) {
      if (key === 'global' || key === 'mostik-service') continue;
      const option = resolved(raw, schema);
      const path = [...above, key].join('.');
      const isNeeded = required.includes(key);
      if (raw.properties) rows.push(`| **\`${path}\`** | | | ${cell(option.description)}${isNeeded ? ' (required)' : ''} |`);
      else rows.push(`| \`${path}\` | ${typeOf(option)} | ${raw.default === undefined ? (isNeeded ? 'required' : '') : code(raw.default)} | ${cell(option.description)} |`);
      if (option.properties && !raw.default) visit(option.properties, [...above, key], option.required ?? []);
      else if (raw.$ref === '#/definitions/probe') for (const [field, each] of Object.entries(option.properties)) rows.push(`| \`${path}.${field}\` | ${typeOf(resolved(each, schema))} | ${raw.default?.[field] === undefined ? '' : code(raw.default[field])} | ${cell(resolved(each, schema).description)} |`);
      else if (isMap(option.additionalProperties)) {
        const each = resolved(option.additionalProperties, schema);
        if (each.properties) visit(each.properties, [...above, key, 'NAME'], each.required ?? []);
      } else if (isMap(option.items) && option.items.properties) visit(option.items.properties, [...above, `${key}[]`], option.items.required ?? []);
    }
  };
  visit(schema.properties, [], schema.required);
  const inPlatform = own.example.replaceAll(/^/gm, '        ').trimEnd();
  const inChart = own.example.replaceAll(/^/gm, '  ').trimEnd();
  return `# ${name}

${about.description}. A Helm library chart (version ${about.version}).

Generated from its schema by \`npm run update:charts\`. Do not edit.

## In a platform file
\`\`\`yaml
spec:
  components:
    ${exampleName(own)}:
      chart: ${name}
      values:
${inPlatform}
\`\`\`
The name of the component is the release, and so the name of every object. The same values may stand in a file (\`files:\`).

## With plain Helm
A chart of your own with a dependency, one template and its values:
\`\`\`yaml
# Chart.yaml
apiVersion: v2
name: ${exampleName(own)}
version: 1.0.0
dependencies:
  - { name: ${name}, version: ${about.version}, repository: file://../${name} }
\`\`\`
\`\`\`yaml
# templates/all.yaml
{{ include "${name}.all" . }}
\`\`\`
\`\`\`yaml
# values.yaml
${name}:
${inChart}
\`\`\`
\`helm dependency build\`, then install as any chart. Each object has a template of its own (\`${name}.deployment\` and so on) for a chart that leaves some out.

## Options
Unknown keys are refused.

| option | type | default | what it does |
|---|---|---|---|
${rows.join('\n')}
`;
}

function exampleName(own) {
  return /repository: example\/(\S+),/.exec(own.example)[1];
}

function typeOf(option) {
  if (option.enum) return option.enum.map((value) => `\`${value}\``).join(', ');
  return [option.type ?? 'anything'].flat().map((type) => ({ object: 'map', array: 'list', integer: 'whole number', boolean: 'true, false', string: 'text' })[type] ?? type).join(' or ');
}

function code(value) {
  return `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
