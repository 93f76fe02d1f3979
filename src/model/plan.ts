import type { Diagnostic, Location } from '../diagnostics/index.js';
import type { DesiredComponent, HookEvent, RenderedObject } from './desired.js';
import type { KubeObject, ObjectRef } from './object.js';
import type { Budget, PlatformSource } from './platform.js';
import type { SecretTable } from './secret-trace.js';

/** Everything that can happen to an object. */
export type Action = 'create' | 'update' | 'adopt' | 'replace' | 'delete' | 'keep' | 'run' | 'unchanged' | 'conflict';

/** Actions in the order a summary lists them: dangers first. */
export const actions: readonly Action[] = ['conflict', 'replace', 'delete', 'adopt', 'create', 'update', 'run', 'keep', 'unchanged'];

/** What the live object was when the plan was made: null means it was not there. The digest covers what we set or own. */
export interface Pin {
  uid: string | null;
  digest: string | null;
}

/** One field that differs. Secret values are masked here, never later. */
export interface FieldChange {
  /** Readable path: `spec.template.spec.containers[web].image`. */
  path: string;
  before?: unknown;
  after?: unknown;
}

/** What happens to one object, and why. */
export interface Change {
  action: Action;
  ref: ObjectRef;
  component: string;
  wave: number;
  at?: Location;
  /** In words: why replace, keep, conflict or adopt. */
  reason?: string;
  fields: FieldChange[];
  /** The change reaches the pod template, so pods start again. */
  restarts: boolean;
  pin: Pin;
  /** Digest of the object as it should be, secret values replaced by tokens; null when it should be gone. */
  desired: string | null;
  /** Why the server was not asked: `namespace comes in this plan`. */
  notDryRun?: string;
  /** Field managers whose fields are taken over (adoption), by name. */
  managers?: string[];
  /** The hook event for action `run`. */
  hook?: { event: HookEvent; weight: number };
}

/** A Change with the objects that apply needs; these never leave the process. */
export interface PlannedChange {
  change: Change;
  rendered?: RenderedObject;
  live?: KubeObject;
  /** What is sent: the rendered object with labels, and without what another manager owns (replicas under an HPA). */
  send?: KubeObject;
}

/** Which generation the plan started from. */
export interface PlanBase {
  /** Number of the last recorded generation; 0 when there is none. */
  generation: number;
  profiles: string[];
}

/** The exact plan. `planJson` is its published form. */
export interface Plan {
  platform: string;
  source: PlatformSource;
  profiles: string[];
  kubernetes: string;
  cluster: { id: string; server: string; version: string };
  kind: 'apply' | 'rollback' | 'destroy';
  base: PlanBase;
  components: DesiredComponent[];
  /** Everything that should be there, hooks included: what the next generation stores. */
  declared: RenderedObject[];
  /** What one apply may do, kept with the generation: a rollback is held to it too. */
  budget?: Budget;
  /** Values that occur in the declared objects. */
  secrets: SecretTable;
  changes: PlannedChange[];
  diagnostics: Diagnostic[];
}

/** How many changes of each action. */
export type Counts = Record<Action, number>;

/** Counts changes by action. */
export function countChanges(changes: Iterable<{ action: Action }>): Counts {
  const counts = Object.fromEntries(actions.map((action) => [action, 0])) as Counts;
  for (const { action } of changes) counts[action]++;
  return counts;
}

/** Tells whether a change writes to the cluster. A kept claim and an unchanged object do not. */
export function isWrite(action: Action): boolean {
  return action !== 'unchanged' && action !== 'keep' && action !== 'conflict';
}
