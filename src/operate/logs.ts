import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { asDict, asList, asString } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import { followLogs } from './follow-logs.js';
import { mergeByTime, type LogLine } from './log-lines.js';
import { linesOf, optionsOf, sourceKey, type LogRequest } from './log-source.js';
import { containersOf, noPod, type ContainerState } from './pod-state.js';
import { listSelected, nodeOf, onSimulatedNode, selectPods, simulatedNodes, type SelectedPod, type Workplace } from './select-pods.js';

/** Reads the logs of components and pods, merged by time; follows them over restarts and rollouts when asked, until the signal. */
export async function readLogs(workplace: Workplace, request: LogRequest): Promise<void> {
  const { target } = workplace;
  const selection = await selectPods(workplace, request.words);
  const isSimulated = await simulatedNodes(target);
  const onNode = (pod: KubeObject): boolean => !isSimulated(nodeOf(pod) ?? '');
  const all = await listSelected(target.kube, selection, request.signal);
  const pods = all.filter(({ pod }) => onNode(pod));
  if (pods.length === 0 && all.some(({ pod }) => nodeOf(pod) !== undefined)) throw onSimulatedNode(selection.subject, 'read');
  if (pods.length === 0 && !request.follow) throw noPod(selection.subject, 0);
  if (pods.length < all.length) request.onNote({ event: 'simulated', subject: `${all.length - pods.length} of ${all.length} pods` });
  if (request.container !== undefined) checkContainer(pods, request.container);
  const last = await history(target.kube, pods, request);
  if (request.follow) await followLogs({ kube: target.kube, selection, accepts: onNode, request, last });
}

function checkContainer(pods: readonly SelectedPod[], container: string): void {
  const known = [...new Set(pods.flatMap(({ pod }) => containersOf(pod).map(({ name }) => name)))];
  if (known.length === 0 || known.includes(container)) return;
  throw new MostikError([diagnose('container-unknown', { pod: pods.length === 1 ? (pods[0]?.pod.metadata.name ?? '') : `any of ${pods.length} pods`, container, known: known.join(', ') })]);
}

/** Tells what was written up to now, in order; returns the last line of each container, by `sourceKey`. */
async function history(kube: Kube, pods: readonly SelectedPod[], request: LogRequest): Promise<Map<string, LogLine>> {
  const last = new Map<string, LogLine>();
  const sources = pods.flatMap(({ group, pod }) => {
    const wanted = containersOf(pod).filter(({ name }) => request.container === undefined || name === request.container);
    return wanted.filter((state) => isReadable(pod, state, request)).map(({ name }) => ({ group, pod, container: name }));
  });
  for await (const line of mergeByTime(sources.map((source) => linesOf(kube, source, optionsOf(request))))) {
    if (request.signal.aborted) break;
    last.set(sourceKey(line), line);
    request.onLine(line);
  }
  return last;
}

function isReadable(pod: KubeObject, state: ContainerState, { previous, follow, onNote }: LogRequest): boolean {
  const named = { subject: pod.metadata.name, container: state.name };
  if (previous && state.restarts === 0) onNote({ event: 'no-previous', ...named });
  else if (!state.started && !follow) onNote({ event: 'not-started', ...named, reason: waitingReason(pod, state.name) });
  else return state.started;
  return false;
}

function waitingReason(pod: KubeObject, container: string): string {
  const { containerStatuses, initContainerStatuses, phase, reason } = asDict(pod['status']);
  const status = [...asList(initContainerStatuses), ...asList(containerStatuses)].map(asDict).find(({ name }) => name === container);
  const waiting = asDict(asDict(status?.['state'])['waiting']);
  return asString(waiting['message']) ?? asString(waiting['reason']) ?? asString(reason) ?? asString(phase) ?? '';
}
