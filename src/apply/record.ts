import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { isAlreadyExists, isConflict, isNotFound, type Kube } from '../kube/index.js';
import { countChanges, keyOf, tokenize, type Generation, type InventoryEntry, type ObjectRef, type Phase, type Plan, type PlannedChange, type RenderedObject, type SecretTable } from '../model/index.js';
import { blobName, contentKey, cutIntoBlobs, generationName, headName, pack, stateData, stateKindLabel, stateLabel, stateSecret, unpack, valuesName, type Head, type State } from '../plan/index.js';
import { userName } from './lock.js';

/** The generation being written. */
export interface Record {
  generation: Generation;
  /** Key of digests; made by the first apply. */
  key: Buffer;
  /** Says that the writes are done and only health is waited for. */
  waiting(): Promise<void>;
  /** Writes the outcome: inventory first, head last; `done` are components that came to their end. */
  finish(outcome: { done: ReadonlySet<string>; phase: Extract<Phase, 'succeeded' | 'failed'>; inventory: Map<string, InventoryEntry>; retained: ObjectRef[]; message?: string }): Promise<void>;
}

/**
 * Writes the record of a new generation before the first change, with the union of what was there and what comes, so
 * that a killed process leaks nothing. The head is written last, with a precondition.
 */
export async function beginRecord(kube: Kube, plan: Plan, world: { state: State; secrets: SecretTable; keep: number; version: string }): Promise<Record> {
  const { state, secrets } = world;
  const key = state.key ?? randomBytes(32);
  const known = new Set([...Object.values(state.last?.objects ?? {}), ...Object.values(state.last?.inventory ?? {})].flat());
  const store = pieceStore(kube, state, known);
  const generation: Generation = {
    number: (state.head?.generation ?? 0) + 1,
    platform: plan.platform,
    source: plan.source,
    profiles: plan.profiles,
    kubernetes: plan.kubernetes,
    kind: plan.kind,
    phase: 'applying',
    startedAt: new Date().toISOString(),
    by: { user: userName(), host: hostname(), version: world.version },
    counts: countChanges(plan.changes.map(({ change }) => change)),
    components: plan.components,
    ...(plan.budget ? { budget: plan.budget } : {}),
    objects: {},
    inventory: {},
    unfinishedHooks: withHooks(plan),
    retained: state.retained,
  };
  const [objects, inventory] = await Promise.all([
    store(groupByComponent(declaredObjects(plan, secrets))),
    store(groupByComponent([...unionInventory(plan, state).values()])),
    saveValues(kube, state, { secrets, key }),
  ]);
  generation.objects = objects;
  generation.inventory = inventory;
  await writeGeneration(kube, state, generation);
  const headVersion = await writeHead(kube, state, { version: 1, generation: generation.number, succeeded: state.head?.succeeded ?? 0, source: plan.source }, state.headVersion);
  let note = Promise.resolve();
  return {
    generation,
    key,
    waiting: () => {
      note = writeGeneration(kube, state, { ...generation, phase: 'waiting' });
      return note;
    },
    finish: async ({ done, phase, inventory: entries, retained, message }) => {
      // The outcome must be the last word.
      await note.catch(() => undefined);
      generation.inventory = await store(groupByComponent([...entries.values()]));
      Object.assign(generation, { phase, retained, unfinishedHooks: withHooks(plan).filter((name) => !done.has(name)), finishedAt: new Date().toISOString(), ...(message === undefined ? {} : { message }) });
      await writeGeneration(kube, state, generation);
      const succeeded = phase === 'succeeded' ? generation.number : (state.head?.succeeded ?? 0);
      if (phase === 'succeeded') await writeHead(kube, state, { version: 1, generation: generation.number, succeeded, source: plan.source }, headVersion);
      await forgetOld(kube, state, { generation, keep: world.keep, succeeded });
    },
  };
}

/** Components that stay and whose hooks this plan runs. */
function withHooks({ changes, components }: Plan): string[] {
  const running = new Set(changes.filter(({ change }) => change.action === 'run').map(({ change }) => change.component));
  return components.map(({ name }) => name).filter((name) => running.has(name));
}

/** Everything declared, as it was rendered, with each secret occurrence replaced by a token. */
function declaredObjects(plan: Plan, secrets: SecretTable): RenderedObject[] {
  const objects = new Map<string, RenderedObject>();
  for (const rendered of plan.declared) objects.set(keyOf(rendered.ref), rendered);
  return tokenize([...objects.values()], secrets);
}

function unionInventory(plan: Plan, state: State): Map<string, InventoryEntry> {
  const union = new Map(state.inventory);
  for (const planned of plan.changes) {
    const key = keyOf(planned.change.ref);
    if (!union.has(key) && mayExist(planned)) union.set(key, { ref: planned.change.ref, component: planned.change.component, uid: '', desired: '', live: '', ...(planned.rendered?.hook ? { hook: planned.rendered.hook } : {}) });
  }
  return union;
}

