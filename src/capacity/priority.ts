import { asNumber, asString, type Dict } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';

/** How important a pod is to the scheduler. */
export interface Priority {
  value: number;
  /** False for pods that wait rather than push others out. */
  preempts: boolean;
  /** The PriorityClass it names, or the default one's. */
  name?: string;
}

/** Classes that every cluster has. */
const builtIn: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

/** The priority of a pod; undefined when it names a class that is not there. */
export function priorityOf(spec: Dict, classes: readonly KubeObject[]): Priority | undefined {
  const name = asString(spec['priorityClassName']) ?? '';
  const found = classes.find((object) => (name === '' ? object['globalDefault'] === true : object.metadata.name === name));
  const policy = asString(spec['preemptionPolicy']) ?? asString(found?.['preemptionPolicy']);
  const preempts = policy !== 'Never';
  if (found) return { value: asNumber(found['value']) ?? 0, preempts, name: found.metadata.name };
  if (name === '') return { value: asNumber(spec['priority']) ?? 0, preempts };
  const value = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  return value === undefined ? undefined : { value, preempts, name };
}
