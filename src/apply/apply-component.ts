import type { Kube } from '../kube/index.js';
import { formatRef, isWrite, keyOf, maskText, type ApplyEvent, type ComponentPhase, type DesiredComponent, type Health, type HookEvent, type InventoryEntry, type KubeObject, type ObjectRef, type PlannedChange, type SecretTable } from '../model/index.js';
import { isDenial } from '../network/index.js';
import { freeStuckPods } from './free-stuck-pods.js';
import { hasHealth } from './health/index.js';
import { lastWords } from './last-words.js';
import type { Monitor, WaitResult } from './monitor.js';
import { runHooks } from './run-hook.js';
import { onTrial, renewedWorkloads, unprobedContainers } from './steady.js';
import { writeChange, writeFailure } from './write.js';

/** What applying a component needs; shared by all components of one apply. */
export interface ApplyWorld {
  kube: Kube;
  monitor: Monitor;
  signal: AbortSignal;
  /** Values that no reason may show. */
  secrets: SecretTable;
  wait: boolean;
  timeoutSeconds: number | undefined;
  onEvent(event: ApplyEvent): void;
  /** Called with the server's answer to each write: what the next plan compares with. */
  onWritten(planned: PlannedChange, object: KubeObject): void;
  /** Throws when the lock was lost. */
  checkLock(): void;
}

/** How a component ended, with the reason in words. */
export interface ComponentOutcome {
  phase: ComponentPhase;
  reason?: string;
}

const beforeEvents: HookEvent[] = ['pre-install', 'pre-upgrade', 'pre-rollback'];

/** Applies one component: hooks before, objects in parallel, health, hooks after. */
export async function applyComponent(component: DesiredComponent, changes: readonly PlannedChange[], world: ApplyWorld): Promise<ComponentOutcome> {
  const hooks = changes.filter(({ change }) => change.action === 'run');
  const writes = changes.filter(({ change }) => isWrite(change.action) && change.action !== 'run' && change.action !== 'delete');
  const timeoutSeconds = world.timeoutSeconds ?? component.timeoutSeconds;
  const tell = (phase: ComponentPhase, reason?: string): void => { world.onEvent({ type: 'component', component: component.name, phase, ...(reason ? { reason } : {}) }); };
  world.checkLock();
  if (writes.length > 0 || hooks.length > 0) tell('applying');
  const before = await runHooks(hooks.filter(({ change }) => change.hook && beforeEvents.includes(change.hook.event)), { ...world, timeoutSeconds });
  if (before) return { phase: 'failed', reason: before };
  // What denies everything must not stand while a policy that allows something is refused, or still on its way.
  for (const some of [writes.filter(({ send }) => !send || !isDenial(send)), writes.filter(({ send }) => send && isDenial(send))]) {
    const failures = await writeAll(some, world, timeoutSeconds);
    if (failures.length > 0) return { phase: 'failed', reason: failures.join('; ') };
  }
  if (world.wait) {
    const outcome = await waitForHealth(component, changes, { ...world, timeoutSeconds, tell });
    if (outcome.phase !== 'healthy') return outcome;
  }
  const after = await runHooks(hooks.filter(({ change }) => change.hook && !beforeEvents.includes(change.hook.event)), { ...world, timeoutSeconds });
  if (after) return { phase: 'failed', reason: after };
  return { phase: writes.length > 0 || hooks.length > 0 || world.wait ? 'healthy' : 'unchanged' };
}

/** Writes in parallel; the connection bounds how many are under way. One refusal does not stop its neighbours. */
export async function writeAll(writes: readonly PlannedChange[], world: ApplyWorld, timeoutSeconds: number): Promise<string[]> {
  const failures: string[] = [];
  await Promise.all(
    writes.map(async (planned) => {
      const { component, ref, action } = planned.change;
      try {
        world.signal.throwIfAborted();
        const object = await writeChange(world.kube, planned, { signal: world.signal, timeoutSeconds });
        world.monitor.note(object);
        world.onWritten(planned, object);
        world.onEvent({ type: 'object', component, ref, action, phase: 'written' });
      } catch (error) {
        world.signal.throwIfAborted();
        const reason = writeFailure(ref, error);
        failures.push(reason);
        world.onEvent({ type: 'object', component, ref, action, phase: 'failed', reason });
      }
    }),
  );
  return failures;
}

