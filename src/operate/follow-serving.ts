import type { Kube } from '../kube/index.js';
import { keyOf, refOf, type KubeObject } from '../model/index.js';
import type { ForwardNote } from './forward.js';
import { bestOf, isReady, isRunning } from './pod-state.js';
import type { Selection } from './select-pods.js';

/** The pod of a selection that answers, kept current. */
export interface Serving {
  current(): KubeObject | undefined;
  /** Waits for a pod that runs; undefined after that time, or with the signal. */
  wait(ms: number, signal: AbortSignal): Promise<KubeObject | undefined>;
}

interface Following {
  selection: Selection;
  /** Whether containers of a pod run at all. */
  accepts(pod: KubeObject): boolean;
  component: string;
  onNote(note: ForwardNote): void;
  signal: AbortSignal;
}

/** Watches the pods of a selection; stays with one while it runs, and says when it goes on with another. */
export async function followServing(kube: Kube, { selection, accepts, component, onNote, signal }: Following): Promise<Serving> {
  const pods = new Map<string, KubeObject>();
  const waiting = new Set<() => void>();
  let current: KubeObject | undefined;
  let before: string | undefined;
  const choose = (): void => {
    const known = current && pods.get(keyOf(refOf(current)));
    const still = known?.metadata.uid === current?.metadata.uid ? known : undefined;
    const best = bestOf([...pods.values()].map((pod) => ({ pod })))?.pod;
    // One that is not ready is left only for one that is.
    current = still && isRunning(still) && (isReady(still) || !best || !isReady(best)) ? still : best;
    const name = current?.metadata.uid;
    if (name === before) return;
    const from = still?.metadata.name ?? lastName;
    if (before !== undefined || lastName !== undefined) onNote(current ? { event: 'moved', component, pod: current.metadata.name, ...(from !== undefined ? { from } : {}) } : { event: 'waiting', component, ...(from !== undefined ? { pod: from } : {}) });
    before = name;
    lastName = current?.metadata.name ?? lastName;
    for (const wake of waiting) wake();
  };
  let lastName: string | undefined;
  const lists = selection.namespaces.map((namespace) => kube.watchList('v1', 'Pod', { namespace, signal }));
  for (const list of lists) list.done.catch(() => undefined);
  await Promise.all(lists.map((list) => list.listed));
  const see = async (pod: KubeObject): Promise<void> => {
    if (accepts(pod) && (await selection.owners([pod], signal))[0] !== undefined) pods.set(keyOf(refOf(pod)), pod);
  };
  await Promise.all(lists.flatMap((list) => [...list.objects.values()]).map(see));
  choose();
  for (const list of lists) {
    list.onChange(({ type, object }) => {
      // Whose it is could not be asked: the pod's next change asks again.
      if (type !== 'deleted') return void see(object).then(choose, () => undefined);
      pods.delete(keyOf(refOf(object)));
      choose();
    });
  }
  return { current: () => current, wait: (ms, stop) => waitFor(() => current, { ms, stop, waiting }) };
}

function waitFor(current: () => KubeObject | undefined, { ms, stop, waiting }: { ms: number; stop: AbortSignal; waiting: Set<() => void> }): Promise<KubeObject | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(), Math.max(0, ms));
    const settle = (): void => {
      clearTimeout(timer);
      waiting.delete(wake);
      stop.removeEventListener('abort', settle);
      resolve(current());
    };
    const wake = (): void => {
      if (current()) settle();
    };
    waiting.add(wake);
    stop.addEventListener('abort', settle, { once: true });
    if (stop.aborted) settle();
    else wake();
  });
}
