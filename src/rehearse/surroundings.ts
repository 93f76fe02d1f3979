import { blankSecret, blankData } from './blank.js';
import type { Kube } from '../kube/index.js';
import { asList, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, kindOfCrd, refOf, servedKinds, type KubeObject, type ObjectRef, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { providedApis } from '../render/kinds.js';
import { applySystemObjects } from '../apply/index.js';
import { openCrd, withoutConversion } from './crds.js';
import { bareCopy } from './live/bare-copy.js';
import { simulatedClass, simulatedProvisioner } from './live/classes.js';
import type { NotExercised } from './schema.js';

/** What stands around a platform without being part of it. */
export interface Surroundings {
  platform: ResolvedPlatform;
  /** Everything declared, before the change and after it. */
  objects: readonly RenderedObject[];
  /** The real cluster, where there is one to look at. */
  real: Kube | undefined;
}

/**
 * Puts into the throw-away cluster what the platform takes for granted: classes of the real cluster, CRDs that
 * `cluster.provides` promises (the real ones where they can be read, else ones that admit anything), and named objects.
 */
export async function stageSurroundings(stage: Kube, world: Surroundings): Promise<NotExercised[]> {
  const notes: NotExercised[] = [];
  const classes = world.real ? await readClasses(world.real) : [];
  for (const { kind, metadata, ...rest } of classes) if (kind === 'StorageClass' && rest['provisioner'] !== simulatedProvisioner) notes.push({ what: `StorageClass/${metadata.name}`, why: `claims are bound at once; its provisioner ${asString(rest['provisioner']) ?? ''} does not run` });
  const crds = await missingCrds(stage, world);
  for (const { crd, isReal } of crds) if (!isReal) notes.push({ what: `schema of ${asString(valueAt(crd, 'spec', 'names', 'kind')) ?? ''}`, why: 'its CRD is not here: objects of this kind are admitted whatever they say' });
  await applySystemObjects(stage, [...(await withoutDefaults(stage, classes)), ...crds.map(({ crd }) => crd)]);
  for (const { apiVersion, kind } of crds.flatMap(({ crd }) => servedKinds(crd))) await stage.waitForKind(apiVersion, kind);
  if (crds.length > 0) await stage.refreshDiscovery();
  notes.push(...(await stageNamed(stage, world)));
  return notes;
}

const classKinds: [apiVersion: string, kind: string][] = [
  ['storage.k8s.io/v1', 'StorageClass'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['scheduling.k8s.io/v1', 'PriorityClass'],
  ['node.k8s.io/v1', 'RuntimeClass'],
];

async function readClasses(real: Kube): Promise<KubeObject[]> {
  const lists = await Promise.all(classKinds.map(([apiVersion, kind]) => real.list(apiVersion, kind)));
  return lists.flatMap(({ items }) => items).filter(({ metadata }) => !metadata.name.startsWith('system-'));
}

/** Classes of the real cluster replace our default ones: two defaults would be none. */
async function withoutDefaults(stage: Kube, classes: readonly KubeObject[]): Promise<KubeObject[]> {
  const isDefault = (object: KubeObject): boolean => Object.entries(object.metadata.annotations ?? {}).some(([key, value]) => key.endsWith('/is-default-class') && value === 'true');
  for (const kind of ['StorageClass', 'IngressClass']) {
    const apiVersion = kind === 'StorageClass' ? 'storage.k8s.io/v1' : 'networking.k8s.io/v1';
    const named = new Set(classes.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name));
    if (!classes.some((object) => object.kind === kind && isDefault(object)) && named.size === 0) continue;
    for (const own of (await stage.list(apiVersion, kind)).items) if (!named.has(own.metadata.name)) await stage.delete(refOf(own));
  }
  const staged = await Promise.all(classes.map(async (object) => ({ object, live: await stage.get(refOf(object)) })));
  return staged.filter(({ live }) => live === undefined).map(({ object }) => simulatedClass(bareCopy(object)));
}

interface StagedCrd {
  crd: KubeObject;
  isReal: boolean;
}

async function missingCrds(stage: Kube, { platform, objects, real }: Surroundings): Promise<StagedCrd[]> {
  const provided = new Set(providedApis(platform.cluster.provides));
  const declared = new Set(objects.filter(({ ref }) => ref.kind === 'CustomResourceDefinition').map(({ object }) => kindOfCrd(object)));
  const external = new Set(platform.components.flatMap((component) => component.external));
  const wanted = new Map<string, ObjectRef>();
  for (const { ref } of objects) {
    const key = `${groupOf(ref.apiVersion)}/${ref.kind}`;
    if (wanted.has(key) || !groupOf(ref.apiVersion).includes('.') || (await stage.resourceFor(ref.apiVersion, ref.kind))) continue;
    const isElsewhere = !declared.has(key) || [...external].some((name) => name.startsWith('CustomResourceDefinition/') && name.endsWith(`.${groupOf(ref.apiVersion)}`));
    if (isElsewhere) wanted.set(key, ref);
  }
  if (wanted.size === 0) return [];
  const live = real ? (await real.list('apiextensions.k8s.io/v1', 'CustomResourceDefinition')).items : [];
  return [...wanted].flatMap(([key, ref]): StagedCrd[] => {
    const crd = live.find((one) => kindOfCrd(one) === key);
    if (crd) return [{ crd: withoutConversion(bareCopy(crd)), isReal: true }];
    return provided.has(ref.apiVersion) || provided.has(`${ref.apiVersion}/${ref.kind}`) ? [{ crd: openCrd(ref), isReal: false }] : [];
  });
}

const namedKinds = new Map([['Secret', 'v1'], ['ConfigMap', 'v1'], ['ServiceAccount', 'v1'], ['PersistentVolumeClaim', 'v1'], ['PriorityClass', 'scheduling.k8s.io/v1'], ['StorageClass', 'storage.k8s.io/v1'], ['IngressClass', 'networking.k8s.io/v1']]);

/** Objects that `cluster.provides` names: copies of the real ones, secrets blanked, or ones with the keys that pods ask for. */
async function stageNamed(stage: Kube, { platform, objects, real }: Surroundings): Promise<NotExercised[]> {
  const notes: NotExercised[] = [];
  for (const entry of platform.cluster.provides) {
    const ref = namedObject(entry);
    if (!ref || (await stage.get(ref))) continue;
    const live = await real?.get(ref);
    const object = live ? bareCopy(live) : invented(ref, objects);
    if (!object) continue;
    if (ref.namespace !== undefined) await applySystemObjects(stage, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ref.namespace } }]);
    await applySystemObjects(stage, [object.kind === 'Secret' ? blankSecret(object) : object]);
    if (!live) notes.push({ what: entry, why: 'the cluster is said to have it; one with the keys that are asked for stands in' });
  }
  return notes;
}

