import { asDict, asList, asNumber, asString, valueAt } from '../../lib/read-unknown.js';
import type { Health, KubeObject } from '../../model/index.js';

export const healthy: Health = { status: 'healthy', reason: '' };

/** `progressing` with its reason. */
export function progressing(reason: string): Health {
  return { status: 'progressing', reason };
}

/** `failed` with its reason: waiting longer will not help. */
export function failed(reason: string): Health {
  return { status: 'failed', reason };
}

/** A number at a path, 0 when it is not there: how the API leaves out counters. */
export function count(object: KubeObject, ...path: string[]): number {
  return asNumber(valueAt(object, ...path)) ?? 0;
}

/** True while the controller has not seen the newest spec. */
export function isBehind(object: KubeObject): boolean {
  const observed = asNumber(valueAt(object, 'status', 'observedGeneration'));
  return object.metadata.generation !== undefined && (observed ?? 0) < object.metadata.generation;
}

/** A condition of `status.conditions` by type. */
export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

/** The conditions of an object's status. */
export function conditionsOf(object: KubeObject): Condition[] {
  return asList(valueAt(object, 'status', 'conditions')).map((item) => {
    const map = asDict(item);
    return { type: asString(map['type']) ?? '', status: asString(map['status']) ?? '', reason: asString(map['reason']) ?? '', message: asString(map['message']) ?? '' };
  });
}

/** One condition, undefined when it is not set. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}
