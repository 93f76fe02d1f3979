import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { asString } from '../lib/read-unknown.js';
import { findableLength, formatRef, type Desired, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { containersOf, podsOf } from '../model/pods.js';

/**
 * Finds secrets whose value also stands where everybody can read it: `postgres` as the password of an image `postgres:15`.
 * Such a value is guessed easily; it is masked there too, and a rollback would put a changed password into that place.
 */
export function everydaySecrets(_platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const seen = placesOf(desired);
  return [...desired.secrets].flatMap(([name, value]) => {
    if (name.startsWith('generated/') || value === '') return [];
    const place = seen.find(({ text }) => (value.length < findableLength ? text === value : text.includes(value)));
    return place ? [diagnose('secret-everyday', { name, what: place.what, object: formatRef(place.of.ref) }, place.of.at)] : [];
  });
}

interface Place {
  of: RenderedObject;
  what: string;
  text: string;
}

/** Texts that are no secrets: names, namespaces, labels, images. */
function placesOf({ objects }: Desired): Place[] {
  const places = objects.flatMap((of): Place[] => [
    { of, what: 'name', text: of.ref.name },
    ...(of.ref.namespace ? [{ of, what: 'namespace', text: of.ref.namespace }] : []),
    ...Object.entries(of.object.metadata.labels ?? {}).map(([key, text]) => ({ of, what: `label ${key}`, text })),
  ]);
  for (const pods of podsOf(objects)) {
    for (const { path, container } of containersOf(pods)) {
      for (const field of ['name', 'image']) places.push({ of: pods.of, what: `${path}.${field}`, text: asString(container[field]) ?? '' });
    }
  }
  return places;
}
