import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, asList, asNumber, asString, type Dict } from '../lib/read-unknown.js';
import { formatRef, refOf, type KubeObject } from '../model/index.js';
import { nodeOf, onSimulatedNode, simulatedNodes, type SelectedPod, type Selection } from './select-pods.js';
import type { Target } from './target.js';

/** One container of a pod as it is now. */
export interface ContainerState {
  name: string;
  /** It has run, so that there is a log. */
  started: boolean;
  running: boolean;
  restarts: number;
  /** Tells one run from the next. */
  id: string;
}

/** The containers of a pod in the order in which they start, those that run before the others included. */
export function containersOf(pod: KubeObject): ContainerState[] {
  const status = asDict(pod['status']);
  const statuses = new Map(['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap((key) => asList(status[key]).map(asDict)).map((entry) => [asString(entry['name']) ?? '', entry]));
  const spec = asDict(pod['spec']);
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) => asList(spec[key]).map((entry) => stateOf(asString(asDict(entry)['name']) ?? '', statuses)));
}

function stateOf(name: string, statuses: ReadonlyMap<string, Dict>): ContainerState {
  const status = asDict(statuses.get(name));
  const { running, terminated } = asDict(status['state']);
  const id = asString(status['containerID']) ?? '';
  return { name, started: id !== '' && (running !== undefined || terminated !== undefined || asNumber(status['restartCount']) !== 0), running: running !== undefined, restarts: asNumber(status['restartCount']) ?? 0, id };
}

/** True while a pod answers: ready, and not on its way out. */
export function isReady(pod: KubeObject): boolean {
  const conditions = asList(asDict(pod['status'])['conditions']).map(asDict);
  return pod.metadata.deletionTimestamp === undefined && conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** True while containers of a pod run. */
export function isRunning(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && asString(asDict(pod['status'])['phase']) === 'Running';
}

/** The one to speak to: ready before running, the oldest of these. */
export function bestOf<T extends { pod: KubeObject }>(pods: readonly T[]): T | undefined {
  const rank = ({ pod }: T): string => `${isReady(pod) ? 0 : 1} ${asString(pod.metadata['creationTimestamp']) ?? ''} ${pod.metadata.name}`;
  return pods.filter(({ pod }) => isRunning(pod)).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

/** The pod to run something in; none, or one without containers, is a Diagnostic. */
export async function podToUse(target: Target, { selection, pods, verb }: { selection: Selection; pods: readonly SelectedPod[]; verb: string }): Promise<SelectedPod> {
  const isSimulated = await simulatedNodes(target);
  const onReal = pods.filter(({ pod }) => !isSimulated(nodeOf(pod) ?? ''));
  const best = bestOf(onReal);
  if (best) return best;
  if (pods.length > 0 && onReal.length < pods.length) throw onSimulatedNode(selection.subject, verb);
  throw noPod(selection.subject, pods.length);
}

/** The error for work without a pod to speak to. */
export function noPod(subject: string, pods: number): MostikError {
  const hint = pods > 0 ? 'see why with mostik status' : 'it may be scaled to zero, or have only settings; see mostik status -v';
  return new MostikError([diagnose('work-without-pods', { subject, state: pods > 0 ? 'runs' : 'is there', hint })]);
}

/** The container that is meant: the named one, else that of kubectl's annotation, else the first. */
export function containerToUse(pod: KubeObject, asked: string | undefined): string {
  const names = containersOf(pod).map(({ name }) => name);
  if (asked !== undefined) {
    if (!names.includes(asked)) throw new MostikError([diagnose('container-unknown', { pod: formatRef(refOf(pod)), container: asked, known: names.join(', ') })]);
    return asked;
  }
  const first = asString(asDict(asList(asDict(pod['spec'])['containers'])[0])['name']) ?? '';
  const chosen = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  return chosen !== undefined && names.includes(chosen) ? chosen : first;
}
