import { asString, valueAt } from '../../lib/read-unknown.js';
import { containerStatusesOf, type Health, type KubeObject } from '../../model/index.js';
import { containerReason } from './container-words.js';
import { conditionOf, failed, healthy, progressing } from './reading.js';

/** Healthy when ready or succeeded; the reason is the scheduler's or the kubelet's own. */
export function podHealth(object: KubeObject): Health {
  const phase = asString(valueAt(object, 'status', 'phase')) ?? 'Pending';
  if (phase === 'Succeeded') return healthy;
  if (phase === 'Failed') return failed(asString(valueAt(object, 'status', 'message')) ?? asString(valueAt(object, 'status', 'reason')) ?? (containerReasons(object).join('; ') || 'the pod failed'));
  if (conditionOf(object, 'Ready')?.status === 'True') return healthy;
  return progressing(`${phase}: ${podReason(object)}`);
}

/** Judges a pod that has a piece of work to do, as hooks have: it is done when it succeeded, as Helm waits for it; ready is on the way. */
export function taskHealth(object: KubeObject): Health {
  const health = podHealth(object);
  if (health.status === 'failed' || asString(valueAt(object, 'status', 'phase')) === 'Succeeded') return health;
  // Kubernetes' default, which a chart gets by saying nothing.
  if (valueAt(object, 'spec', 'restartPolicy') === 'Always') return failed('its restartPolicy is Always, so it is started again whenever it ends; a hook needs Never or OnFailure');
  return health.status === 'healthy' ? progressing('its containers run') : health;
}

/** Why a pod is not ready, in the words of who holds it up: scheduler first, then containers, then conditions. */
export function podReason(object: KubeObject): string {
  const scheduled = conditionOf(object, 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.message || scheduled.reason;
  const waiting = containerReasons(object);
  const told = waiting.filter((reason) => !/^\S+: (ContainerCreating|PodInitializing)$/.test(reason));
  const setup = object.metadata.deletionTimestamp ? undefined : conditionOf(object, 'mostik.dev/StartChecked');
  if (told.length === 0 && setup?.status === 'False') return setup.message || setup.reason;
  if (told.length > 0) return told.join('; ');
  if (waiting.length > 0) return waiting.join('; ');
  const ready = conditionOf(object, 'ContainersReady') ?? conditionOf(object, 'Ready');
  return ready?.message || ready?.reason || 'not ready yet';
}

function containerReasons(pod: KubeObject): string[] {
  return containerStatusesOf(pod).map(containerReason).filter((reason) => reason !== '');
}
