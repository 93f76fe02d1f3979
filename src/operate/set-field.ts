import { formatLocation } from '../diagnostics/index.js';
import { asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, parsePath, type Desired, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { placeAt, type FilePlace } from './edit-files.js';
import { explainField } from './explain-field.js';
import { findField } from './explain-object.js';
import type { ExplainOptions, FieldExplanation, Origin } from './field-origin.js';
import { notHere, valuePlace } from './set-value.js';

/** A platform as its files say, rendered. */
export interface Rendered {
  platform: ResolvedPlatform;
  desired: Desired;
}

/** A field of a rendered object, and what it is to be. */
export interface FieldChange {
  component: ResolvedComponent;
  /** `Kind/namespace/name`. */
  object: string;
  field: string;
  value: unknown;
}

/** Finds what to write so that a field of an object gets a value: the value, the manifest or the workload's field that sets it now. */
export async function fieldEdits({ platform, desired }: Rendered, change: FieldChange, options: ExplainOptions): Promise<(FilePlace & { value: unknown })[]> {
  const { component, object, field, value } = change;
  const explained = await explainField(platform, desired, { object, field, ...options });
  if (explained.source === 'manifests') return [{ ...writtenPlace(component, explained), value }];
  const wanted = newValues(explained, value);
  if (wanted.length === 0) throw notHere(component, field, reasonOf(explained), hintOf(explained));
  return Promise.all(wanted.map(async ({ origin, value: given }) => {
    const path = parsePath(origin.name.replace(/^workload\./, ''));
    if (!path) throw notHere(component, field, `${origin.name} is no path that can be written`, `change it by hand: ${formatLocation(origin.at)}`);
    return { ...(await valuePlace(platform, component, path)), value: given };
  }));
}

function writtenPlace(component: ResolvedComponent, { written, field }: FieldExplanation): FilePlace {
  const place = written && placeAt(written);
  // A manifest that lacks the field leads to the nearest part of it that is there.
  if (!place || !field.endsWith(String(place.path.at(-1)))) throw notHere(component, field, 'its manifest does not say it', written ? `add it: ${formatLocation(written)}` : 'add it to the manifest');
  return place;
}

function reasonOf({ by, source, notes }: FieldExplanation): string {
  if (source === 'kustomization') return 'a kustomization makes it';
  return by.length === 0 ? (notes[0] ?? 'nothing sets it') : `${by.map(({ name }) => name).join(', ')} make it together`;
}

function hintOf({ by, written }: FieldExplanation): string {
  const places = by.length > 0 ? by.map(({ name, at }) => `${name} (${formatLocation(at)})`) : written ? [formatLocation(written)] : [];
  return places.length === 0 ? 'change the component by hand' : `change it by hand: ${places.join(', ')}`;
}

/** Which values give the field the wanted one: one that is the whole of it, or those that an image is put together of. */
function newValues({ by, value: current, field }: FieldExplanation, wanted: unknown): { origin: Origin; value: unknown }[] {
  const whole = by.find(({ value }) => value === current || (typeof wanted === 'number' && Number(value) === current));
  if (whole) return [{ origin: whole, value: typeof whole.value === 'string' && typeof wanted === 'number' ? String(wanted) : wanted }];
  if (!/image$/.test(field) || typeof current !== 'string' || typeof wanted !== 'string') return [];
  return imageValues(by, readImage(current), readImage(wanted));
}

/** An image's name, in the parts that charts have values for. */
export interface ImageName {
  registry: string;
  repository: string;
  tag: string;
  digest: string;
}

/** Reads `registry.example.org:5000/team/web:2@sha256:...`; the first part is a registry when it has a dot, a colon, or is localhost. */
export function readImage(text: string): ImageName {
  const [named = '', digest = ''] = text.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const registry = /[.:]|^localhost$/.test(first) ? first : '';
  const rest = registry === '' ? named : named.slice(slash + 1);
  const colon = rest.lastIndexOf(':');
  return { registry, repository: colon < 0 ? rest : rest.slice(0, colon), tag: colon < 0 ? '' : rest.slice(colon + 1), digest };
}

/** Changes each value that is a part of the image's name; none when a part that differs has no value of its own. */
export function imageValues(by: readonly Origin[], current: ImageName, wanted: ImageName): { origin: Origin; value: string }[] {
  const full = ({ registry, repository }: ImageName): string => (registry === '' ? repository : `${registry}/${repository}`);
  const parts: ((name: ImageName) => string)[] = [(name) => name.tag, (name) => name.digest, full, (name) => name.registry, (name) => name.repository, (name) => `${full(name)}:${name.tag}`];
  const changes: { origin: Origin; value: string }[] = [];
  for (const origin of by) {
    const part = parts.find((read) => read(current) !== '' && read(current) === asString(origin.value));
    if (part && part(wanted) !== part(current)) changes.push({ origin, value: part(wanted) });
  }
  return changes;
}

/** The field of an object after the change, to see that it is what was wanted. */
export function fieldAfter(desired: Desired, { object, field }: Pick<FieldChange, 'object' | 'field'>): unknown {
  const rendered = desired.objects.find(({ ref }) => formatRef(ref) === object);
  return rendered && findField(rendered.object, field)?.value;
}

/** Containers of a component's workloads, with the image each runs. */
export function containersWithImages(desired: Desired, component: string): { object: string; container: string; field: string; image: string }[] {
  return desired.objects.filter((rendered) => rendered.component === component && !rendered.hook).flatMap(({ ref, object }) => {
    const at = ref.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ref.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
    return ['initContainers', 'containers'].flatMap((list) => {
      const containers = valueAt(object, ...at, list);
      if (!Array.isArray(containers)) return [];
      return containers.flatMap((container: unknown) => {
        const [name, image] = [asString(valueAt(container, 'name')), asString(valueAt(container, 'image'))];
        return name === undefined || image === undefined ? [] : [{ object: formatRef(ref), container: name, field: `${at.join('.')}.${list}[${name}].image`, image }];
      });
    });
  });
}
