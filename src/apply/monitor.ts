import type { Kube, WatchedList } from '../kube/index.js';
import { keyOf, labels, refOf, type Health, type KubeObject, type ObjectRef } from '../model/index.js';
import { hasHealth, healthOf, type Controllers } from './health/index.js';
import { taskHealth } from './health/pod.js';
import { explain } from './health/why.js';

/** Changes within this many milliseconds are looked at together: a rollout sends hundreds of them. */
const lookEvery = 50;

/** How often reasons are asked for while something is not healthy: they need extra requests. */
const explainEvery = 2000;

/** A cluster has stalled when nothing moved for as long as it takes to answer so many questions: what answers slowly moves slowly. */
const answersPerStall = 20;

/** How waiting ended: `timeout` and `failed` carry the objects that are not healthy, with reasons. */
export interface WaitResult {
  outcome: 'healthy' | 'failed' | 'timeout';
  unhealthy: { ref: ObjectRef; health: Health }[];
}

/** Follows the platform's live objects by watches, one per kind, and waits for their health. */
export interface Monitor {
  /** Takes the answer to a write, so that an older watch event is not mistaken for the newest state. */
  note(object: KubeObject): void;
  waitFor(refs: readonly ObjectRef[], options: WaitOptions): Promise<WaitResult>;
  stop(): void;
}

/** For how long to wait, and for what. */
export interface WaitOptions {
  timeoutSeconds: number;
  /** Pods are waited for until their work is done, not until they are ready. */
  untilDone?: boolean;
  signal: AbortSignal;
  onHealth(ref: ObjectRef, health: Health): void;
}

/** How a monitor judges. */
export interface MonitorOptions {
  controllers?: Controllers | undefined;
  /**
   * Seconds without any progress in the whole platform after which a wait for nothing but stuck objects ends as failed.
   * For clusters where all that can happen happens at once; without it a wait lasts until its timeout. A cluster that
   * answers slowly gets more of it.
   */
  patienceSeconds?: number | undefined;
}

/** Opens the monitor of a platform. Watches start when a kind is first waited for. */
export function openMonitor(kube: Kube, platform: string, { controllers = 'run', patienceSeconds = Infinity }: MonitorOptions = {}): Monitor {
  let movedAt = Date.now();
  const written = new Map<string, KubeObject>();
  const stopper = new AbortController();
  const watched = new Map<string, WatchedList>();
  const waiters = new Set<() => void>();
  const follow = async (ref: ObjectRef): Promise<void> => {
    const key = kindOf(ref);
    let list = watched.get(key);
    if (!list) {
      list = kube.watchList(ref.apiVersion, ref.kind, { labelSelector: `${labels.platform}=${platform}`, signal: stopper.signal });
      watched.set(key, list);
      list.done.catch(() => undefined);
      list.onChange(() => { for (const waiter of waiters) waiter(); });
    }
    await list.listed;
  };
  const find = (ref: ObjectRef): KubeObject | undefined => newest(watched.get(kindOf(ref))?.objects.get(keyOf(ref)), written.get(keyOf(ref)));
  return {
    note: (object) => {
      movedAt = Date.now();
      written.set(keyOf(refOf(object)), object);
    },
    stop: () => { stopper.abort(); },
    waitFor: async (refs, options) => {
      const followed = refs.filter((ref) => hasHealth(ref));
      await Promise.all(followed.map(follow));
      return waitUntilHealthy(kube, followed, {
        ...options,
        judge: (ref) => judge(find(ref), { controllers, untilDone: options.untilDone === true }),
        moved: () => { movedAt = Date.now(); },
        hasStalled: (answeredInMs) => Date.now() - movedAt >= Math.max(patienceSeconds * 1000, answersPerStall * answeredInMs),
        explainEvery: Math.min(explainEvery, patienceSeconds * 500),
        nextChange: (ms) => nextChange(ms, options.signal, waiters),
        pause: (ms) => nextChange(ms, options.signal, new Set()),
      });
    },
  };
}

const kindOf = (ref: ObjectRef): string => `${ref.apiVersion}/${ref.kind}`;

