import { resolve } from 'node:path';
import { formatLocation, diagnose, MostikError } from '../diagnostics/index.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { shownPath } from '../lib/shown-path.js';
import { formatRef, type Desired, type ResolvedPlatform } from '../model/index.js';
import { readPlatform, renderOnly, renderPlatform, type Inputs, type StageOptions } from '../pipeline.js';
import { autoscaledWorkloads } from '../plan/index.js';
import { asNumber, valueAt } from '../lib/read-unknown.js';
import { editFiles, writeIfSound, type FileEdit, type FilePlace } from './edit-files.js';
import { explainField } from './explain-field.js';
import { containersWithImages, fieldAfter, fieldEdits, readImage, type FieldChange } from './set-field.js';
import { declaredComponent, notHere, valuePlace } from './set-value.js';

/** What a change of the files did. */
export interface Changed {
  platform: ResolvedPlatform;
  /** Files before and after; none when they said it already. */
  edits: FileEdit[];
  /** Rendered objects that came out otherwise. */
  objects: string[];
}

/** Sets one value of a component, as `--set` would say it, in the file that sets it now. */
export async function setValue(inputs: Inputs, text: string, options: StageOptions): Promise<Changed> {
  const { parseSet } = await import('../load/sets.js');
  const sets = parseSet(text);
  const platform = await readPlatform(inputs, options);
  const { desired } = await renderOnly(platform, options);
  const places = await Promise.all(sets.map(async ({ component, path, value }) => ({ ...(await valuePlace(platform, declaredComponent(platform, component), path)), value })));
  return change(inputs, { desired, places, what: text }, options);
}

/** Gives a component's container another image: in the value, workload or manifest that names it now. */
export async function setImage(inputs: Inputs, { name, image, container }: { name: string; image: string; container?: string | undefined }, options: StageOptions): Promise<Changed> {
  const platform = await readPlatform(inputs, options);
  const component = declaredComponent(platform, name);
  const { engine, desired } = await renderOnly(platform, options);
  const targets = chooseContainers(desired, { name, image, container });
  const changes = targets.map(({ object, field }): FieldChange => ({ component, object, field, value: image }));
  const places = (await Promise.all(changes.map((one) => fieldEdits({ platform, desired }, one, { engine, signal: options.signal })))).flat();
  return change(inputs, { desired, places, what: `image ${image}`, wanted: changes }, options);
}

/** The containers that are meant: the named one, those that run the same repository, or the only one there is. */
function chooseContainers(desired: Desired, { name, image, container }: { name: string; image: string; container?: string | undefined }): ReturnType<typeof containersWithImages> {
  const all = containersWithImages(desired, name);
  const last = (text: string): string => readImage(text).repository.split('/').at(-1) ?? '';
  const named = container === undefined ? all : all.filter((one) => one.container === container);
  const alike = named.filter((one) => last(one.image) === last(image));
  const chosen = alike.length > 0 ? alike : named;
  const images = new Set(chosen.map((one) => one.image));
  if (chosen.length > 0 && (images.size === 1 || container !== undefined)) return chosen;
  if (all.length === 0) throw notHere({ name }, `image ${image}`, 'the component has no containers', 'name another component');
  throw new MostikError([diagnose('image-choice', { component: name, image, containers: all.map((one) => `${one.container} (${one.image})`).join(', ') })]);
}

/** Sets how many replicas a component has, where its files say it; refused beside an autoscaler. */
export async function setReplicas(inputs: Inputs, { name, replicas }: { name: string; replicas: number }, options: StageOptions): Promise<Changed> {
  const platform = await readPlatform(inputs, options);
  const component = declaredComponent(platform, name);
  const { engine, desired } = await renderOnly(platform, options);
  const workloads = desired.objects.filter(({ component: of, ref, hook }) => of === name && !hook && (ref.kind === 'Deployment' || ref.kind === 'StatefulSet'));
  const [workload] = workloads;
  if (!workload || workloads.length > 1) throw notHere(component, 'replicas', workload ? `it has several workloads: ${workloads.map(({ ref }) => formatRef(ref)).join(', ')}` : 'it has no Deployment or StatefulSet', workload ? `mostik set value ${name} PATH=${replicas}` : 'name another component');
  const object = formatRef(workload.ref);
  await demandNoScaler(object, { platform, desired, engine, name, signal: options.signal });
  const wanted: FieldChange = { component, object, field: 'spec.replicas', value: replicas };
  const places = component.source.kind === 'workload' ? [{ ...(await valuePlace(platform, component, ['replicas'])), value: replicas }] : await replicasPlaces(wanted, { platform, desired, engine, signal: options.signal });
  return change(inputs, { desired, places, what: `${replicas} replicas`, wanted: [wanted] }, options);
}

