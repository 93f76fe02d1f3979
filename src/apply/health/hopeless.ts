import { asNumber, asString, valueAt } from '../../lib/read-unknown.js';
import { containerStatusesOf, type KubeObject } from '../../model/index.js';
import { imageReasons } from './container-words.js';

/** Seconds in which an image may still be on its way to the registry or the node. */
const imageGrace = 20;
/** Restarts after which a crash is no longer one of a start: some 75 seconds with the kubelet's pauses. */
const mostRestarts = 4;
/** Answers that asking again does not change: a registry that is not reached may be back in a minute. */
const finalAnswers = /not found|manifest unknown|name unknown|does not exist|unauthorized|authentication required|denied|forbidden|invalid reference/i;
const passingAnswers = /no such host|dial tcp|i\/o timeout|timed? ?out|connection re|temporary failure|too many requests|\b5\d\d\b/i;

/**
 * Tells whether waiting longer for a pod makes no sense: its image is not to be had, or it crashes again and again. Of a
 * Job's pods crashes are counted by Kubernetes itself.
 */
export function isHopeless(pod: KubeObject, { ofJob = false, now = Date.now() }: { ofJob?: boolean; now?: number } = {}): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  const age = (now - Date.parse(asString(pod.metadata['creationTimestamp']) ?? '')) / 1000;
  return containerStatusesOf(pod).some((status) => {
    const reason = asString(valueAt(status, 'state', 'waiting', 'reason')) ?? '';
    const crashes = reason === 'CrashLoopBackOff' || reason === 'RunContainerError' || (asNumber(valueAt(status, 'state', 'terminated', 'exitCode')) ?? 0) !== 0;
    if (crashes) return !ofJob && (asNumber(valueAt(status, 'restartCount')) ?? 0) >= mostRestarts;
    if (!imageReasons.has(reason) || !(age >= imageGrace)) return false;
    if (reason === 'ErrImageNeverPull' || reason === 'InvalidImageName') return true;
    const message = asString(valueAt(status, 'state', 'waiting', 'message')) ?? '';
    return finalAnswers.test(message) && !passingAnswers.test(message);
  });
}

/** The pods of a workload's newest template: those of the one before must not decide about it. */
export function newestPods(workload: KubeObject, pods: readonly KubeObject[]): KubeObject[] {
  const revision = workload.kind === 'StatefulSet' ? asString(valueAt(workload, 'status', 'updateRevision')) : undefined;
  if (revision !== undefined) return pods.filter(({ metadata }) => metadata.labels?.['controller-revision-hash'] === revision);
  const label = workload.kind === 'DaemonSet' ? 'controller-revision-hash' : 'pod-template-hash';
  const made = (pod: KubeObject): string => asString(pod.metadata['creationTimestamp']) ?? '';
  const newest = [...pods].sort((a, b) => made(b).localeCompare(made(a)))[0]?.metadata.labels?.[label];
  return newest === undefined ? [...pods] : pods.filter(({ metadata }) => metadata.labels?.[label] === newest);
}
