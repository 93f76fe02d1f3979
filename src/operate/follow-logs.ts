import { setTimeout as sleep } from 'node:timers/promises';
import { isNotFound, type Kube, type WatchedList } from '../kube/index.js';
import { asDict, asString } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import { reorder, type LogLine } from './log-lines.js';
import { linesOf, optionsOf, sourceKey, type LogRequest } from './log-source.js';
import { containersOf, type ContainerState } from './pod-state.js';
import type { Selection } from './select-pods.js';

/** What is followed. */
export interface Following {
  kube: Kube;
  selection: Selection;
  /** Whether containers of a pod run at all. */
  accepts(pod: KubeObject): boolean;
  request: LogRequest;
  /** The last line that was told of each container. */
  last: Map<string, LogLine>;
}

/** Lines of several streams wait so long for each other. */
const holdMs = 150;

/** A stream that ended is taken up again after this, unless its container has ended. */
const resumeMs = 500;

/** One container over all its runs. */
interface Tracked {
  streaming: boolean;
  /** The run whose log was read to its end. */
  doneId: string;
  /** The run that was read last. */
  readId: string;
}

/** Follows containers as they restart, come and go, until the signal; where only pods were named, until all of them have ended. */
export async function followLogs(following: Following): Promise<void> {
  const { kube, selection, request } = following;
  const ended = new AbortController();
  const signal = AbortSignal.any([request.signal, ended.signal]);
  const order = reorder(request.onLine, holdMs);
  const lists = selection.namespaces.map((namespace) => kube.watchList('v1', 'Pod', { namespace, signal }));
  const tracker = trackPods(following, { signal, add: order.add, end: () => ended.abort() });
  try {
    await Promise.all(lists.map((list) => list.listed));
    await Promise.all(lists.flatMap((list) => [...list.objects.values()]).map((pod) => tracker.seen(pod)));
    tracker.settled();
    for (const list of lists) list.onChange(({ type, object }) => {
      if (type === 'deleted') tracker.gone(object);
      // Whose it is could not be asked: the pod's next change asks again.
      else tracker.seen(object).catch(() => undefined);
    });
    await Promise.all(lists.map(doneUnlessAborted(signal)));
  } finally {
    ended.abort();
    order.flush();
  }
}

function doneUnlessAborted(signal: AbortSignal) {
  return async (list: WatchedList): Promise<void> => {
    await list.done.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  };
}

interface Sink {
  signal: AbortSignal;
  add(line: LogLine): void;
  /** Nothing more will come. */
  end(): void;
}

interface PodTracker {
  seen(pod: KubeObject): Promise<void>;
  gone(pod: KubeObject): void;
  /** The first list is through: who comes after it has joined. */
  settled(): void;
}

function trackPods({ kube, selection, accepts, request, last }: Following, sink: Sink): PodTracker {
  const pods = new Map<string, { pod: KubeObject; group: string; containers: Map<string, Tracked> }>();
  let isSettled = false;
  const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? metadata.name;

  const evaluate = (uid: string): void => {
    const known = pods.get(uid);
    if (!known || sink.signal.aborted) return;
    for (const state of containersOf(known.pod)) {
      if (!state.started || (request.container !== undefined && state.name !== request.container)) continue;
      const tracked = known.containers.get(state.name) ?? { streaming: false, doneId: '', readId: '' };
      known.containers.set(state.name, tracked);
      if (!tracked.streaming && tracked.doneId !== state.id) void follow(uid, state, tracked);
    }
    if (selection.fixed && isSettled && [...pods.values()].every((one) => hasEnded(one.pod) && [...one.containers.values()].every(({ streaming }) => !streaming))) sink.end();
  };

  const follow = async (uid: string, state: ContainerState, tracked: Tracked): Promise<void> => {
    const { pod, group } = pods.get(uid)!;
    const source = { group, pod, container: state.name };
    const key = sourceKey({ namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container: state.name });
    if (tracked.readId !== '' && tracked.readId !== state.id) request.onNote({ event: 'restarted', subject: pod.metadata.name, container: state.name });
    Object.assign(tracked, { streaming: true, readId: state.id });
    const from = last.get(key);
    // What came after the first list is new as a whole; what was there is cut as the user asked.
    const { tailLines, sinceSeconds } = optionsOf(request);
    const start = from ? { sinceTime: from.time } : isSettled ? {} : { ...(tailLines !== undefined ? { tailLines } : {}), ...(sinceSeconds !== undefined ? { sinceSeconds } : {}) };
    try {
      for await (const line of linesOf(kube, source, { ...start, follow: true, signal: sink.signal })) {
        if (from && line.at <= from.at) continue;
        last.set(key, line);
        sink.add(line);
      }
    } catch (error) {
      if (isNotFound(error)) tracked.doneId = state.id;
      // Cut, or not ready to be read: asked again below while the container is there.
    }
    await sleep(resumeMs, undefined, { signal: sink.signal }).catch(() => undefined);
    tracked.streaming = false;
    const now = containersOf(pods.get(uid)?.pod ?? pod).find(({ name }) => name === state.name);
    if (now?.id === state.id && !now.running) tracked.doneId = state.id;
    evaluate(uid);
  };

  return {
    async seen(pod) {
      const uid = uidOf(pod);
      const known = pods.get(uid);
      const group = known?.group ?? (await selection.owners([pod], sink.signal))[0];
      if (group === undefined || !accepts(pod)) return;
      if (!known && isSettled) request.onNote({ event: 'joined', subject: pod.metadata.name });
      pods.set(uid, { pod, group, containers: pods.get(uid)?.containers ?? new Map<string, Tracked>() });
      evaluate(uid);
    },
    gone(pod) {
      if (!pods.delete(uidOf(pod))) return;
      request.onNote({ event: 'left', subject: pod.metadata.name });
      if (selection.fixed && pods.size === 0) sink.end();
    },
    settled() {
      isSettled = true;
      if (pods.size === 0) request.onNote({ event: 'waiting', subject: selection.subject });
      for (const uid of pods.keys()) evaluate(uid);
    },
  };
}

function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(asString(asDict(pod['status'])['phase']) ?? '');
}
