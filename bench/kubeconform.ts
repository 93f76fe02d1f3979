import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asDict, asList, asString, isDict, type Dict } from '../src/lib/read-unknown.js';

/** Builds kubeconform from its Go module, pinned in bench/kubeconform/go.mod. */
export function buildKubeconform(module: string, work: string): string {
  const path = join(work, 'kubeconform');
  execFileSync('go', ['build', '-trimpath', '-o', path, 'github.com/yannh/kubeconform/cmd/kubeconform'], { cwd: module, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, CGO_ENABLED: '0' } });
  return path;
}

/** Writes one strict JSON Schema a kind, references resolved, from the API server's own OpenAPI: what kubeconform reads otherwise from the network. */
export function writeSchemas(folder: string, openapi: string): void {
  mkdirSync(folder, { recursive: true });
  const definitions = asDict(asDict(JSON.parse(openapi))['definitions']);
  for (const definition of Object.values(definitions)) {
    for (const entry of asList(asDict(definition)['x-kubernetes-group-version-kind'])) {
      const { group, version, kind } = { group: asString(asDict(entry)['group']) ?? '', version: asString(asDict(entry)['version']) ?? '', kind: asString(asDict(entry)['kind']) ?? '' };
      if (!wanted.includes(`${group}/${version}/${kind}`)) continue;
      const suffix = group === '' ? version : `${group.split('.')[0]}-${version}`;
      writeFileSync(join(folder, `${kind.toLowerCase()}-${suffix}.json`), JSON.stringify(resolved(asDict(definition), definitions)));
    }
  }
}

const wanted = ['/v1/ConfigMap', '/v1/Secret', '/v1/Service', 'apps/v1/Deployment'];

function resolved(schema: Dict, definitions: Dict): Dict {
  const reference = asString(schema['$ref']);
  if (reference !== undefined) return resolved(asDict(definitions[reference.replace('#/definitions/', '')]), definitions);
  if (schema['format'] === 'int-or-string') return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  const { properties, items, additionalProperties, type, required } = schema;
  const out: Dict = { ...(type ? { type: type === 'object' || type === 'array' ? [type, 'null'] : type } : {}), ...(required ? { required } : {}) };
  if (isDict(properties)) {
    out['properties'] = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, resolved(asDict(property), definitions)]));
    out['additionalProperties'] = false;
  }
  if (isDict(items)) out['items'] = resolved(items, definitions);
  if (isDict(additionalProperties)) out['additionalProperties'] = resolved(additionalProperties, definitions);
  return out;
}
