import type { Diagnostic, Location } from '../diagnostics/index.js';
import type { KubeObject, ObjectRef } from './object.js';
import type { Budget, PlatformSource } from './platform.js';
import type { SecretTable } from './secret-trace.js';

/** When a Helm hook runs. */
export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'pre-delete'
  | 'post-delete'
  | 'test';

/** A Helm hook: runs around its component's change, never drift, never pruned. */
export interface Hook {
  events: HookEvent[];
  /** Lower runs first. */
  weight: number;
  deletePolicies: ('before-hook-creation' | 'hook-succeeded' | 'hook-failed')[];
}

/** An object as it should be, and where it came from. */
export interface RenderedObject {
  component: string;
  ref: ObjectRef;
  object: KubeObject;
  /** Template, manifest or platform file that made it. */
  at: Location;
  hook?: Hook;
  /** `helm.sh/resource-policy: keep`: stays when it is no longer declared. */
  keep: boolean;
}

/** What the plan needs to know of a component. */
export interface DesiredComponent {
  name: string;
  after: string[];
  wave: number;
  data: boolean;
  timeoutSeconds: number;
  /** `Kind/name` of namespaces and CRDs kept by somebody else. */
  external: string[];
}

/** Everything that should be there: from files (render), from a generation (rollback), or nothing (destroy). */
export interface Desired {
  name: string;
  source: PlatformSource;
  profiles: string[];
  kubernetes: string;
  components: DesiredComponent[];
  objects: RenderedObject[];
  secrets: SecretTable;
  /** What one apply may do; nothing is limited without it. */
  budget?: Budget;
  diagnostics: Diagnostic[];
}
