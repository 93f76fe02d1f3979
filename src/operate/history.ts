import type { Kube } from '../kube/index.js';
import { keyOf, type Change, type Generation, type RenderedObject, type SecretTable } from '../model/index.js';
import { diffObjects, readGeneration, readObjects, readState } from '../plan/index.js';
import type { PlatformPlace } from './status.js';

/** The generations that are kept, newest first. */
export async function platformHistory(kube: Kube, place: PlatformPlace): Promise<Generation[]> {
  const state = await readState(kube, place.platform, place.namespace);
  const generations: Generation[] = [];
  for (let number = state.head?.generation ?? 0; number > 0; number--) {
    const generation = await readGeneration(kube, place, number).catch(() => undefined);
    if (!generation) break;
    generations.push(generation);
  }
  return generations;
}

/** What differs between the objects of two generations. Secret values are tokens there, so none can be shown. */
export async function diffGenerations(kube: Kube, place: PlatformPlace, [from, to]: [number, number]): Promise<Change[]> {
  const [before, after] = await Promise.all([from, to].map(async (number) => readObjects(kube, await readGeneration(kube, place, number), place.namespace)));
  return compareObjects(before ?? [], after ?? []);
}

function compareObjects(before: readonly RenderedObject[], after: readonly RenderedObject[]): Change[] {
  const old = new Map(before.map((rendered) => [keyOf(rendered.ref), rendered]));
  const now = new Map(after.map((rendered) => [keyOf(rendered.ref), rendered]));
  const changes: Change[] = [];
  for (const [key, rendered] of now) {
    const previous = old.get(key);
    const fields = previous ? diffObjects(previous.object, rendered.object, noSecrets) : [];
    if (!previous || fields.length > 0) changes.push(change(rendered, previous ? 'update' : 'create', fields));
  }
  for (const [key, rendered] of old) if (!now.has(key)) changes.push(change(rendered, 'delete', []));
  return changes;
}

const noSecrets: SecretTable = new Map();

function change({ ref, component }: RenderedObject, action: Change['action'], fields: Change['fields']): Change {
  return { action, ref, component, wave: 0, fields, restarts: false, pin: { uid: null, digest: null }, desired: null };
}
