import { asDict, asString, isDict, type Dict } from '../lib/read-unknown.js';

/** A Kubernetes object as the API server reads it: apiVersion, kind, metadata.name and whatever else. */
export interface KubeObject extends Dict {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** The parts of metadata that Mostik reads; the rest stays untouched in the map. */
export interface ObjectMeta extends Dict {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  managedFields?: ManagedFieldsEntry[];
}

/** Who set which fields (structured-merge-diff, KEP-555): one entry per manager, operation, version and subresource. */
export interface ManagedFieldsEntry extends Dict {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  subresource?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: Dict;
}

/** Names one object. Identity is group, kind, namespace, name: the version is only how it is spoken of. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** Names the object; no namespace for cluster-scoped ones. */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, ...(namespace ? { namespace } : {}), name };
}

/** The API group of an apiVersion: `apps` of `apps/v1`, the empty string of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** One key per object, the same over versions: `group/Kind/namespace/name`. */
export function keyOf(ref: ObjectRef): string {
  return `${groupOf(ref.apiVersion)}/${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}

/** How a person reads an object's name: `Kind/namespace/name`, `Kind/name` when it has no namespace. */
export function formatRef(ref: ObjectRef): string {
  return [ref.kind, ref.namespace, ref.name].filter(Boolean).join('/');
}

/** Tells whether unknown data has what every Kubernetes object has. */
export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isDict(value) &&
    asString(value['apiVersion']) !== undefined &&
    asString(value['kind']) !== undefined &&
    asString(asDict(value['metadata'])['name']) !== undefined
  );
}

/** Labels that Mostik puts on top-level metadata, never on selectors or templates (design.md section 5). */
export const labels = {
  managedBy: 'app.kubernetes.io/managed-by',
  platform: 'mostik.dev/platform',
  component: 'mostik.dev/component',
} as const;

/** The field manager of every write. */
export const fieldManager = 'mostik';

/** Annotation of a Namespace that no component declares: created when it is missing, otherwise left alone. */
export const implicitAnnotation = 'mostik.dev/implicit';
