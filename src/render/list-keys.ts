import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { asDict, asString, isDict } from '../lib/read-unknown.js';
import { groupOf, type KubeObject } from '../model/index.js';
import { nameOf, type Draft } from './draft.js';

/**
 * Lists whose entries Kubernetes tells apart by a key (`x-kubernetes-list-map-keys` of its API, 1.36). Two entries with one key
 * pass `kubectl apply` and Helm, where the last wins in silence; server-side apply refuses them.
 */
interface List {
  /** Fields of the key with what an absent one counts as; none for lists of plain values that may not repeat. */
  keys: Readonly<Record<string, unknown>>;
  entry?: Fields;
}
interface Fields {
  [field: string]: List | { fields: Fields };
}

const by = (...names: string[]): List => ({ keys: Object.fromEntries(names.map((name) => [name, undefined])) });
const within = (fields: Fields): { fields: Fields } => ({ fields });

const container: Fields = {
  env: by('name'),
  ports: { keys: { containerPort: undefined, protocol: 'TCP' } },
  volumeDevices: by('devicePath'),
  volumeMounts: by('mountPath'),
  resources: within({ claims: by('name') }),
};
const pod = within({
  containers: { ...by('name'), entry: container },
  ephemeralContainers: { ...by('name'), entry: container },
  initContainers: { ...by('name'), entry: container },
  hostAliases: by('ip'),
  imagePullSecrets: by('name'),
  resourceClaims: by('name'),
  schedulingGates: by('name'),
  topologySpreadConstraints: by('topologyKey', 'whenUnsatisfiable'),
  volumes: by('name'),
});
const template = within({ spec: pod });
const metadata = within({ finalizers: by(), ownerReferences: by('uid') });
const matched = { ...by('name'), entry: { matchConditions: by('name') } };

const kinds: Readonly<Record<string, Fields>> = {
  '/Pod': { spec: pod },
  '/PodTemplate': { template },
  '/ReplicationController': { spec: within({ template }) },
  '/Service': { spec: within({ ports: { keys: { port: undefined, protocol: 'TCP' } } }) },
  '/ServiceAccount': { secrets: by('name') },
  'apps/DaemonSet': { spec: within({ template }) },
  'apps/Deployment': { spec: within({ template }) },
  'apps/ReplicaSet': { spec: within({ template }) },
  'apps/StatefulSet': { spec: within({ template }) },
  'batch/Job': { spec: within({ template }) },
  'batch/CronJob': { spec: within({ jobTemplate: within({ spec: within({ template }) }) }) },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': { webhooks: matched },
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': { webhooks: matched },
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': { spec: within({ matchConditions: by('name') }) },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': { spec: within({ matchConditions: by('name'), variables: by('name') }) },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': { spec: within({ validationActions: by() }) },
  'storage.k8s.io/CSIDriver': { spec: within({ volumeLifecycleModes: by() }) },
};

/** Finds entries of one list with the same key. */
export function checkListKeys(drafts: readonly Draft[]): Diagnostic[] {
  return drafts.flatMap(({ object, at }) =>
    duplicateKeys(object).map(({ path, key }) => diagnose('list-key-twice', { object: nameOf(object), path, key }, at)),
  );
}

/** The repeated keys of an object: `spec.template.spec.containers[web].env` and `name "A"`. */
export function duplicateKeys(object: KubeObject): { path: string; key: string }[] {
  const found: { path: string; key: string }[] = [];
  walk(object, { metadata, ...kinds[`${groupOf(object.apiVersion)}/${object.kind}`] }, '', found);
  return found;
}

function walk(value: unknown, fields: Fields, path: string, found: { path: string; key: string }[]): void {
  const map = asDict(value);
  for (const [field, below] of Object.entries(fields)) {
    const here = path === '' ? field : `${path}.${field}`;
    if ('fields' in below) walk(map[field], below.fields, here, found);
    else if (Array.isArray(map[field])) walkList(map[field] as unknown[], below, here, found);
  }
}

function walkList(list: unknown[], { keys, entry }: List, path: string, found: { path: string; key: string }[]): void {
  const seen = new Set<string>();
  const reported = new Set<string>();
  for (const item of list) {
    const key = keyOf(item, keys);
    const id = canonicalJson(key);
    if (seen.has(id) && !reported.has(id)) {
      reported.add(id);
      found.push({ path, key: written(key) });
    }
    seen.add(id);
    if (entry && isDict(item)) walk(item, entry, `${path}[${asString(item['name']) ?? ''}]`, found);
  }
}

function keyOf(item: unknown, keys: List['keys']): unknown {
  if (!isDict(item)) return item;
  return Object.fromEntries(Object.entries(keys).map(([name, absent]) => [name, item[name] ?? absent ?? null]));
}

function written(key: unknown): string {
  return isDict(key) ? Object.entries(key).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ') : JSON.stringify(key);
}
