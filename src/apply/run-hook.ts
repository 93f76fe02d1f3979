import type { Kube } from '../kube/index.js';
import { formatRef, type PlannedChange } from '../model/index.js';
import type { Monitor } from './monitor.js';
import { removeObject } from './write.js';

/** How a hook ended. */
export type HookResult = { ok: true } | { ok: false; reason: string };

/** Runs one hook: takes the old one away by its policy, makes it anew, waits for Jobs and Pods to end, cleans up by its policy. */
export async function runHook(kube: Kube, planned: PlannedChange, options: { monitor: Monitor; signal: AbortSignal; timeoutSeconds: number }): Promise<HookResult> {
  const { change, rendered, send } = planned;
  if (!rendered?.hook || !send) throw new Error(`${formatRef(change.ref)}: not a hook`);
  const policies = rendered.hook.deletePolicies.length > 0 ? rendered.hook.deletePolicies : ['before-hook-creation'];
  if (policies.includes('before-hook-creation')) await removeHook(kube, planned, options);
  const made = await kube.apply(send);
  options.monitor.note(made);
  const result = await endOf(planned, options);
  if (policies.includes(result.ok ? 'hook-succeeded' : 'hook-failed')) await removeHook(kube, planned, options);
  return result;
}

async function endOf({ change }: PlannedChange, { monitor, signal, timeoutSeconds }: { monitor: Monitor; signal: AbortSignal; timeoutSeconds: number }): Promise<HookResult> {
  if (change.ref.kind !== 'Job' && change.ref.kind !== 'Pod') return { ok: true };
  const { outcome, unhealthy } = await monitor.waitFor([change.ref], { timeoutSeconds, signal, onHealth: () => undefined });
  const reason = unhealthy[0]?.health.reason ?? '';
  if (outcome === 'healthy') return { ok: true };
  return { ok: false, reason: `${change.hook?.event ?? ''} hook ${formatRef(change.ref)} ${outcome === 'timeout' ? `did not end in ${timeoutSeconds} s: ` : ''}${reason}` };
}

async function removeHook(kube: Kube, { change }: PlannedChange, options: { signal: AbortSignal; timeoutSeconds: number }): Promise<void> {
  const live = await kube.get(change.ref);
  if (!live) return;
  await removeObject(kube, { change: { ...change, pin: { uid: live.metadata.uid ?? null, digest: null } }, live }, options);
}