type World = { platform: ResolvedPlatform; desired: Desired; engine: { path: string }; signal: AbortSignal | undefined };

async function replicasPlaces(wanted: FieldChange, world: World): Promise<(FilePlace & { value: unknown })[]> {
  if (fieldAfter(world.desired, wanted) === undefined) throw notHere(wanted.component, 'replicas', `${wanted.object} does not say how many it has, so it is 1`, `give its ${world.platform.components.find((one) => one === wanted.component)?.source.kind === 'chart' ? 'chart a value for it' : 'manifest spec.replicas'}`);
  return fieldEdits(world, wanted, world);
}

/** Beside an autoscaler a number would last until its next look. */
async function demandNoScaler(object: string, { platform, desired, engine, name, signal }: World & { name: string }): Promise<void> {
  const [kind, namespace, workload] = object.split('/');
  const scaler = desired.objects.find((rendered) => autoscaledWorkloads([rendered]).has(`${kind ?? ''}/${namespace ?? ''}/${workload ?? ''}`));
  if (!scaler) return;
  const field = scaler.ref.kind === 'ScaledObject' ? 'spec.minReplicaCount' : 'spec.minReplicas';
  const isSet = asNumber(valueAt(scaler.object, 'spec', field.split('.')[1] ?? '')) !== undefined;
  const origin = isSet ? (await explainField(platform, desired, { object: formatRef(scaler.ref), field, engine, signal })).by[0] : undefined;
  const hint = origin ? `${origin.name} in ${formatLocation(origin.at)} is its least number` : `${field} of ${formatLocation(scaler.at)}`;
  throw new MostikError([diagnose('scale-autoscaled', { component: name, scaler: formatRef(scaler.ref), workload: object, hint })]);
}

interface Wish {
  /** As it was. */
  desired: Desired;
  places: (FilePlace & { value: unknown })[];
  what: string;
  /** Fields that must come out so. */
  wanted?: FieldChange[];
}

/** Writes the files when the platform passes check with them, and its fields come out as wanted. */
async function change(inputs: Inputs, { desired: before, places, what, wanted = [] }: Wish, options: StageOptions): Promise<Changed> {
  const edits = editFiles(places);
  return writeIfSound(edits, async () => {
    try {
      const platform = await readPlatform(inputs, options);
      const after = await renderPlatform(platform, options);
      for (const one of wanted) {
        const value = fieldAfter(after, one);
        if (value !== one.value) throw notHere(one.component, one.field, `it would be ${JSON.stringify(value)} instead of ${JSON.stringify(one.value)}`, `mostik explain ${one.object} '${one.field}' shows what makes it`);
      }
      return { platform, edits, objects: differing(before, after) };
    } catch (error) {
      if (!(error instanceof MostikError) || edits.length === 0 || error.diagnostics.some(({ code }) => code === 'field-not-set-here')) throw error;
      // The lines are those of a text that is gone again.
      const findings = error.diagnostics.map(({ at, ...rest }) => (at && 'file' in at && edits.some(({ file }) => file === resolve(at.file)) ? rest : { ...rest, ...(at ? { at } : {}) }));
      throw new MostikError([...findings, diagnose('edit-fails-check', { file: edits.map(({ file }) => shownPath(file)).join(', '), what })], { cause: error });
    }
  });
}

function differing(before: Desired, after: Desired): string[] {
  const old = new Map(before.objects.map(({ ref, object }) => [formatRef(ref), canonicalJson(object)]));
  return after.objects.filter(({ ref, object }) => old.get(formatRef(ref)) !== canonicalJson(object)).map(({ ref }) => formatRef(ref));
}
