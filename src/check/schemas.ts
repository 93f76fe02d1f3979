import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { isDict } from '../lib/read-unknown.js';
import { formatRef, isSecretPath, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { versionFinding } from './api-versions.js';
import { fieldText, placeOf } from './field.js';
import { problemsOf, type Problem } from './schemas/problems.js';
import type { KnownKind, Validators } from './schemas/validators.js';

/** Holds every object against the schema of its kind: of the platform's Kubernetes version, of a CRD, or of a well-known operator. */
export async function schemas(platform: ResolvedPlatform, desired: Desired): Promise<Diagnostic[]> {
  // The compiler takes longer to load than most checks to run.
  const { validators } = await import('./schemas/validators.js');
  const known = validators(platform.kubernetes, desired.objects);
  const diagnostics: Diagnostic[] = [];
  const without = new Map<string, { of: RenderedObject; count: number }>();
  for (const of of desired.objects) {
    const found = known.of(of.object);
    const finding = versionFinding(of, found, { platform, known });
    if (finding) diagnostics.push(finding);
    if (found.kind === 'schema') diagnostics.push(...findings(of, found, known));
    else if (finding === undefined) {
      const id = `${of.ref.apiVersion}/${of.ref.kind}`;
      without.set(id, { of, count: (without.get(id)?.count ?? 0) + 1 });
    }
  }
  for (const { of, count } of without.values()) diagnostics.push(diagnose('schema-unknown', { kind: of.ref.kind, apiVersion: of.ref.apiVersion, count }, of.at));
  if (known.version !== platform.kubernetes) {
    diagnostics.push(diagnose('schema-version-nearest', { wanted: platform.kubernetes, used: known.version }, platform.locate(['kubernetes'])));
  }
  return diagnostics;
}

function findings(of: RenderedObject, found: KnownKind & { kind: 'schema' }, known: Validators): Diagnostic[] {
  // A server reads a null of its own kinds as nothing at all.
  const object = found.from === 'kubernetes' ? withoutNulls(of.object) : of.object;
  if (found.validate(object)) return [];
  const problems = problemsOf(found.validate.errors ?? [], { object: of.object, schema: found.schema, follow: known.follow });
  return problems.map((problem) => {
    const plain = written(problem, of);
    const diagnostic: Diagnostic = isSecretPath(of.object, problem.path) ? { ...plain, sensitive: true } : plain;
    // The cluster may run another version of the operator.
    return found.from === 'operator' ? { ...diagnostic, severity: 'warning', message: `${diagnostic.message} (${found.source})` } : diagnostic;
  });
}

function written(problem: Problem, of: RenderedObject): Diagnostic {
  const object = formatRef(of.ref);
  const path = fieldText(of.object, problem.path);
  const at = placeOf(of, problem.path, problem.kind === 'unknown' ? 'key' : 'value');
  switch (problem.kind) {
    case 'unknown':
      return diagnose('field-unknown', { object, path, hint: problem.hint }, at);
    case 'missing':
      return diagnose('field-missing', { object, path, expected: problem.expected }, at);
    case 'invalid':
      return diagnose('field-invalid', { object, path: path || 'the object', got: problem.got, expected: problem.expected, hint: problem.hint }, at);
  }
}

function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) {
    const list = value.map((entry: unknown) => withoutNulls(entry));
    return (list.some((entry, i) => entry !== value[i]) ? list : value) as T;
  }
  if (!isDict(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, entry] of Object.entries(value)) {
    const kept = withoutNulls(entry);
    if (kept === entry && entry !== null) continue;
    copy ??= { ...value };
    if (entry === null) delete copy[key];
    else copy[key] = kept;
  }
  return (copy ?? value) as T;
}

