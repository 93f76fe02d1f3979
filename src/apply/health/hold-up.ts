import { asDict, asNumber, asString, valueAt } from '../../lib/read-unknown.js';
import { containerStatusesOf, type KubeObject } from '../../model/index.js';
import { podHealth, podReason } from './pod.js';
import { conditionOf } from './reading.js';

/**
 * What keeps a pod from being ready. `crash` and `starting` may come from what it talks to; the others are its own.
 * `held` is a pod that an annotation keeps back for some time on a simulated node.
 */
export interface HoldUp {
  kind: 'no-room' | 'missing' | 'image' | 'crash' | 'held' | 'starting';
  reason: string;
  /** Waiting alone will not mend it. */
  stuck: boolean;
}

const waitingKinds: Readonly<Record<string, HoldUp['kind']>> = {
  CreateContainerConfigError: 'missing',
  CreateContainerError: 'missing',
  ErrImagePull: 'image',
  ImagePullBackOff: 'image',
  InvalidImageName: 'image',
  ErrImageNeverPull: 'image',
  ImageInspectError: 'image',
  RegistryUnavailable: 'image',
  CrashLoopBackOff: 'crash',
  RunContainerError: 'crash',
};

/** Tells what keeps a pod from being ready; undefined when nothing does. */
export function holdUpOf(pod: KubeObject): HoldUp | undefined {
  if (pod.metadata.deletionTimestamp || podHealth(pod).status === 'healthy') return undefined;
  const reason = podReason(pod);
  if (valueAt(pod, 'status', 'phase') === 'Failed') return { kind: 'crash', reason, stuck: true };
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') return { kind: 'no-room', reason, stuck: true };
  const kind = containerKind(pod);
  if (kind !== undefined) return { kind, reason, stuck: true };
  const setup = conditionOf(pod, 'mostik.dev/StartChecked');
  if (setup?.status === 'False' && setup.reason === 'FailedMount') return { kind: 'missing', reason, stuck: true };
  if (setup?.status === 'False' && setup.reason === 'Held') return { kind: 'held', reason, stuck: setup.message.endsWith('keeps it from starting') };
  return { kind: 'starting', reason, stuck: false };
}

function containerKind(pod: KubeObject): HoldUp['kind'] | undefined {
  for (const status of containerStatusesOf(pod)) {
    const kind = waitingKinds[asString(valueAt(status, 'state', 'waiting', 'reason')) ?? ''];
    if (kind !== undefined) return kind;
    const code = asNumber(asDict(valueAt(status, 'state', 'terminated'))['exitCode']);
    if (code !== undefined && code !== 0) return 'crash';
  }
  return undefined;
}
