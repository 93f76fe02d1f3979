import { asDict, asList, asString, isDict, type Dict } from '../lib/read-unknown.js';
import { containersOf, type Pods } from '../model/pods.js';

/** Something that an object needs. */
export interface Reference {
  kind: string;
  /** API group; the core group when it is not said. */
  group?: string;
  /** The namespace it lives in, that of the object when it is not said; `cluster` for kinds without one. */
  namespace?: string;
  name: string;
  key?: string;
  /** Where it is named: `spec.template.spec.containers[web].env[PASSWORD]`. */
  from: string;
}

/** What stands for the namespace of kinds without one. */
export const clusterWide = 'cluster';

/** Everything pods name that must exist; what is marked optional is left out. */
export function podReferences(pods: Pods): Reference[] {
  const { spec, path: top } = pods;
  const account = asString(spec['serviceAccountName']) ?? asString(spec['serviceAccount']);
  const found: Reference[] = [
    ...named('ServiceAccount', account, 'serviceAccountName'),
    ...wide('PriorityClass', 'scheduling.k8s.io', spec['priorityClassName'], 'priorityClassName'),
    ...wide('RuntimeClass', 'node.k8s.io', spec['runtimeClassName'], 'runtimeClassName'),
    ...asList(spec['imagePullSecrets']).flatMap((entry, i) => named('Secret', asDict(entry)['name'], `imagePullSecrets[${i}]`)),
    ...asList(spec['volumes']).flatMap((entry) => volumeReferences(asDict(entry))),
    ...containersOf(pods).flatMap(({ path, container }) => containerReferences(path, container)),
  ];
  return found.map((reference) => ({ ...reference, from: `${top}.${reference.from}` }));
}

/** A reference to an object by name, where one is given. */
export function named(kind: string, name: unknown, from: string): Reference[] {
  return typeof name === 'string' && name !== '' ? [{ kind, name, from }] : [];
}

/** The same for kinds that live in no namespace. */
export function wide(kind: string, group: string, name: unknown, from: string): Reference[] {
  return named(kind, name, from).map((reference) => ({ ...reference, group, namespace: clusterWide }));
}

/** A Secret's or ConfigMap's key, as `secretKeyRef` and others write it. */
export function keyOf(kind: 'ConfigMap' | 'Secret', value: unknown, from: string): Reference[] {
  const [reference] = whole(kind, value, from);
  const key = asString(asDict(value)['key']);
  return reference ? [{ ...reference, ...(key === undefined ? {} : { key }) }] : [];
}

function volumeReferences(volume: Dict): Reference[] {
  const from = `volumes[${asString(volume['name']) ?? ''}]`;
  const claim = asDict(volume['persistentVolumeClaim'])['claimName'];
  const sources = [volume, ...asList(asDict(volume['projected'])['sources']).map(asDict)];
  const template = asDict(asDict(asDict(volume['ephemeral'])['volumeClaimTemplate'])['spec']);
  return [
    ...named('PersistentVolumeClaim', claim, from),
    ...wide('StorageClass', 'storage.k8s.io', template['storageClassName'], `${from}.ephemeral.volumeClaimTemplate.spec.storageClassName`),
    ...whole('Secret', asDict(volume['csi'])['nodePublishSecretRef'], `${from}.csi.nodePublishSecretRef`),
    ...sources.flatMap((source) => [...withKeys('ConfigMap', source['configMap'], from), ...withKeys('Secret', source['secret'], from)]),
  ];
}

/** A ConfigMap or Secret as files: as a whole, or some of its keys. */
function withKeys(kind: 'ConfigMap' | 'Secret', value: unknown, from: string): Reference[] {
  if (!isDict(value) || value['optional'] === true) return [];
  const [reference] = named(kind, value['secretName'] ?? value['name'], from);
  if (!reference) return [];
  const keys = asList(value['items']).flatMap((item) => asString(asDict(item)['key']) ?? []);
  return keys.length === 0 ? [reference] : keys.map((key) => ({ ...reference, key }));
}

function containerReferences(path: string, container: Dict): Reference[] {
  const env = asList(container['env']).flatMap((entry) => {
    const { name, valueFrom } = asDict(entry);
    const from = `${path}.env[${asString(name) ?? ''}]`;
    return [...keyOf('ConfigMap', asDict(valueFrom)['configMapKeyRef'], from), ...keyOf('Secret', asDict(valueFrom)['secretKeyRef'], from)];
  });
  const envFrom = asList(container['envFrom']).flatMap((entry, i) => [
    ...whole('ConfigMap', asDict(entry)['configMapRef'], `${path}.envFrom[${i}]`),
    ...whole('Secret', asDict(entry)['secretRef'], `${path}.envFrom[${i}]`),
  ]);
  return [...env, ...envFrom];
}

function whole(kind: 'ConfigMap' | 'Secret', value: unknown, from: string): Reference[] {
  return isDict(value) && value['optional'] !== true ? named(kind, value['name'], from) : [];
}