async function waitForHealth(component: DesiredComponent, changes: readonly PlannedChange[], world: ApplyWorld & { timeoutSeconds: number; tell(phase: ComponentPhase, reason?: string): void }): Promise<ComponentOutcome> {
  const declared = changes.filter(({ change }) => change.action !== 'run' && change.action !== 'delete' && change.action !== 'keep');
  const actionOf = new Map(declared.map(({ change }) => [keyOf(change.ref), change.action]));
  world.tell('waiting');
  const renewed = declared.filter(({ change }) => change.ref.kind === 'StatefulSet' && change.restarts);
  await Promise.all(renewed.map(({ change }) => freeStuckPods(world.kube, change.ref, world.signal)));
  const followed = declared.filter(({ change, send, live }) => hasHealth(change.ref, send ?? live));
  const { outcome, unhealthy } = await waitUntilSteady(followed.map(({ change }) => change.ref), renewedWorkloads(changes), {
    ...world,
    onHealth: (ref, health) => {
      const phase = health.status === 'healthy' ? 'healthy' : health.status === 'failed' ? 'failed' : 'waiting';
      world.onEvent({ type: 'object', component: component.name, ref, action: actionOf.get(keyOf(ref)) ?? 'unchanged', phase, ...(health.reason ? { reason: health.reason } : {}) });
    },
  });
  if (outcome === 'healthy') return { phase: 'healthy' };
  const reason = (await Promise.all(unhealthy.map((object) => heldUp(object, world)))).join('; ');
  return outcome === 'failed' ? { phase: 'failed', reason } : { phase: 'timeout', reason: `not healthy after ${world.timeoutSeconds} s: ${reason}` };
}

/** Waits for health; new containers that nobody probes must also go on running, or a crash at the start would pass for health. */
async function waitUntilSteady(refs: ObjectRef[], renewed: ObjectRef[], { kube, monitor, signal, timeoutSeconds, onHealth }: ApplyWorld & { timeoutSeconds: number; onHealth(ref: ObjectRef, health: Health): void }): Promise<WaitResult> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (let before = '', tried = false; ; tried = true) {
    const result = await monitor.waitFor(refs, { timeoutSeconds: Math.max(0, (deadline - Date.now()) / 1000), signal, onHealth });
    if (result.outcome !== 'healthy') return result;
    const now = (await unprobedContainers(kube, renewed, signal)).join();
    if (now === '' || (tried && now === before)) return result;
    before = now;
    await onTrial(signal);
  }
}

/** Names what is not healthy and why; of what crashes also what it said last. */
async function heldUp({ ref, health }: WaitResult['unhealthy'][number], { kube, secrets, signal }: ApplyWorld): Promise<string> {
  const words = /CrashLoopBackOff|ended with exit code/.test(health.reason) ? await lastWords(kube, ref, { secrets, signal }) : undefined;
  const reason = maskText(health.reason, secrets);
  return `${formatRef(ref)}: ${reason}${words === undefined || reason.includes(words) ? '' : `; its last words: ${words}`}`;
}

/** The record of an object right after its write. */
export function inventoryEntry(planned: PlannedChange, object: KubeObject, digests: { desired: string; live: string }): InventoryEntry {
  return {
    ref: planned.change.ref,
    component: planned.change.component,
    uid: object.metadata.uid ?? '',
    ...digests,
    ...(planned.rendered?.hook ? { hook: planned.rendered.hook } : {}),
    ...(planned.rendered?.keep ? { keep: true } : {}),
  };
}