function namedObject(entry: string): ObjectRef | undefined {
  const [kind = '', ...names] = entry.split('/');
  const apiVersion = namedKinds.get(kind);
  if (apiVersion === undefined || names.length === 0 || names.length > 2) return undefined;
  return names.length === 2 ? { apiVersion, kind, namespace: names[0]!, name: names[1]! } : { apiVersion, kind, name: names[0]! };
}

function invented(ref: ObjectRef, objects: readonly RenderedObject[]): KubeObject | undefined {
  const base = { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name, ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }) } };
  const keys = objects.filter((one) => one.ref.namespace === ref.namespace).flatMap(({ object }) => askedKeys(object, ref));
  switch (ref.kind) {
    case 'Secret':
      return { ...base, type: 'Opaque', data: blankData('Opaque', keys) };
    case 'ConfigMap':
      return { ...base, data: Object.fromEntries(keys.map((key) => [key, ''])) };
    case 'ServiceAccount':
      return base;
    case 'PriorityClass':
      return { ...base, value: 1000 };
    case 'StorageClass':
      return simulatedClass({ ...base, provisioner: '' });
    case 'IngressClass':
      return { ...base, spec: { controller: 'mostik.dev/simulated' } };
    default:
      return undefined;
  }
}

/** The keys that somewhere in an object are asked of a Secret or ConfigMap. */
function askedKeys(value: unknown, ref: ObjectRef): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => askedKeys(item, ref));
  if (typeof value !== 'object' || value === null) return [];
  const isSecret = ref.kind === 'Secret';
  const found: string[] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (key === (isSecret ? 'secretKeyRef' : 'configMapKeyRef') && valueAt(inner, 'name') === ref.name) found.push(asString(valueAt(inner, 'key')) ?? '');
    if (key === (isSecret ? 'secret' : 'configMap') && (valueAt(inner, 'secretName') ?? valueAt(inner, 'name')) === ref.name) {
      found.push(...asList(valueAt(inner, 'items')).flatMap((item) => asString(valueAt(item, 'key')) ?? []));
    }
    found.push(...askedKeys(inner, ref));
  }
  return [...new Set(found.filter((key) => key !== ''))];
}