/** Resource versions of one object grow (KEP-5504), so the larger one is the newer state. */
function newest(watched: KubeObject | undefined, written: KubeObject | undefined): KubeObject | undefined {
  if (!watched || !written) return watched ?? written;
  if (watched.metadata.uid !== written.metadata.uid) return written;
  return Number(written.metadata.resourceVersion) > Number(watched.metadata.resourceVersion) ? written : watched;
}

interface WaitWorld {
  timeoutSeconds: number;
  signal: AbortSignal;
  judge(ref: ObjectRef): Judged;
  /** Something has come nearer to its end, or was written. */
  moved(): void;
  /** Nothing has for as long as anybody has patience with a cluster that answers in this time. */
  hasStalled(answeredInMs: number): boolean;
  /** Milliseconds between two looks at reasons. */
  explainEvery: number;
  onHealth(ref: ObjectRef, health: Health): void;
  nextChange(ms: number): Promise<void>;
  pause(ms: number): Promise<void>;
}

async function waitUntilHealthy(kube: Kube, refs: readonly ObjectRef[], world: WaitWorld): Promise<WaitResult> {
  const deadline = Date.now() + world.timeoutSeconds * 1000;
  let explainAt = Date.now() + world.explainEvery;
  const told = new Map<string, string>();
  const judged = new Map<string, string>();
  const reasons = new Map<string, string>();
  for (;;) {
    world.signal.throwIfAborted();
    const now = refs.map((ref) => ({ ref, ...world.judge(ref) }));
    const held = now.filter(({ health }) => health.status !== 'healthy' && health.status !== 'unknown');
    let ending: 'failed' | 'timeout' | undefined = held.some(({ health }) => health.status === 'failed') ? 'failed' : Date.now() >= deadline ? 'timeout' : undefined;
    if (held.length > 0 && (ending !== undefined || Date.now() >= explainAt)) {
      const askedAt = Date.now();
      const { stuck, hopeless } = await explainAll(kube, held, reasons);
      if (hopeless || (stuck && world.hasStalled(Date.now() - askedAt))) ending ??= 'failed';
      explainAt = Date.now() + world.explainEvery;
    }
    for (const item of now) {
      const reason = item.health.status === 'healthy' ? '' : (reasons.get(keyOf(item.ref)) ?? item.health.reason);
      if (judged.get(keyOf(item.ref)) !== item.health.reason) world.moved();
      judged.set(keyOf(item.ref), item.health.reason);
      const line = `${item.health.status} ${reason}`;
      item.health = { ...item.health, reason };
      if (told.get(keyOf(item.ref)) !== line) world.onHealth(item.ref, item.health);
      told.set(keyOf(item.ref), line);
    }
    if (held.length === 0) return { outcome: 'healthy', unhealthy: [] };
    if (ending !== undefined) return { outcome: ending, unhealthy: held.map(({ ref, health }) => ({ ref, health })) };
    await world.nextChange(Math.max(0, Math.min(explainAt, deadline) - Date.now()));
    await world.pause(lookEvery);
  }
}

interface Judged {
  object: KubeObject | undefined;
  health: Health;
}

function judge(object: KubeObject | undefined, { controllers, untilDone }: { controllers: Controllers; untilDone: boolean }): Judged {
  if (!object) return { object, health: { status: 'progressing', reason: 'not seen yet' } };
  const isTask = untilDone && object.kind === 'Pod' && object.metadata.deletionTimestamp === undefined;
  return { object, health: isTask ? taskHealth(object) : healthOf(object, controllers) };
}

/** Explains what is held up, at most twenty of them, and tells whether waiting would mend none of it, and whether one of it is beyond mending. */
async function explainAll(kube: Kube, held: readonly ({ ref: ObjectRef } & Judged)[], reasons: Map<string, string>): Promise<{ stuck: boolean; hopeless: boolean }> {
  const explained = await Promise.all(
    held.slice(0, 20).map(async ({ ref, object, health }) => {
      if (!object) return { stuck: false, hopeless: false };
      const { reason, ...outlook } = await explain(kube, object, health);
      reasons.set(keyOf(ref), reason);
      return outlook;
    }),
  );
  return { stuck: explained.every(({ stuck }) => stuck), hopeless: explained.some(({ hopeless }) => hopeless) };
}

function nextChange(ms: number, signal: AbortSignal, waiters: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      waiters.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    waiters.add(done);
  });
}
