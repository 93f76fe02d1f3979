import type { Location } from '../diagnostics/index.js';
import type { FieldPath, ObjectRef, RenderedObject, ResolvedComponent, ResolvedPlatform, SecretTable } from '../model/index.js';

/** Something that decides about a field. */
export interface Origin {
  /** `image.tag` of values, `workload.port`, `release name`. */
  name: string;
  /** What it says; undefined for what is no value. Secrets are masked. */
  value?: unknown;
  /** `chart default`, `values file`, `inline values`, `--set`, `secret`, `platform file`. */
  layer: string;
  at: Location;
  /** Where the platform names the values file. */
  namedAt?: Location;
}

/** Where a field of a rendered object comes from. */
export interface FieldExplanation {
  object: ObjectRef;
  component: string;
  field: string;
  /** As rendered, with secrets masked. */
  value: unknown;
  /** Names of secrets that are in it. */
  secrets: string[];
  source: 'chart' | 'manifests' | 'kustomization' | 'workload' | 'mostik';
  /** The template or manifest that has the field. */
  written?: Location;
  /** What gives it its value: changed one at a time, each of these changes the field. */
  by: Origin[];
  /** What decides whether the field, or the object, is there at all. */
  presence: Origin[];
  /** What is to be known beside it. */
  notes: string[];
}

/** What to render and trace with. */
export interface ExplainOptions {
  engine: { path: string };
  signal?: AbortSignal | undefined;
}

/** Everything that a trace starts from. */
export interface Trace {
  platform: ResolvedPlatform;
  component: ResolvedComponent;
  rendered: RenderedObject;
  path: FieldPath;
  field: string;
  value: unknown;
  table: SecretTable;
  /** Shown paths are relative to this folder. */
  cwd: string;
  options: ExplainOptions;
}

/** The namespace that an object has from its component: its own, or the platform's. */
export function namespaceOrigin({ platform, component }: Pick<Trace, 'platform' | 'component'>): Origin {
  const at = component.namespace === platform.namespace ? platform.locate(['namespace'], 'value') : component.locate(['namespace'], 'value');
  return { name: 'namespace', value: component.namespace, layer: 'platform file', at };
}