function mayExist({ change }: PlannedChange): boolean {
  return change.action !== 'conflict' && !(change.action === 'unchanged' && change.desired === null);
}

function groupByComponent<T extends { component: string }>(items: readonly T[]): globalThis.Record<string, T[]> {
  const groups: globalThis.Record<string, T[]> = {};
  for (const item of items) (groups[item.component] ??= []).push(item);
  return groups;
}

/** Stores lists by content: a piece that an earlier generation wrote is not written again. */
function pieceStore(kube: Kube, { platform, namespace }: State, known: Set<string>) {
  return async (groups: globalThis.Record<string, unknown[]>): Promise<globalThis.Record<string, string[]>> => {
    const out: globalThis.Record<string, string[]> = {};
    await Promise.all(
      Object.entries(groups).map(async ([component, entries]) => {
        const pieces = await cutIntoBlobs(entries);
        out[component] = pieces.map(({ blob }) => blob.digest);
        const missing = pieces.filter(({ blob }) => !known.has(blob.digest));
        await Promise.all(
          missing.map(async ({ blob, packed }) => {
            await createIfMissing(kube, stateSecret(platform, { namespace, name: blobName(platform, blob.digest), kind: 'piece' }, { [contentKey]: packed }));
            known.add(blob.digest);
          }),
        );
      }),
    );
    return out;
  };
}

async function createIfMissing(kube: Kube, object: ReturnType<typeof stateSecret>): Promise<void> {
  try {
    await kube.create(object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

async function writeGeneration(kube: Kube, { platform, namespace }: State, generation: Generation): Promise<void> {
  const secret = stateSecret(platform, { namespace, name: generationName(platform, generation.number), kind: 'generation' }, { [contentKey]: await pack(JSON.stringify(generation)) });
  await kube.apply(secret);
}

/** Writes the head only over the one that was read: two applies cannot both believe they are the next. */
async function writeHead(kube: Kube, { platform, namespace }: State, head: Head, version: string | null): Promise<string> {
  const secret = stateSecret(platform, { namespace, name: headName(platform), kind: 'head' }, { [contentKey]: await pack(JSON.stringify(head)) });
  try {
    const written = version === null ? await kube.create(secret) : await kube.replace({ ...secret, metadata: { ...secret.metadata, resourceVersion: version } });
    return written.metadata.resourceVersion ?? '';
  } catch (error) {
    if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) throw new MostikError([diagnose('plan-stale', { what: 'another apply recorded a generation meanwhile' })]);
    throw error;
  }
}

/** Keeps secret values once per platform, beside the key of digests; writes only what differs. */
async function saveValues(kube: Kube, state: State, { secrets, key }: { secrets: SecretTable; key: Buffer }): Promise<void> {
  const values = Object.fromEntries([...new Map([...state.secrets, ...secrets])].sort(([a], [b]) => (a < b ? -1 : 1)));
  const same = state.key !== null && Object.entries(values).every(([name, value]) => state.secrets.get(name) === value);
  if (same) return;
  await kube.apply(stateSecret(state.platform, { namespace: state.namespace, name: valuesName(state.platform), kind: 'values' }, { key, [contentKey]: await pack(JSON.stringify(values)) }));
}

/** Removes generations beyond those that are kept, and the pieces that none of the rest names. */
async function forgetOld(kube: Kube, { platform, namespace }: State, { generation, keep, succeeded }: { generation: Generation; keep: number; succeeded: number }): Promise<void> {
  const oldest = generation.number - keep;
  if (oldest < 1) return;
  const stored = (kind: string) => kube.list('v1', 'Secret', { namespace, labelSelector: `${stateLabel}=${platform},${stateKindLabel}=${kind}` });
  const records = (await stored('generation')).items;
  const used = new Set<string>();
  const names: string[] = [];
  for (const record of records) {
    const bytes = stateData(record, contentKey);
    const stays = bytes ? ((await unpack(bytes)) as Generation) : undefined;
    if (stays && stays.number <= oldest && stays.number !== succeeded) names.push(record.metadata.name);
    else for (const digest of [...Object.values(stays?.objects ?? {}), ...Object.values(stays?.inventory ?? {})].flat()) used.add(blobName(platform, digest));
  }
  if (names.length === 0) return;
  for (const piece of (await stored('piece')).items) if (!used.has(piece.metadata.name)) names.push(piece.metadata.name);
  await Promise.all(
    names.map((name) => kube.delete({ apiVersion: 'v1', kind: 'Secret', namespace, name })),
  );
}
