import type { Policy } from './policy-schema.js';
import type { PolicyException } from './schema.js';

export type { Policy } from './policy-schema.js';

/** Kinds that make pods. */
export const podKinds = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'] as const;
export type PodKind = (typeof podKinds)[number];

/** A rule that is in force on a platform. */
export interface PolicyRule {
  id: string;
  action: 'enforce' | 'warn';
  policy: Policy;
  /** Absolute path of the policy file. */
  file: string;
  /** It is one of the platform's own. */
  own: boolean;
}

/** Today's date in UTC, as exceptions write it. */
export function dateOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** Exceptions that have not ended: `until` is their last day. */
export function activeExceptions(exceptions: readonly PolicyException[], today: string): PolicyException[] {
  return exceptions.filter(({ until }) => until >= today);
}
