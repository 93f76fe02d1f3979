import type { Diagnostic } from '../diagnostics/index.js';
import type { ObjectRef } from './object.js';
import type { Action, Counts } from './plan.js';

/** How healthy an object is (kstatus words, sigs.k8s.io/cli-utils): `progressing` may still become healthy by itself. */
export interface Health {
  status: 'healthy' | 'progressing' | 'failed' | 'unknown';
  /** In words: `1 of 2 replicas available; pod web-7c9 Pending: 0/3 nodes are available: 3 Insufficient cpu`. */
  reason: string;
}

/** Where a component is on its way: `skipped` when something it stands on failed. */
export type ComponentPhase = 'pending' | 'applying' | 'waiting' | 'healthy' | 'failed' | 'timeout' | 'skipped' | 'unchanged';

/** What apply tells while it works. */
export type ApplyEvent =
  | { type: 'component'; component: string; phase: ComponentPhase; reason?: string }
  | { type: 'object'; component: string; ref: ObjectRef; action: Action; phase: 'writing' | 'written' | 'waiting' | 'healthy' | 'failed'; reason?: string }
  | { type: 'note'; message: string };

/** How one component ended. */
export interface ComponentResult {
  name: string;
  phase: ComponentPhase;
  reason?: string;
  seconds: number;
  objects: number;
}

/** How an apply ended. */
export interface ApplyResult {
  platform: string;
  /** The generation that was recorded; null when nothing changed and nothing was written. */
  generation: number | null;
  outcome: 'succeeded' | 'failed' | 'timeout' | 'interrupted';
  components: ComponentResult[];
  counts: Counts;
  diagnostics: Diagnostic[];
  /** Seconds of writing (the apply stage with the plan in hand) and of waiting for health. */
  seconds: { apply: number; wait: number };
}

/** One line of `status`. */
export interface ComponentStatus {
  name: string;
  health: Health;
  objects: { ref: ObjectRef; health: Health }[];
  /** Who stopped it, and since when (ISO time). */
  stopped?: { by: string; since: string };
}

/** What `status` shows. */
export interface PlatformStatus {
  platform: string;
  generation: number | null;
  phase: string;
  profiles: string[];
  /** True when the nodes are simulated: containers do not run. */
  simulated: boolean;
  components: ComponentStatus[];
}
