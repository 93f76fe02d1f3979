import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { isDict, valueAt } from '../lib/read-unknown.js';
import { formatPath, parsePath, type PlatformSpec, type ResolvedComponent } from '../model/index.js';
import { secondsOf } from './duration.js';
import type { Linked } from './edges.js';
import { findBuilds } from './builds.js';
import { findPath, type Ground } from './paths.js';
import { findSource, whereOf, type Declared } from './source.js';
import { findTests } from './tests.js';

/** What a component is checked against. */
export interface Surroundings {
  spec: PlatformSpec;
  ground: Ground;
  linked: Linked;
  wave: number;
}

/** Checks one component and fills in its defaults; `component` is missing when it has no usable source. */
export function resolveComponent(declared: Declared, around: Surroundings): { component?: ResolvedComponent; inputs: string[]; problems: Diagnostic[] } {
  const { name, component, locate } = declared;
  const { spec, ground, linked, wave } = around;
  const { source, inputs, problems } = findSource(declared, ground);
  const files = findFiles(declared, ground);
  const builds = findBuilds(declared, ground);
  const tests = findTests(declared);
  problems.push(...files.problems, ...builds.problems, ...tests.problems, ...checkValues(declared), ...checkSecrets(declared, Object.keys(spec.secrets)));
  if (!source) return { inputs: [...inputs, ...files.paths], problems };
  const resolved: ResolvedComponent = {
    name,
    namespace: component.namespace ?? spec.namespace,
    release: component.release ?? name,
    source,
    files: files.paths,
    values: component.values ?? {},
    secretValues: component.secretValues ?? {},
    edges: linked.edges,
    after: linked.after,
    wave,
    ...(component.expose ? { expose: component.expose } : {}),
    data: component.data ?? false,
    external: component.external ?? [],
    pods: component.pods ?? [],
    builds: builds.builds,
    ...(tests.tests.length > 0 ? { tests: tests.tests } : {}),
    timeoutSeconds: secondsOf(component.timeout ?? spec.timeout),
    at: locate([]),
    locate,
  };
  return { component: resolved, inputs: [...inputs, ...files.paths], problems };
}

function findFiles({ name, component, locate }: Declared, ground: Ground): { paths: string[]; problems: Diagnostic[] } {
  const paths: string[] = [];
  const problems: Diagnostic[] = [];
  for (const [index, path] of (component.files ?? []).entries()) {
    const at = locate(['files', index], 'value');
    const where = whereOf(name, 'files', index);
    const found = findPath({ path, where, at, remoteHint: 'download it into the platform, and name that file' }, ground);
    if ('diagnostic' in found) problems.push(found.diagnostic);
    else if (found.folder) problems.push(diagnose('file-unreadable', { what: where, path, problem: 'it is a folder', hint: 'name a values file' }, at));
    else paths.push(found.path);
  }
  return { paths, problems };
}

const instead = { values: 'set fields of the workload', files: 'set fields of the workload', secretValues: 'write env: { PASSWORD: { secret: NAME } } in the workload' };

/** Only a chart takes values; on anything else they would silently have no effect. */
function checkValues({ name, component, locate }: Declared): Diagnostic[] {
  const source = component.workload ? 'a workload' : component.manifests ? 'a source of manifests' : component.model ? 'a model' : component.modelServer ? 'a model server' : undefined;
  if (source === undefined || component.chart !== undefined) return [];
  return (['values', 'files', 'secretValues'] as const)
    .filter((field) => component[field] !== undefined)
    .map((field) => diagnose('source-takes-none', { where: whereOf(name, field), source, field, hint: component.workload ? instead[field] : component.manifests ? 'use a kustomization, or a chart' : 'take it away' }, locate([field])));
}

function checkSecrets({ name, component, locate }: Declared, known: string[]): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const unknown = (secret: string, ...path: string[]) => {
    if (known.includes(secret)) return;
    const near = didYouMean(secret, known);
    const hint = near ? `did you mean ${near}?` : known.length > 0 ? `the secrets are ${oneOf(known, 'and')}` : `declare it: spec.secrets.${secret}: { generate: { length: 24 } }`;
    problems.push(diagnose('secret-unknown', { where: whereOf(name, ...path), name: secret, hint }, locate(path, 'value')));
  };
  for (const [written, secret] of Object.entries(component.secretValues ?? {})) {
    unknown(secret, 'secretValues', written);
    const path = parsePath(written);
    if (!path) {
      const where = whereOf(name, 'secretValues');
      problems.push(diagnose('bad-value', { where, expected: 'a values path such as auth.password', got: JSON.stringify(written), hint: '' }, locate(['secretValues', written])));
    } else if (hasPlain(component.values ?? {}, path)) {
      problems.push(diagnose('secret-in-values', { where: whereOf(name, 'values'), path: formatPath(path), secret }, locate(['values', ...path])));
    }
  }
  for (const [variable, value] of Object.entries(component.workload?.env ?? {})) {
    if (isDict(value)) unknown(value['secret'], 'workload', 'env', variable, 'secret');
  }
  return problems;
}

/** Tells whether values give something at the path itself, or something plain on the way to it. */
function hasPlain(values: unknown, path: (string | number)[]): boolean {
  return path.some((_, index) => {
    const value = valueAt(values, ...path.slice(0, index + 1));
    return value !== undefined && value !== null && (index === path.length - 1 || typeof value !== 'object');
  });
}
