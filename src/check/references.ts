import { asDict, asList, asString, isDict, type Dict } from '../lib/read-unknown.js';
import { containersOf, type Pods } from './pods.js';

/** Something that pods need before they can start. */
export interface Reference {
  kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  name: string;
  key?: string;
  /** Where it is named: `containers[web].env[PASSWORD]`. */
  from: string;
}

/** Everything pods name that must exist; what is marked optional is left out. */
export function referencesOf(pods: Pods): Reference[] {
  const { spec } = pods;
  const account = asString(spec['serviceAccountName']) ?? asString(spec['serviceAccount']);
  return [
    ...(account ? [{ kind: 'ServiceAccount' as const, name: account, from: 'serviceAccountName' }] : []),
    ...asList(spec['imagePullSecrets']).flatMap((entry, i) => named('Secret', asDict(entry)['name'], `imagePullSecrets[${i}]`)),
    ...asList(spec['volumes']).flatMap((entry) => volumeReferences(asDict(entry))),
    ...containersOf(pods).flatMap(({ path, container }) => containerReferences(path, container)),
  ];
}

function named(kind: Reference['kind'], name: unknown, from: string): Reference[] {
  return typeof name === 'string' && name !== '' ? [{ kind, name, from }] : [];
}

function volumeReferences(volume: Dict): Reference[] {
  const from = `volumes[${asString(volume['name']) ?? ''}]`;
  const claim = asDict(volume['persistentVolumeClaim'])['claimName'];
  const sources = [volume, ...asList(asDict(volume['projected'])['sources']).map(asDict)];
  return [
    ...named('PersistentVolumeClaim', claim, from),
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

function keyOf(kind: 'ConfigMap' | 'Secret', value: unknown, from: string): Reference[] {
  const [reference] = whole(kind, value, from);
  const key = asString(asDict(value)['key']);
  return reference ? [{ ...reference, ...(key === undefined ? {} : { key }) }] : [];
}

function whole(kind: 'ConfigMap' | 'Secret', value: unknown, from: string): Reference[] {
  return isDict(value) && value['optional'] !== true ? named(kind, value['name'], from) : [];
}
