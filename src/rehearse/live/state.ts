import { randomBytes } from 'node:crypto';
import type { Kube } from '../../kube/index.js';
import { keyOf, type Generation, type KubeObject, type ObjectRef, type SecretTable } from '../../model/index.js';
import { blobName, contentKey, cutIntoBlobs, generationName, headName, pack, stateSecret, valuesName, type State } from '../../plan/index.js';
import { stageManager } from '../staged-kube.js';

/**
 * Copies what the live cluster remembers of the platform: the last generations, the inventory with the uids of the copies,
 * stand-ins instead of values, and a digest key of its own, since the real one could be used to guess values.
 */
export async function copyState(stage: Kube, { real, state, standIns, uids }: { real: Kube; state: State; standIns: SecretTable; uids: ReadonlyMap<string, string> }): Promise<void> {
  const { platform, namespace, head, last, succeeded } = state;
  if (!head || !last) return;
  const write = async (object: KubeObject): Promise<void> => {
    if (!(await stage.get(refFor(namespace, object.metadata.name), { metadataOnly: true }))) await stage.create(object, { fieldManager: stageManager });
  };
  if (!(await stage.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }))) await stage.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const pieces = new Set([last, ...(succeeded ? [succeeded] : [])].flatMap(({ objects }) => Object.values(objects).flat()));
  await Promise.all(
    [...pieces].map(async (digest) => {
      const piece = await real.get(refFor(namespace, blobName(platform, digest)));
      if (piece) await write({ apiVersion: 'v1', kind: 'Secret', metadata: { name: piece.metadata.name, namespace, labels: piece.metadata.labels ?? {} }, type: piece['type'], data: piece['data'] });
    }),
  );
  const inventory: Record<string, string[]> = {};
  for (const component of Object.keys(last.inventory)) {
    const entries = [...state.inventory.values()].filter((entry) => entry.component === component).map((entry) => ({ ...entry, uid: uids.get(keyOf(entry.ref)) ?? '' }));
    const blobs = await cutIntoBlobs(entries);
    inventory[component] = blobs.map(({ blob }) => blob.digest);
    for (const { blob, packed } of blobs) await write(stateSecret(platform, { namespace, name: blobName(platform, blob.digest), kind: 'piece' }, { [contentKey]: packed }));
  }
  const generation = async (record: Generation): Promise<void> => write(stateSecret(platform, { namespace, name: generationName(platform, record.number), kind: 'generation' }, { [contentKey]: await pack(JSON.stringify(record)) }));
  await generation({ ...last, inventory });
  if (succeeded && succeeded.number !== last.number) await generation({ ...succeeded, inventory: {} });
  await write(stateSecret(platform, { namespace, name: valuesName(platform), kind: 'values' }, { key: randomBytes(32), [contentKey]: await pack(JSON.stringify(Object.fromEntries(standIns))) }));
  await write(stateSecret(platform, { namespace, name: headName(platform), kind: 'head' }, { [contentKey]: await pack(JSON.stringify(head)) }));
}

function refFor(namespace: string, name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name };
}
