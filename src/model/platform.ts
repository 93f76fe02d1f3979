import type { Diagnostic, Location } from '../diagnostics/index.js';
import type { Dict } from '../lib/read-unknown.js';
import type { K3dSpec } from './cluster-schema.js';
import type { Controller } from './controllers.js';
import type { ModelServerSource, ResolvedModel } from './models-schema.js';
import type { PolicyRule } from './policy.js';
import type { Registry } from './registry.js';
import type { Budget, ImageBuild, NodeSpec, Platform, PolicyException, Profile, SecretSpec, WorkloadSource } from './schema.js';
import type { ResolvedTest } from './tests-schema.js';

export type { K3dSpec } from './cluster-schema.js';
export type { Budget, ClusterSpec, Component, ImageBuild, Needs, NodeSpec, Platform, PlatformSpec, PolicyException, Profile, SecretSpec, Uses, WorkloadSource } from './schema.js';

/** Steps from the top of a file: map keys and list indexes. */
export type FieldPath = (string | number)[];

/** Tells where a field stands, or the nearest parent that is there: its key, or its value (`key` when not said). */
export type Locate = (path: FieldPath, part?: 'key' | 'value') => Location;

/** A platform file that was read, with the place of every field in it. */
export interface LoadedPlatform {
  platform: Platform;
  /** What the file says, without defaults. Fields with mistakes are left out; `broken` lists them. */
  data: Dict;
  broken: FieldPath[];
  /** Absolute path of the platform file. */
  file: string;
  /** Folder of the platform file: relative paths start here. */
  dir: string;
  /** The Git work tree, else `dir`: no path leaves it. */
  root: string;
  locate: Locate;
}

/** A `-f` file: a profile without a name. */
export interface Overlay {
  profile: Profile;
  data: Dict;
  broken: FieldPath[];
  file: string;
  locate: Locate;
}

/** `--set web.image.tag=2`: the component's value at a path. */
export interface SetValue {
  component: string;
  path: FieldPath;
  value: unknown;
  text: string;
}

/** Everything that was read, with the mistakes found in it. `resolve` adds its own and fails with all of them. */
export interface LoadedInput extends LoadedPlatform {
  overlays: Overlay[];
  sets: SetValue[];
  /** Every file that was read, absolute. */
  inputs: string[];
  diagnostics: Diagnostic[];
}

/** One source per component. Paths are absolute and below the root. */
export type ComponentSource =
  | { kind: 'chart'; path: string }
  | { kind: 'manifests'; paths: string[] }
  | { kind: 'kustomization'; path: string }
  | { kind: 'workload'; workload: WorkloadSource }
  | { kind: 'model-server'; server: ModelServerSource }
  | { kind: 'model'; model: ResolvedModel };

/** A path of traffic out of a component. `use` is the index of its entry in `uses`: with `locate` its place. */
export type Edge =
  | { kind: 'component'; from: string; to: string; ports?: (number | string)[]; use: number }
  | { kind: 'dns' | 'kubernetes-api' | 'ingress' | 'webhook'; from: string; use: number }
  | { kind: 'cidr'; from: string; cidr: string; ports?: number[]; use: number };

/** A component with its profile, overlays and sets merged in. */
export interface ResolvedComponent {
  name: string;
  namespace: string;
  release: string;
  source: ComponentSource;
  /** Values files, absolute, in the order of merging. */
  files: string[];
  values: Dict;
  /** Values path (dots) to secret name. */
  secretValues: Record<string, string>;
  edges: Edge[];
  /** Components that must be healthy first: from `uses` and `needs`. */
  after: string[];
  /** Depth in the graph of `after`, 0 first. */
  wave: number;
  expose?: { host: string; path: string; port?: number; class?: string; tlsSecret?: string };
  data: boolean;
  external: string[];
  /** Pods that an operator makes for this component. */
  pods: { selector: Record<string, string>; ports: number[] }[];
  /** Images that are built from the platform's files; context and file are absolute. */
  builds: ImageBuild[];
  /** What proves that it works, where something is declared. */
  tests?: ResolvedTest[];
  timeoutSeconds: number;
  at: Location;
  /** Where a field of this component stands (path below the component), in the last layer that set it. */
  locate: Locate;
}

/** Where a platform comes from: another source under the same name is refused without a named flag. */
export interface PlatformSource {
  /** URL of the Git remote `origin`, without user and password. */
  remote?: string;
  /** Path of the platform file below the root. */
  path: string;
  /** Commit of the work tree, with `-dirty` when files differ from it. */
  revision?: string;
}

/** The rules in force, and what they let through. */
export interface ResolvedPolicies {
  /** By id; one that is enforced does not warn as well. */
  rules: PolicyRule[];
  exceptions: PolicyException[];
}

/** One checked set of values: what render works from. */
export interface ResolvedPlatform {
  name: string;
  file: string;
  dir: string;
  root: string;
  source: PlatformSource;
  profiles: string[];
  /** Kubernetes minor version, such as `1.36`. */
  kubernetes: string;
  namespace: string;
  cluster: {
    provider: 'embedded' | 'k3d' | 'existing';
    name: string;
    nodes: NodeSpec[];
    /** The image registry in its keeping, when one is declared. */
    registry?: Registry;
    /** What k3d is told, with provider k3d. */
    k3d?: K3dSpec;
    /** Names of what is there already. */
    provides: string[];
    /** Those of them that are controllers, with the place of their pods. */
    controllers: Controller[];
    contexts: string[];
  };
  secrets: Record<string, SecretSpec>;
  /** In the order of waves, then of the file. */
  components: ResolvedComponent[];
  state: { namespace: string; keep: number };
  budget: Budget;
  policies: ResolvedPolicies;
  network: { policies: 'generated' | 'none'; monitoring?: string };
  /** Severity of a finding of `check` by its code, and secrets in the history of Git that are known. */
  checks: { severity: Record<string, 'error' | 'warning' | 'info' | 'ignore'>; allowSecrets?: { id: string; reason: string }[] | undefined };
  /** Where a field of `spec` stands, in the last layer that set it. */
  locate: Locate;
  /** Every file that was read, absolute: the inputs of a plan. */
  inputs: string[];
}
