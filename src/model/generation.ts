import type { DesiredComponent, Hook } from './desired.js';
import type { ObjectRef } from './object.js';
import type { Budget, PlatformSource } from './platform.js';
import type { Counts } from './plan.js';

/** An object that Mostik applied: what it was told to be and what it then was, as digests. */
export interface InventoryEntry {
  ref: ObjectRef;
  component: string;
  uid: string;
  desired: string;
  live: string;
  hook?: Hook;
  keep?: boolean;
}

/** How far a generation got. `applying` writes; `waiting` only waits for health, so a newer apply may take over. */
export type Phase = 'applying' | 'waiting' | 'succeeded' | 'failed';

/** The record of one apply over the whole platform. */
export interface Generation {
  number: number;
  platform: string;
  source: PlatformSource;
  profiles: string[];
  kubernetes: string;
  kind: 'apply' | 'rollback' | 'destroy';
  phase: Phase;
  startedAt: string;
  finishedAt?: string;
  by: { user: string; host: string; version: string };
  counts: Counts;
  /** In words, when it failed. */
  message?: string;
  components: DesiredComponent[];
  budget?: Budget;
  /** Digests of the stored pieces, by component. */
  objects: Record<string, string[]>;
  inventory: Record<string, string[]>;
  /** Components whose hooks were to run and did not all end well: the next apply runs them, whether or not an object changes. */
  unfinishedHooks?: string[];
  /** Claims that are no longer declared and were kept. */
  retained: ObjectRef[];
}
