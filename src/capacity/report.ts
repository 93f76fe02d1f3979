import type { Location } from '../diagnostics/index.js';
import type { ObjectRef } from '../model/index.js';
import type { QuotaUse } from './quota.js';
import type { Resources } from './resources.js';

/** What becomes of the pods of a platform. */
export interface CapacityReport {
  workloads: WorkloadVerdict[];
  /** Pods of several workloads of which some surely stay Pending, whichever they are. */
  shortages: WorkloadShortage[];
  /** How much of each quota is wanted. */
  quotas: QuotaUse[];
  /** Claims that a LimitRange refuses. */
  refusedClaims: { of: ObjectRef; at: Location; component: string; reason: string }[];
  /** How full the nodes are in one plausible placement; none where no nodes are known. */
  nodes: NodeUse[];
}

/**
 * `fits`: whatever the order. `pending`: some pods surely find no node. `refused`: some are surely not let in by a quota, a
 * LimitRange or admission. `may not fit`: it depends on the order of placement, or could not be proven. `unknown`: no nodes are known.
 */
export type Verdict = 'fits' | 'may not fit' | 'pending' | 'refused' | 'unknown';

/** What becomes of the pods of one workload. */
export interface WorkloadVerdict {
  of: ObjectRef;
  component: string;
  at: Location;
  /** Pods that are wanted. */
  pods: number;
  /** What one of them asks for. */
  requests: Resources;
  verdict: Verdict;
  /** Pods that surely do not run, and pods that may not. */
  missing: { least: number; most: number };
  /** Why, in words that follow the workload's name; empty when it fits. */
  reason: string;
  /** `claims`: it is not about nodes, other checks tell it too. */
  cause?: 'nodes' | 'quota' | 'limit range' | 'claims' | 'priority class';
  /** Its pods end by themselves: judged for when they run. */
  ends: boolean;
  /** Of orders of placement that were tried, with the scheduler's usual choice of nodes, those in which not all found one. */
  tried?: { orders: number; failed: number };
  /** A resource that no node of the cluster has. */
  absent?: string;
  /** What an autoscaler may want. */
  scaled?: { by: ObjectRef; pods: number; verdict: Verdict; reason: string };
  /** Whether a rollout that may take no pod away finds room for one more. */
  rollout?: { verdict: Verdict; reason: string };
}

export interface WorkloadShortage {
  of: ObjectRef[];
  at: Location;
  missing: number;
  reason: string;
}

/** A node in one plausible placement. */
export interface NodeUse {
  name: string;
  /** Amounts by resource: what is there, what pods of the platform ask for, and what pods of others do. */
  use: { resource: string; there: number; wanted: number; others: number }[];
}
