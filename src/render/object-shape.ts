import { diagnose, type Diagnostic, type Location } from '../diagnostics/index.js';
import { describeValue } from '../lib/describe-value.js';
import { asDict, asString, isDict, type Dict } from '../lib/read-unknown.js';
import { isKubeObject, type KubeObject } from '../model/index.js';
import { isBuiltIn } from './kinds.js';

/** What the API server adds to an object: it has no place in a file, and server-side apply refuses parts of it. */
const exportedFields = ['uid', 'resourceVersion', 'generation', 'managedFields', 'selfLink', 'deletionTimestamp'];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Reads an object as rendered; undefined when it is none. What an API server wrote into it is taken out. */
export function readObject(raw: Dict, at: Location): { object?: KubeObject; diagnostics: Diagnostic[] } {
  const problems = [...headProblems(raw), ...textProblems(raw)];
  if (problems.length > 0) return { diagnostics: problems.map((problem) => diagnose('object-invalid', { object: headOf(raw), problem }, at)) };
  if (!isKubeObject(raw)) {
    const generated = asString(asDict(raw['metadata'])['generateName']);
    if (generated !== undefined) return { diagnostics: [diagnose('object-generate-name', { object: headOf(raw), name: generated }, at)] };
    return { diagnostics: [diagnose('object-invalid', { object: headOf(raw), problem: 'metadata.name: missing, expected a name' }, at)] };
  }
  const removed = exportedFields.filter((field) => field in raw.metadata);
  const annotations = asDict(raw.metadata['annotations']);
  if (lastApplied in annotations) removed.push(`annotations[${lastApplied}]`);
  const diagnostics = removed.length > 0 ? [diagnose('object-exported', { object: headOf(raw), fields: removed.join(', ') }, at)] : [];
  return { object: withoutServerFields(raw), diagnostics };
}

/** Writes what is known of an object that may be incomplete: `Deployment/web`, `a Deployment without a name`. */
function headOf(raw: Dict): string {
  const kind = asString(raw['kind']) || undefined;
  const { name } = asDict(raw['metadata']);
  const named = typeof name === 'string' || typeof name === 'number' || typeof name === 'boolean' ? String(name) : '';
  if (kind) return named ? `${kind}/${named}` : `${kind} without a name`;
  return named ? `object ${named}` : 'object';
}

function headProblems(raw: Dict): string[] {
  const problems: string[] = [];
  for (const field of ['apiVersion', 'kind'] as const) {
    const value = raw[field];
    if (value === undefined || value === null || value === '') problems.push(`${field}: missing, expected text`);
    else if (typeof value !== 'string') problems.push(`${field}: got ${describeValue(value)}, expected text`);
  }
  const { metadata } = raw;
  if (metadata !== undefined && metadata !== null && !isDict(metadata)) problems.push(`metadata: got ${describeValue(metadata)}, expected a map`);
  for (const field of ['name', 'namespace', 'generateName']) {
    const value = asDict(metadata)[field];
    if (value !== undefined && value !== null && typeof value !== 'string') problems.push(`metadata.${field}: got ${notText(value)}`);
  }
  if (asDict(metadata)['name'] === '') problems.push('metadata.name: empty, expected a name');
  return problems;
}

/** Labels and annotations are texts: `true`, `1` and dates want quotes. */
function textProblems(raw: Dict): string[] {
  const problems: string[] = [];
  for (const { path, metadata } of metadatas(raw)) {
    for (const field of ['labels', 'annotations']) {
      const map = asDict(metadata)[field];
      if (map !== undefined && map !== null && !isDict(map)) problems.push(`${path}.${field}: got ${describeValue(map)}, expected a map`);
      for (const [key, value] of Object.entries(asDict(map))) {
        if (typeof value !== 'string' && value !== null) problems.push(`${path}.${field}[${key}]: got ${notText(value)}`);
      }
    }
  }
  return problems;
}

function notText(value: unknown): string {
  return typeof value === 'object' ? `${describeValue(value)}, expected text` : `${describeValue(value)}, expected text: put it into quotes`;
}

/** The metadata of an object and of the templates in it. */
export function metadatas(raw: Dict): { path: string; metadata: unknown }[] {
  const found = [{ path: 'metadata', metadata: raw['metadata'] }];
  const spec = asDict(raw['spec']);
  const job = asDict(spec['jobTemplate']);
  if (isDict(spec['template'])) found.push({ path: 'spec.template.metadata', metadata: spec['template']['metadata'] });
  if (isDict(spec['jobTemplate'])) found.push({ path: 'spec.jobTemplate.metadata', metadata: job['metadata'] });
  const inner = asDict(job['spec'])['template'];
  if (isDict(inner)) found.push({ path: 'spec.jobTemplate.spec.template.metadata', metadata: inner['metadata'] });
  return found;
}

/** Takes out what only an API server writes. `creationTimestamp: null` comes out of generators, also in templates; it says nothing. */
function withoutServerFields(raw: KubeObject): KubeObject {
  const { status, ...rest } = raw;
  const metadata = cleanMetadata(raw.metadata);
  const object: KubeObject = { ...rest, apiVersion: raw.apiVersion, kind: raw.kind, metadata: { ...metadata, name: raw.metadata.name } };
  // Other kinds may use a field of that name as they like, unless their CRD makes it a subresource.
  if (status !== undefined && !isBuiltIn(raw)) object['status'] = status;
  const spec = asDict(object['spec']);
  if (isDict(spec['template'])) object['spec'] = { ...spec, template: cleanTemplate(spec['template']) };
  return object;
}

function cleanMetadata(metadata: Dict): Dict {
  const { creationTimestamp: _created, ...rest } = metadata;
  for (const field of exportedFields) delete rest[field];
  if (rest['namespace'] === null || rest['namespace'] === '') delete rest['namespace'];
  for (const field of ['labels', 'annotations']) {
    const { [field]: map } = rest;
    if (map === null) delete rest[field];
    else if (isDict(map)) rest[field] = withoutNulls(map);
  }
  return rest;
}

function withoutNulls(map: Dict): Dict {
  return Object.fromEntries(Object.entries(map).filter(([key, value]) => value !== null && key !== lastApplied));
}

function cleanTemplate(template: Dict): Dict {
  const metadata = asDict(template['metadata']);
  if (metadata['creationTimestamp'] !== null || !('creationTimestamp' in metadata)) return template;
  const { creationTimestamp: _created, ...rest } = metadata;
  return { ...template, metadata: rest };
}
