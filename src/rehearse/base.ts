import { MostikError } from '../diagnostics/index.js';
import { hasHealth, openMonitor, type MonitorOptions } from '../apply/index.js';
import type { Kube } from '../kube/index.js';
import { ownVersion } from '../lib/version.js';
import { formatRef, type Desired, type ObjectRef, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import { applyPlan, planDesired, readPlatform, renderAndCheck, type Inputs, type StageOptions } from '../pipeline.js';
import { desiredFromGeneration, noFlags, readGeneration } from '../plan/index.js';
import { untilScaled } from './autoscalers.js';
import { untilPoliciesAreInForce } from './in-force.js';
import type { RehearsalBase } from './schema.js';
import type { LiveTarget } from './target.js';

/** What a rehearsal starts from, ready to be staged. */
export interface BaseState {
  base: RehearsalBase;
  /** Undefined when it starts from nothing. */
  desired: Desired | undefined;
}

/** How the start is named: nothing said, `nothing`, a number, or a profile. */
export interface BaseRequest extends StageOptions {
  inputs: Inputs;
  from: string | undefined;
  target: LiveTarget | undefined;
  standIns: SecretTable;
}

/** Finds what the rehearsal starts from: the named generation or profile, else the cluster's current generation, else nothing. */
export async function readBase({ inputs, from, target, standIns, ...options }: BaseRequest): Promise<BaseState> {
  const cluster = target?.clusterId ?? null;
  const nothing: RehearsalBase = { kind: 'nothing', generation: 0, cluster, profiles: [], ready: true, notes: [] };
  if (from === 'nothing' || (from === undefined && !target?.state.last)) return { base: nothing, desired: undefined };
  if (from !== undefined && !/^\d+$/.test(from)) {
    const platform = await readPlatform({ ...inputs, profiles: [from], overlays: [], sets: [] }, options);
    const { desired } = await renderAndCheck(platform, options);
    return { base: { ...nothing, kind: 'profile', profiles: desired.profiles }, desired };
  }
  const { state, kube } = target ?? unreachable(inputs.dir);
  const generation = from === undefined ? (state.last ?? unreachable(inputs.dir)) : await readGeneration(kube, { platform: state.platform, namespace: state.namespace }, Number(from));
  const notes = generation.phase === 'succeeded' ? [] : [`generation ${generation.number} did not succeed there (${generation.phase})`];
  const desired = await desiredFromGeneration(kube, generation, { ...state, secrets: standIns });
  return { base: { ...nothing, kind: 'generation', generation: generation.number, profiles: generation.profiles, notes }, desired };
}

/** A generation can only be asked of a cluster that answers. */
function unreachable(dir: string): never {
  throw new Error(`${dir}: no generation without a cluster`);
}

/** How staging is done. */
export interface Staging {
  platform: ResolvedPlatform;
  timeoutSeconds: number;
  monitor: MonitorOptions;
  signal: AbortSignal;
}

/** Applies the start without waiting for one component after the other, then waits for all; what does not become ready is noted. */
export async function stageBase(kube: Kube, { base, desired }: BaseState, { platform, timeoutSeconds, monitor, signal }: Staging): Promise<RehearsalBase> {
  if (!desired) return base;
  const planned = await planDesired(desired, kube, { namespace: platform.state.namespace, flags: { ...noFlags, takePlatform: true, ignoreBudget: true } });
  // What the server refuses is left out, as the real cluster has it from before; the rest goes on.
  const refused = planned.plan.changes.filter(({ change }) => change.action === 'conflict');
  const plan = { ...planned.plan, changes: planned.plan.changes.filter((one) => !refused.includes(one)), diagnostics: [] };
  const notes = refused.map(({ change }) => `${formatRef(change.ref)}: ${change.reason ?? 'refused'}`);
  try {
    const result = await applyPlan({ ...planned, plan }, kube, { wait: false, timeoutSeconds, monitor, keep: platform.state.keep, version: ownVersion(), onEvent: () => undefined, signal });
    notes.push(...result.components.filter(({ phase }) => phase === 'failed' || phase === 'timeout').map(({ name, reason }) => `${name}: ${reason ?? 'failed'}`));
  } catch (error) {
    if (!(error instanceof MostikError)) throw error;
    notes.push(...error.diagnostics.map(({ message }) => message));
  }
  await untilScaled(kube, desired, signal);
  notes.push(...(await settle(kube, desired, { timeoutSeconds, monitor, signal })).map(({ ref, reason }) => `${formatRef(ref)}: ${reason}`));
  if (desired.objects.some(({ ref }) => ref.kind === 'ValidatingAdmissionPolicyBinding')) await untilPoliciesAreInForce(kube);
  return { ...base, ready: notes.length === 0, notes: [...base.notes, ...notes] };
}

/** Waits for everything that was staged, at most so long; returns what is not ready. */
export async function settle(kube: Kube, desired: Pick<Desired, 'name' | 'objects' | 'components'>, { timeoutSeconds, monitor: options, signal }: Omit<Staging, 'platform'>): Promise<{ ref: ObjectRef; reason: string }[]> {
  const monitor = openMonitor(kube, desired.name, options);
  try {
    // What somebody else keeps need not be here.
    const external = new Set(desired.components.flatMap((component) => component.external));
    const refs = desired.objects.filter(({ hook, ref, object }) => !hook && hasHealth(ref, object) && !external.has(`${ref.kind}/${ref.name}`)).map(({ ref }) => ref);
    const { unhealthy } = await monitor.waitFor(refs, { timeoutSeconds, signal, onHealth: () => undefined });
    return unhealthy.map(({ ref, health }) => ({ ref, reason: health.reason }));
  } finally {
    monitor.stop();
  }
}
