import { asDict, asList, asString, asStrings, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import type { Desired, RenderedObject } from './desired.js';
import { groupOf, type KubeObject } from './object.js';

/** The pods that an object of the platform makes. */
export interface Pods {
  of: RenderedObject;
  namespace: string;
  /** Where the pod's spec stands in the object. */
  path: string;
  spec: Dict;
  labels: Record<string, string>;
}

/** Where each kind keeps its pod template; a Pod is one itself. */
const templates: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [],
  '/ReplicationController': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The pods of every workload, hooks and tests included. */
export function podsOf(objects: Desired['objects']): Pods[] {
  return objects.flatMap((of) => {
    const path = templates[`${groupOf(of.object.apiVersion)}/${of.object.kind}`];
    const template = path && valueAt(of.object, ...path);
    if (!path || !isDict(template)) return [];
    const labels = asStrings(asDict(template['metadata'])['labels']);
    return [{ of, namespace: of.ref.namespace ?? '', path: [...path, 'spec'].join('.'), spec: asDict(template['spec']), labels }];
  });
}

/** A container of a pod, and how a message names it: `containers[web]`. */
export interface PodContainer {
  path: string;
  container: Dict;
}

/** All containers of a pod, those that run first and those added later included. */
export function containersOf({ spec }: Pods): PodContainer[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    asList(spec[field]).map((entry, i) => ({ path: `${field}[${asString(asDict(entry)['name']) ?? i}]`, container: asDict(entry) })),
  );
}

/** What a live pod says of its containers, of those that run first before the others. */
export function containerStatusesOf(pod: KubeObject): Dict[] {
  return ['initContainerStatuses', 'containerStatuses'].flatMap((list) => asList(valueAt(pod, 'status', list)).map(asDict));
}

/** Tells whether labels have everything that a selector's `matchLabels` ask for. */
export function carriesLabels(labels: Readonly<Record<string, string>> | undefined, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}
