import type { Kube } from '../kube/index.js';
import { fieldManager, formatRef, keyOf, labels, refOf, type Change, type InventoryEntry, type KubeObject, type ObjectRef, type PlannedChange } from '../model/index.js';
import { isClaim, isClaimOfSet } from './claims.js';
import { createdMark } from './decide.js';
import type { Live } from './live.js';
import { ownedFields, pinOf } from './owned.js';
import type { State } from './state.js';

/** What may be deleted although it holds data, each named by a flag. */
export interface DeleteFlags {
  /** Claim names, as `NAME` or `NAMESPACE/NAME`. */
  deleteClaims: readonly string[];
  /** CRD names. */
  deleteCrds: readonly string[];
}

/** What pruning works from. */
export interface PruneContext {
  kube: Kube;
  platform: string;
  state: State;
  live: Live;
  desired: ReadonlySet<string>;
  flags: DeleteFlags;
}

/**
 * Decides what happens to objects that are no longer declared: those of the record, and those that carry our label and
 * our fields (a killed process may have made them). Claims, CRDs with a flag only; foreign namespaces never.
 */
export async function pruneChanges(context: PruneContext): Promise<PlannedChange[]> {
  const gone = goneObjects(context);
  const claims = await claimsOfSets(context, gone);
  // Lists answer in any order; a plan reads the same each time.
  const inOrder = [...gone, ...claims].sort((a, b) => (keyOf(refOf(a.object)) < keyOf(refOf(b.object)) ? -1 : 1));
  const changes = inOrder.map(({ object, entry }) => pruneOne(object, entry, context));
  const kept = changes.filter(({ change }) => change.action === 'keep');
  for (const planned of changes) keepNamespaceOf(planned, kept, context);
  return changes;
}

interface Gone {
  object: KubeObject;
  entry?: InventoryEntry;
}

function goneObjects({ state, live, desired, platform }: PruneContext): Gone[] {
  const gone: Gone[] = [];
  for (const [key, object] of live.objects) {
    if (desired.has(key)) continue;
    const entry = state.inventory.get(key);
    const ours = object.metadata.labels?.[labels.platform] === platform && (object.metadata.managedFields ?? []).some((f) => f.manager === fieldManager && f.operation === 'Apply');
    if (entry?.hook) continue;
    if (ours) gone.push({ object, ...(entry ? { entry } : {}) });
  }
  return gone;
}

/** Claims made from the templates of StatefulSets that go: Kubernetes leaves them, so the plan says so. */
async function claimsOfSets({ kube, live, state, desired }: PruneContext, gone: readonly Gone[]): Promise<Gone[]> {
  const sets = gone.map(({ object }) => object).filter((object) => object.kind === 'StatefulSet');
  const named = state.retained.filter((ref) => !desired.has(keyOf(ref)) && !gone.some(({ object }) => keyOf(refOf(object)) === keyOf(ref)));
  const found = new Map<string, KubeObject>();
  await Promise.all(
    sets.map(async (set) => {
      const { items } = await kube.list('v1', 'PersistentVolumeClaim', set.metadata.namespace ? { namespace: set.metadata.namespace } : {});
      for (const claim of items) if (isClaimOfSet(claim, set)) found.set(keyOf(refOf(claim)), claim);
    }),
  );
  await Promise.all(
    named.map(async (ref) => {
      const object = live.objects.get(keyOf(ref)) ?? (await kube.get(ref));
      if (object) found.set(keyOf(ref), object);
    }),
  );
  return [...found.values()].map((object) => ({ object }));
}

function pruneOne(object: KubeObject, entry: InventoryEntry | undefined, context: PruneContext): PlannedChange {
  const ref = refOf(object);
  const change: Change = {
    action: 'delete',
    ref,
    component: entry?.component ?? object.metadata.labels?.[labels.component] ?? '',
    wave: 0,
    fields: [],
    restarts: false,
    pin: pinOf(object, ownedFields(object), context.state.key),
    desired: null,
  };
  const reason = whyKeep(object, ref, entry, context);
  return { live: object, change: reason === undefined ? { ...change, reason: 'no longer declared' } : { ...change, action: 'keep', reason } };
}

function whyKeep(object: KubeObject, ref: ObjectRef, entry: InventoryEntry | undefined, { flags, platform }: PruneContext): string | undefined {
  if (isClaim(ref)) {
    const named = flags.deleteClaims.some((name) => name === ref.name || name === `${ref.namespace ?? ''}/${ref.name}`);
    return named ? undefined : `holds data; delete it with --delete-claim=${ref.name}`;
  }
  if (ref.kind === 'CustomResourceDefinition') {
    return flags.deleteCrds.includes(ref.name) ? undefined : `its objects would go with it; delete it with --delete-crd=${ref.name}`;
  }
  if (ref.kind === 'Namespace' && object.metadata.annotations?.[createdMark] !== platform) return 'was there before this platform';
  return entry?.keep || object.metadata.annotations?.['helm.sh/resource-policy'] === 'keep' ? 'helm.sh/resource-policy: keep' : undefined;
}

/** A namespace goes with everything in it: it stays while a kept object lives there, or anybody else's component does. */
function keepNamespaceOf({ change }: PlannedChange, kept: readonly PlannedChange[], { desired }: PruneContext): void {
  if (change.ref.kind !== 'Namespace' || change.action !== 'delete') return;
  const holds = kept.find((other) => other.change.ref.namespace === change.ref.name);
  const declared = [...desired].find((key) => key.split('/')[2] === change.ref.name);
  if (!holds && declared === undefined) return;
  change.action = 'keep';
  change.reason = holds ? `holds ${formatRef(holds.change.ref)}, which is kept` : 'holds declared objects';
}
