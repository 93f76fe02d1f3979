import type { MonitorOptions } from '../../apply/index.js';
import type { Diagnostic } from '../../diagnostics/index.js';
import type { Kube } from '../../kube/index.js';
import type { NodeSpec, RenderedObject, ResolvedPlatform } from '../../model/index.js';
import type { BaseState } from '../base.js';
import type { NotExercised, RehearsalBase } from '../schema.js';
import type { StandInTables } from '../stand-in-tables.js';
import type { LiveTarget } from '../target.js';

/** What was read of the live cluster, ready to be put into the throw-away one. */
export interface LiveCopy {
  nodes: NodeSpec[];
  notExercised: NotExercised[];
  /** Writes the copies; returns what the throw-away cluster did not take. */
  stage(kube: Kube, with_: { tables: StandInTables; objects: readonly RenderedObject[] }): Promise<Diagnostic[]>;
  /** Waits until what was ready there is ready here. */
  settle(kube: Kube, base: BaseState, how: { timeoutSeconds: number; monitor: MonitorOptions; signal: AbortSignal }): Promise<RehearsalBase>;
}

/** Reads the live cluster. */
export async function copyLive(_target: LiveTarget, _platform: ResolvedPlatform): Promise<LiveCopy> {
  return Promise.reject(new Error('not there yet'));
}
