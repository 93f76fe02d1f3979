import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { asDict, asStrings } from '../lib/read-unknown.js';
import { keyOf, type Generation, type InventoryEntry, type ObjectRef, type PlatformSource, type RenderedObject, type SecretTable } from '../model/index.js';
import { blobName, generationName, headName, stateData, unpack, valuesName } from './state-codec.js';

/** The record written last: which generation a reader believes. */
export interface Head {
  version: 1;
  /** The last generation that was begun. */
  generation: number;
  /** The last one that succeeded; 0 when none did. */
  succeeded: number;
  source: PlatformSource;
}

/** What the cluster remembers of a platform. */
export interface State {
  platform: string;
  namespace: string;
  head: Head | null;
  /** resourceVersion of the head: the precondition of the next write. */
  headVersion: string | null;
  last: Generation | null;
  succeeded: Generation | null;
  inventory: Map<string, InventoryEntry>;
  retained: ObjectRef[];
  secrets: SecretTable;
  /** Key of digests that cover secrets; null before the first apply, which makes and keeps it. */
  key: Buffer | null;
}

const dataKey = 'content';

/** Reads the platform's state: four small reads, whatever the size of its history. */
export async function readState(kube: Kube, platform: string, namespace: string): Promise<State> {
  const [headSecret, valuesSecret] = await Promise.all([
    kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: headName(platform) }),
    kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: valuesName(platform) }),
  ]);
  const headBytes = stateData(headSecret, dataKey);
  const head = headBytes ? ((await unpack(headBytes)) as Head) : null;
  const key = stateData(valuesSecret, 'key');
  const valuesBytes = stateData(valuesSecret, dataKey);
  const [last, succeeded] = await Promise.all([
    head ? readGeneration(kube, { platform, namespace }, head.generation) : null,
    head && head.succeeded > 0 && head.succeeded !== head.generation ? readGeneration(kube, { platform, namespace }, head.succeeded) : null,
  ]);
  return {
    platform,
    namespace,
    head,
    headVersion: headSecret?.metadata.resourceVersion ?? null,
    last,
    succeeded: head && head.succeeded === head.generation ? last : succeeded,
    inventory: last ? await readInventory(kube, last, namespace) : new Map<string, InventoryEntry>(),
    retained: last?.retained ?? [],
    secrets: new Map(Object.entries(valuesBytes ? asStrings(await unpack(valuesBytes)) : {})),
    key: key ?? null,
  };
}

/** Reads the record of one generation; a missing one is an error that names it. */
export async function readGeneration(kube: Kube, place: { platform: string; namespace: string }, number: number): Promise<Generation> {
  const secret = await kube.get({ apiVersion: 'v1', kind: 'Secret', namespace: place.namespace, name: generationName(place.platform, number) });
  const bytes = stateData(secret, dataKey);
  if (!bytes) throw new MostikError([diagnose('generation-missing', { generation: number, platform: place.platform })]);
  return (await unpack(bytes)) as Generation;
}

/** Reads every object of a generation, secret values still as tokens. */
export async function readObjects(kube: Kube, generation: Generation, namespace: string): Promise<RenderedObject[]> {
  return (await readBlobs(kube, { platform: generation.platform, namespace }, generation.objects)) as RenderedObject[];
}

/** Reads what a generation applied, by object key. */
export async function readInventory(kube: Kube, generation: Generation, namespace: string): Promise<Map<string, InventoryEntry>> {
  const entries = (await readBlobs(kube, { platform: generation.platform, namespace }, generation.inventory)) as InventoryEntry[];
  return new Map(entries.map((entry) => [keyOf(entry.ref), entry]));
}

/** Name of the data entry that holds content in a state Secret. */
export const contentKey = dataKey;

async function readBlobs(kube: Kube, place: { platform: string; namespace: string }, pieces: Record<string, string[]>): Promise<unknown[]> {
  const lists = await Promise.all(
    Object.values(pieces)
      .flat()
      .map(async (digest) => {
        const name = blobName(place.platform, digest);
        const bytes = stateData(await kube.get({ apiVersion: 'v1', kind: 'Secret', namespace: place.namespace, name }), dataKey);
        if (!bytes) throw new MostikError([diagnose('state-damaged', { platform: place.platform, what: `Secret/${place.namespace}/${name}` })]);
        const content = await unpack(bytes);
        return Array.isArray(content) ? (content as unknown[]) : [asDict(content)];
      }),
  );
  return lists.flat();
}
