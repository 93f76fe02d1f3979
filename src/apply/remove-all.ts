import { keyOf, type ObjectRef, type Plan, type PlannedChange } from '../model/index.js';
import type { ApplyWorld } from './apply-component.js';
import { runHooks } from './run-hook.js';
import { removeObject, writeFailure } from './write.js';

/** What was removed, and what could not be, in words. */
export interface Removals {
  gone: ObjectRef[];
  failures: string[];
}

/** Order of removal: what may refuse writes first, what runs before what it stands on, claims after their pods, namespaces and CRDs last. */
const stages: ((kind: string) => boolean)[] = [
  (kind) => /WebhookConfiguration$|AdmissionPolicyBinding$|^APIService$/.test(kind),
  (kind) => ['Ingress', 'HTTPRoute', 'HorizontalPodAutoscaler', 'ScaledObject', 'PodDisruptionBudget'].includes(kind),
  (kind) => ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod', 'ReplicaSet'].includes(kind),
  (kind) => kind !== 'Namespace' && kind !== 'CustomResourceDefinition',
  (kind) => kind === 'CustomResourceDefinition',
  (kind) => kind === 'Namespace',
];

/** Removes what is no longer declared, with the hooks of components that go around it. A failure does not stop the rest. */
export async function removeAll(plan: Plan, world: ApplyWorld & { timeoutSeconds: number }): Promise<Removals> {
  const removals: Removals = { gone: [], failures: [] };
  const hooks = plan.changes.filter(({ change }) => change.hook?.event === 'pre-delete' || change.hook?.event === 'post-delete');
  if (!(await runAll(hooks.filter(({ change }) => change.hook?.event === 'pre-delete'), world, removals))) return removals;
  let left = plan.changes.filter(({ change }) => change.action === 'delete');
  for (const stage of stages) {
    world.signal.throwIfAborted();
    const some = left.filter(({ change }) => stage(change.ref.kind));
    left = left.filter((planned) => !some.includes(planned));
    await Promise.all(some.map((planned) => removeOne(planned, world, removals)));
  }
  await runAll(hooks.filter(({ change }) => change.hook?.event === 'post-delete'), world, removals);
  return removals;
}

async function removeOne(planned: PlannedChange, world: ApplyWorld & { timeoutSeconds: number }, removals: Removals): Promise<void> {
  const { ref, component, action } = planned.change;
  try {
    await removeObject(world.kube, planned, { signal: world.signal, timeoutSeconds: world.timeoutSeconds });
    removals.gone.push(ref);
    world.onEvent({ type: 'object', component, ref, action, phase: 'written' });
  } catch (error) {
    world.signal.throwIfAborted();
    const reason = writeFailure(ref, error);
    removals.failures.push(reason);
    world.onEvent({ type: 'object', component, ref, action, phase: 'failed', reason });
  }
}

/** Runs delete hooks in order. A failing pre-delete hook keeps the objects of every component: removal must be safe. */
async function runAll(hooks: readonly PlannedChange[], world: ApplyWorld & { timeoutSeconds: number }, removals: Removals): Promise<boolean> {
  const once = [...new Map(hooks.map((planned) => [`${keyOf(planned.change.ref)} ${planned.change.hook?.event ?? ''}`, planned])).values()];
  const failure = await runHooks(once, world);
  if (failure !== undefined) removals.failures.push(failure);
  return failure === undefined;
}
