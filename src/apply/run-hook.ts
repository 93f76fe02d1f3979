import type { Kube } from '../kube/index.js';
import { formatRef, maskText, type ApplyEvent, type Hook, type PlannedChange, type SecretTable } from '../model/index.js';
import type { Monitor } from './monitor.js';
import { removeObject, writeFailure } from './write.js';

/** What running hooks needs. */
export interface HookWorld {
  kube: Kube;
  monitor: Monitor;
  signal: AbortSignal;
  /** Values that no reason may show. */
  secrets: SecretTable;
  timeoutSeconds: number;
  onEvent(event: ApplyEvent): void;
  checkLock(): void;
}

/**
 * Runs the hooks of one event in their order and returns why the first one failed. Those that succeeded are taken away by
 * their policy only after the last, in reverse: a Job needs the account that a hook before it made.
 */
export async function runHooks(hooks: readonly PlannedChange[], world: HookWorld): Promise<string | undefined> {
  const done: PlannedChange[] = [];
  let failure: string | undefined;
  for (const planned of hooks) {
    world.checkLock();
    const { component, ref, hook } = planned.change;
    world.onEvent({ type: 'object', component, ref, action: 'run', phase: 'writing', reason: hook?.event ?? '' });
    failure = await runHook(planned, world);
    world.onEvent({ type: 'object', component, ref, action: 'run', phase: failure === undefined ? 'healthy' : 'failed', ...(failure === undefined ? {} : { reason: failure }) });
    if (failure !== undefined) {
      if (policiesOf(planned).includes('hook-failed')) await removeHook(planned, world);
      break;
    }
    done.push(planned);
  }
  for (const planned of done.reverse()) if (policiesOf(planned).includes('hook-succeeded')) await removeHook(planned, world);
  return failure;
}

/** When a hook's object is taken away; before its next run unless it says otherwise. */
export function policiesOf({ rendered }: Pick<PlannedChange, 'rendered'>): Hook['deletePolicies'] {
  const policies = rendered?.hook?.deletePolicies ?? [];
  return policies.length > 0 ? policies : ['before-hook-creation'];
}

/** Makes one hook anew and waits for its end; returns why it failed. */
async function runHook(planned: PlannedChange, world: HookWorld): Promise<string | undefined> {
  const { change, send } = planned;
  try {
    if (!send) throw new Error(`${formatRef(change.ref)}: nothing to send`);
    if (policiesOf(planned).includes('before-hook-creation')) await removeHook(planned, world);
    world.monitor.note(await world.kube.apply(send));
    return await endOf(planned, world);
  } catch (error) {
    world.signal.throwIfAborted();
    return writeFailure(change.ref, error);
  }
}

async function endOf({ change }: PlannedChange, { monitor, signal, secrets, timeoutSeconds, onEvent }: HookWorld): Promise<string | undefined> {
  const { ref, component, hook } = change;
  if (ref.kind !== 'Job' && ref.kind !== 'Pod') return undefined;
  const masked = (reason: string): string => maskText(reason, secrets);
  const { outcome, unhealthy } = await monitor.waitFor([ref], {
    timeoutSeconds,
    untilDone: true,
    signal,
    onHealth: (_, health) => { if (health.status === 'progressing') onEvent({ type: 'object', component, ref, action: 'run', phase: 'waiting', reason: masked(health.reason) }); },
  });
  if (outcome === 'healthy') return undefined;
  return `${hook?.event ?? ''} hook ${formatRef(ref)} ${outcome === 'timeout' ? `did not end in ${timeoutSeconds} s: ` : ''}${masked(unhealthy[0]?.health.reason ?? '')}`;
}

/** Takes a hook's object away, whoever made it, and waits until it is gone. */
export async function removeHook({ change }: PlannedChange, { kube, signal, timeoutSeconds }: Pick<HookWorld, 'kube' | 'signal' | 'timeoutSeconds'>): Promise<void> {
  const live = await kube.get(change.ref);
  if (live) await removeObject(kube, { change: { ...change, pin: { uid: live.metadata.uid ?? null, digest: null } }, live }, { signal, timeoutSeconds });
}
