import { setTimeout } from 'node:timers/promises';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { conflictsOf, isConflict, renameManagers, type Kube } from '../kube/index.js';
import { fieldManager, formatRef, refOf, type KubeObject, type ObjectRef, type PlannedChange } from '../model/index.js';

/** Carries out one change and returns the object as the server then has it. Never forced: a new conflict stops it. */
export async function writeChange(kube: Kube, planned: PlannedChange, options: { signal: AbortSignal; timeoutSeconds: number }): Promise<KubeObject> {
  const { change, send, live } = planned;
  if (!send) throw new Error(`${formatRef(change.ref)}: nothing to send`);
  switch (change.action) {
    case 'create':
      if (live?.metadata.deletionTimestamp) await waitGone(kube, change.ref, options);
      return kube.apply(send);
    case 'adopt':
      if (live) await moveManagers(kube, live, change.managers ?? []);
      return kube.apply(send, precondition(change.pin.uid));
    case 'update':
      if (live) await moveManagers(kube, live, change.managers ?? []);
      return kube.apply(send, precondition(change.pin.uid));
    case 'unchanged':
      return kube.apply(send, precondition(change.pin.uid));
    case 'replace':
      await removeObject(kube, planned, options);
      return kube.apply(send);
    case 'run':
    case 'delete':
    case 'keep':
    case 'conflict':
      throw new Error(`${formatRef(change.ref)}: ${change.action} is not a write of an object`);
  }
}

/** Server-side apply refuses (409) when the object is another one than the plan saw: its uid is part of what is sent. */
function precondition(uid: string | null): { uid?: string } {
  return uid === null ? {} : { uid };
}

/** Moves the fields of other deployers to us, so that those we no longer declare go away with the next apply. */
async function moveManagers(kube: Kube, live: KubeObject, managers: readonly string[]): Promise<void> {
  if (managers.length === 0) return;
  const managedFields = renameManagers(live, managers, fieldManager);
  await kube.patch(refOf(live), {
    type: 'json',
    operations: [
      { op: 'test', path: '/metadata/uid', value: live.metadata.uid },
      { op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
      { op: 'replace', path: '/metadata/managedFields', value: managedFields },
    ],
  });
}

/** Deletes an object as the plan saw it and waits until it is gone. A newer state of it is not deleted. */
export async function removeObject(kube: Kube, { change, live }: PlannedChange, options: { signal: AbortSignal; timeoutSeconds: number }): Promise<void> {
  try {
    await kube.delete(change.ref, { ...(change.pin.uid ? { uid: change.pin.uid } : {}), propagationPolicy: 'Background', ...versionOf(live) });
  } catch (error) {
    if (!isConflict(error)) throw error;
    await deleteUnlessChanged(kube, { change, ...(live ? { live } : {}) });
  }
  await waitGone(kube, change.ref, options);
}

function versionOf(live: KubeObject | undefined): { resourceVersion?: string } {
  return live?.metadata.resourceVersion ? { resourceVersion: live.metadata.resourceVersion } : {};
}

/** The version moved. A status may do that; what a person changed (generation, labels, annotations) must not be lost unseen. */
async function deleteUnlessChanged(kube: Kube, { change, live }: PlannedChange): Promise<void> {
  const now = await kube.get(change.ref);
  if (!now) return;
  const changed = now.metadata.uid !== change.pin.uid || now.metadata.generation !== live?.metadata.generation;
  if (changed) throw new MostikError([diagnose('plan-stale', { what: `${formatRef(change.ref)} was changed after the plan was made` })]);
  await kube.delete(change.ref, { ...(change.pin.uid ? { uid: change.pin.uid } : {}), propagationPolicy: 'Background', ...versionOf(now) });
}

async function waitGone(kube: Kube, ref: ObjectRef, { signal, timeoutSeconds }: { signal: AbortSignal; timeoutSeconds: number }): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  const first = await kube.get(ref);
  for (let now = first; now; now = await kube.get(ref)) {
    if (now.metadata.uid !== first?.metadata.uid) return;
    if (Date.now() > deadline) {
      const finalizers = (now.metadata['finalizers'] as string[] | undefined)?.join(', ') ?? 'none';
      throw new MostikError([diagnose('deletion-stuck', { object: formatRef(ref), finalizers })]);
    }
    await setTimeout(100, undefined, { signal });
  }
}

/** Says in words why a write failed, the object first. */
export function writeFailure(ref: ObjectRef, error: unknown): string {
  const conflicts = conflictsOf(error);
  if (conflicts.length > 0) return `${formatRef(ref)}: ${conflicts.map(({ manager, field }) => `${field} is owned by ${manager}`).join('; ')}`;
  if (error instanceof MostikError) return error.diagnostics.map(({ message }) => message).join('; ');
  return error instanceof Error ? error.message : String(error);
}
