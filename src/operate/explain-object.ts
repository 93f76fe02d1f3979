import { fieldText } from '../check/field.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asString, isDict } from '../lib/read-unknown.js';
import { formatRef, type FieldPath, type KubeObject, type RenderedObject } from '../model/index.js';

/** Short names of kinds, as kubectl knows them. */
const shortKinds: Readonly<Record<string, string>> = {
  cj: 'CronJob', cm: 'ConfigMap', crd: 'CustomResourceDefinition', deploy: 'Deployment', ds: 'DaemonSet', hpa: 'HorizontalPodAutoscaler', ing: 'Ingress', netpol: 'NetworkPolicy', ns: 'Namespace',
  pdb: 'PodDisruptionBudget', po: 'Pod', pv: 'PersistentVolume', pvc: 'PersistentVolumeClaim', quota: 'ResourceQuota', rs: 'ReplicaSet', sa: 'ServiceAccount', sts: 'StatefulSet', svc: 'Service',
};

/** Finds the object that a user names: `Kind/name` or `Kind/namespace/name`, the kind in any case, in the plural, or short. */
export function requireObject(objects: readonly RenderedObject[], text: string): RenderedObject {
  const [kind = '', ...rest] = text.split('/');
  const [name, namespace] = [rest.at(-1) ?? '', rest.length === 2 ? rest[0] : undefined];
  const wanted = (shortKinds[kind.toLowerCase()] ?? kind).toLowerCase();
  const isKind = (found: string): boolean => [wanted, wanted.replace(/ies$/, 'y'), wanted.replace(/es$/, ''), wanted.replace(/s$/, '')].includes(found.toLowerCase());
  const found = objects.filter(({ ref }) => isKind(ref.kind) && ref.name === name && (namespace === undefined || ref.namespace === namespace));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new MostikError([diagnose('explain-object-ambiguous', { object: text, objects: found.map(({ ref }) => formatRef(ref)).join(', ') })]);
  const alike = objects.filter(({ ref }) => isKind(ref.kind));
  const nearName = didYouMean(name, alike.map(({ ref }) => ref.name));
  const near = alike.map(({ ref }) => ref).filter((ref) => ref.name === nearName).map(formatRef)[0] ?? didYouMean(text, objects.map(({ ref }) => `${ref.kind}/${ref.name}`)) ?? objects.map(({ ref }) => ref).filter((ref) => ref.name === name).map(formatRef)[0];
  throw new MostikError([diagnose('explain-object-unknown', { object: text, hint: near === undefined ? 'mostik render shows all of them' : `did you mean ${near}?` })]);
}

/** Where the path of a field leads in an object. */
export interface Found {
  path: FieldPath;
  value: unknown;
}

/** Reads a field as Mostik prints it, `spec.template.spec.containers[web].image`, against an object; undefined where the object ends before. */
export function findField(object: unknown, field: string): Found | undefined {
  const path: FieldPath = [];
  let value = object;
  for (const step of stepsOf(field)) {
    const next = stepInto(value, step);
    if (next === undefined) return undefined;
    path.push(next);
    value = Array.isArray(value) ? (value as unknown[])[Number(next)] : isDict(value) ? value[next] : undefined;
  }
  return { path, value };
}

/** `containers[web]` is by name, `containers[0]` by place, `labels[app.kubernetes.io/name]` a key with dots in it. */
function stepsOf(field: string): string[] {
  return [...field.matchAll(/\[(?:"([^"]*)"|'([^']*)'|([^\]]*))\]|([^.[\]]+)/g)].map(([, double, single, bare, word]) => double ?? single ?? bare ?? word ?? '');
}

function stepInto(value: unknown, step: string): string | number | undefined {
  if (Array.isArray(value)) {
    const named = value.findIndex((entry) => isDict(entry) && asString(entry['name']) === step);
    const index = named >= 0 ? named : /^\d+$/.test(step) ? Number(step) : -1;
    return index >= 0 && index < value.length ? index : undefined;
  }
  return isDict(value) && Object.hasOwn(value, step) ? step : undefined;
}

/** Finds a field of an object of the platform. Throws a Diagnostic with the nearest right name. */
export function requireField(object: KubeObject, field: string, of: string): Found {
  const found = findField(object, field);
  if (found) return found;
  const steps = stepsOf(field);
  let depth = steps.length;
  while (depth > 0 && !findField(object, joined(steps.slice(0, depth)))) depth--;
  const above = depth === 0 ? { path: [], value: object as unknown } : findField(object, joined(steps.slice(0, depth)))!;
  const keys = Array.isArray(above.value) ? above.value.flatMap((entry, i) => (isDict(entry) ? (asString(entry['name']) ?? String(i)) : String(i))) : isDict(above.value) ? Object.keys(above.value) : [];
  const missing = steps[depth] ?? '';
  const near = didYouMean(missing, keys);
  const where = above.path.length === 0 ? 'the object' : fieldText(object, above.path);
  const problem = keys.length === 0 ? `${where} has nothing below it` : `${where} has ${keys.slice(0, 12).join(', ')}${keys.length > 12 ? ' and more' : ''}`;
  throw new MostikError([diagnose('explain-field-unknown', { object: of, field, problem, hint: near === undefined ? '--live shows fields that others set' : `did you mean ${near}?` })]);
}

function joined(steps: readonly string[]): string {
  return steps.map((step) => `[${JSON.stringify(step)}]`).join('');
}
