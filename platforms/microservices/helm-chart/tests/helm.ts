import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const chartFolder = fileURLToPath(new URL('..', import.meta.url));

/** A Kubernetes object as the tests read it; only what every object has is named. */
export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

export interface HelmResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

const command = findHelm();

/** Why tests with the real Helm cannot run here; undefined where they can. */
export const helmMissing = command
  ? undefined
  : 'Helm is not there: MOSTIK_ENGINE_DIR names no folder with mostik-render, and no helm is on PATH';

export function helm(...flags: string[]): HelmResult {
  if (command === undefined) throw new Error(helmMissing);
  const [file, ...first] = command;
  return spawnSync(file, [...first, ...flags], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** The objects of `helm template`, hooks and tests among them. Throws with Helm's own words where it refuses. */
export function template(...flags: string[]): Rendered[] {
  return templateAs('demo', ...flags);
}

/** The same under another release name. */
export function templateAs(release: string, ...flags: string[]): Rendered[] {
  const { status, stdout, stderr } = helm('template', release, chartFolder, ...flags);
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout).flatMap((document) => {
    if (document.errors[0]) throw document.errors[0];
    const value: unknown = document.toJS();
    return isRendered(value) ? [value] : [];
  });
}

/** What Helm says where it refuses these values; fails where it takes them. */
export function refusal(...flags: string[]): string {
  const { status, stderr } = helm('template', 'demo', chartFolder, ...flags);
  if (status === 0) throw new Error(`helm template took ${flags.join(' ')}`);
  return stderr;
}

/** Flags that set values, each as JSON so that its type is certain: `set({ 'microservice1.enabled': false })`. */
export function set(values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]);
}

export function names(objects: readonly Rendered[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

export function isHook({ metadata }: Rendered): boolean {
  return metadata.annotations?.['helm.sh/hook'] !== undefined;
}

export function find(objects: readonly Rendered[], name: string): Rendered {
  const found = objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === name);
  if (found === undefined) throw new Error(`${name} is not among ${names(objects).join(', ')}`);
  return found;
}

/** The value at a path such as `spec.template.spec.containers.0.image`; dots inside a key are not supported. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value);
}

export function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The pod inside an object, and where its containers are; undefined for objects without one. */
export function podOf(object: Rendered): { metadata: unknown; spec: unknown } | undefined {
  if (object.kind === 'Pod') return { metadata: object.metadata, spec: object.spec };
  const spec = at(object, 'spec.template.spec');
  return spec === undefined ? undefined : { metadata: at(object, 'spec.template.metadata'), spec };
}

export function containersOf(object: Rendered): unknown[] {
  const pod = podOf(object);
  return [...listAt(pod, 'spec.initContainers'), ...listAt(pod, 'spec.containers')];
}

function isRendered(value: unknown): value is Rendered {
  return typeof at(value, 'kind') === 'string' && typeof at(value, 'metadata.name') === 'string';
}

/** The Helm inside Mostik's render engine, else one that is installed. */
function findHelm(): [string, ...string[]] | undefined {
  const engine = process.env.MOSTIK_ENGINE_DIR;
  if (engine && existsSync(join(engine, 'mostik-render'))) return [join(engine, 'mostik-render'), 'helm'];
  const folder = (process.env.PATH ?? '').split(delimiter).find((each) => existsSync(join(each, 'helm')));
  return folder === undefined ? undefined : [join(folder, 'helm')];
}
