import { asString, asStrings, valueAt, type Dict } from '../lib/read-unknown.js';
import { groupOf, type KubeObject, type RenderedObject } from '../model/index.js';
import { limitRangeOf, type LimitRange } from './limit-range.js';
import type { CapacityNode } from './node.js';
import type { NamespaceLabels } from './pod-shape.js';
import { readResources, type Resources } from './resources.js';

/** Kinds that pods name; of which of them all objects are known decides whether a missing one is certain. */
export type KnownKind = 'StorageClass' | 'PriorityClass' | 'PersistentVolumeClaim';

/** What is judged. */
export interface CapacityInput {
  /** The objects of the platform. */
  objects: readonly RenderedObject[];
  /** Nothing is said of nodes without them. */
  nodes?: readonly CapacityNode[] | undefined;
  /** What the cluster has beside the platform: classes, LimitRanges, quotas, namespaces, volumes, claims. */
  around?: readonly KubeObject[];
  /** Kinds of which there is no object beside those given. */
  knows?: readonly KnownKind[];
  /** Pods that run on the nodes and stay. */
  running?: readonly KubeObject[];
  /** Steps that the search through outcomes may take where bounds leave it open; what takes more is `may not fit`. */
  steps?: number;
}

/** What surrounds the pods, found by name. */
export interface Surroundings {
  namespaceLabels: NamespaceLabels;
  limitRanges(namespace: string): readonly LimitRange[];
  quotas: readonly KubeObject[];
  priorityClasses: readonly KubeObject[];
  storageClasses: readonly KubeObject[];
  volumes: readonly KubeObject[];
  claim(namespace: string, name: string): KubeObject | undefined;
  runtimeClass(spec: Dict): KubeObject | undefined;
  knows(kind: KnownKind): boolean;
}

/** Sorts what is there by what it is for. */
export function surroundingsOf({ objects, around = [], knows = [] }: CapacityInput): Surroundings {
  const all = [...around, ...objects.map(({ object, ref }) => (ref.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace: ref.namespace } }))];
  const ofKind = (group: string, kind: string) => lastByName(all.filter((object) => object.kind === kind && groupOf(object.apiVersion) === group));
  const namespaces = new Map(ofKind('', 'Namespace').map(({ metadata }) => [metadata.name, asStrings(metadata.labels)]));
  const limitRanges = groupByNamespace(ofKind('', 'LimitRange'));
  const claims = new Map(ofKind('', 'PersistentVolumeClaim').map((object) => [`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]));
  // A claim that has its volume keeps it, whatever the files say.
  for (const object of around) if (object.kind === 'PersistentVolumeClaim' && valueAt(object, 'spec', 'volumeName')) claims.set(`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object);
  const runtimeClasses = ofKind('node.k8s.io', 'RuntimeClass');
  return {
    namespaceLabels: (namespace) => ({ ...namespaces.get(namespace), 'kubernetes.io/metadata.name': namespace }),
    limitRanges: (namespace) => limitRanges.get(namespace) ?? [],
    quotas: ofKind('', 'ResourceQuota'),
    priorityClasses: ofKind('scheduling.k8s.io', 'PriorityClass'),
    storageClasses: ofKind('storage.k8s.io', 'StorageClass'),
    volumes: ofKind('', 'PersistentVolume'),
    claim: (namespace, name) => claims.get(`${namespace}/${name}`),
    runtimeClass: (spec) => runtimeClasses.find(({ metadata }) => metadata.name === asString(spec['runtimeClassName'])),
    knows: (kind) => knows.includes(kind),
  };
}

/** What the sandbox of a pod takes beside its containers. */
export function overheadOf(spec: Dict, { runtimeClass }: Pick<Surroundings, 'runtimeClass'>): Resources {
  return readResources(valueAt(runtimeClass(spec), 'overhead', 'podFixed') ?? spec['overhead']);
}

/** An object of the platform stands in place of one that the cluster has. */
function lastByName(objects: readonly KubeObject[]): KubeObject[] {
  return [...new Map(objects.map((object) => [`${object.metadata.namespace ?? ''}/${object.metadata.name}`, object])).values()];
}

function groupByNamespace(objects: readonly KubeObject[]): Map<string, LimitRange[]> {
  const groups = new Map<string, LimitRange[]>();
  for (const object of objects) {
    const namespace = object.metadata.namespace ?? '';
    groups.set(namespace, [...(groups.get(namespace) ?? []), limitRangeOf(object)]);
  }
  return groups;
}
