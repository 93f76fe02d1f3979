import type { Kube } from '../kube/index.js';
import { groupBy } from '../lib/group-by.js';
import { asDict, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import { chooseNamed, namespacesOf, podsByComponent, readApplied, type Applied, type DeclaredPods, type PlatformPlace } from './live-platform.js';

/** Events of one object that say the same, folded into one. */
export interface EventLine {
  component: string;
  /** `Normal` or `Warning`. */
  type: string;
  reason: string;
  /** `Kind/namespace/name`. */
  object: string;
  message: string;
  count: number;
  /** ISO times of the first and the last one. */
  first: string;
  last: string;
}

/** Which events. */
export interface EventsOptions {
  /** Components by name; all without any. */
  names: readonly string[];
  declared?: DeclaredPods;
  sinceSeconds?: number | undefined;
  signal: AbortSignal;
}

/** Reads the events of components' objects, and of what was made for them: ReplicaSets, Jobs, pods, claims. Newest last. */
export async function platformEvents(kube: Kube, place: PlatformPlace, options: EventsOptions): Promise<EventLine[]> {
  const state = await readApplied(kube, place);
  const owner = await ownersOf(kube, state, options);
  const lists = await Promise.all(namespacesOf(state).map((namespace) => kube.list('v1', 'Event', { namespace, signal: options.signal })));
  const oldest = options.sinceSeconds === undefined ? 0 : Date.now() - options.sinceSeconds * 1000;
  return foldEvents(lists.flatMap(({ items }) => items), owner).filter(({ last }) => Date.parse(last) >= oldest);
}

/** Tells the events that are there, then each that comes, until the signal. */
export async function watchEvents(kube: Kube, place: PlatformPlace, options: EventsOptions & { onEvents(events: EventLine[]): void }): Promise<void> {
  const { signal } = options;
  const told = new Map<string, number>();
  while (!signal.aborted) {
    const events = await platformEvents(kube, place, options);
    const news = events.filter((event) => (told.get(keyOfEvent(event)) ?? 0) < event.count);
    for (const event of news) told.set(keyOfEvent(event), event.count);
    if (news.length > 0) options.onEvents(news);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, 1500);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** Finds the component of an event's object; undefined for what is nobody's. */
type OwnerOf = (kind: string, namespace: string, name: string) => string | undefined;

/** Events outlive their objects, so names count: a pod that is gone begins with the name of its ReplicaSet, that with its Deployment's. */
async function ownersOf(kube: Kube, state: Applied, { names, declared, signal }: EventsOptions): Promise<OwnerOf> {
  const chosen = chooseNamed(state.last.components, names, state);
  const pods = await podsByComponent(kube, state, { ...(declared ? { declared } : {}), signal });
  const exact = new Map<string, string>();
  const made: { component: string; namespace: string; pattern: RegExp }[] = [];
  for (const { component, ref } of state.inventory.values()) {
    exact.set(`${ref.kind}/${ref.namespace ?? ''}/${ref.name}`, component);
    const pattern = madeBy(ref.kind, ref.name);
    if (pattern) made.push({ component, namespace: ref.namespace ?? '', pattern });
  }
  for (const [component, list] of pods) for (const pod of list) exact.set(`Pod/${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, component);
  return (kind, namespace, name) => {
    const found = exact.get(`${kind}/${namespace}/${name}`) ?? (['Pod', 'ReplicaSet', 'Job', 'PersistentVolumeClaim', 'HorizontalPodAutoscaler'].includes(kind) ? made.find((one) => one.namespace === namespace && one.pattern.test(name))?.component : undefined);
    return found !== undefined && chosen.has(found) ? found : undefined;
  };
}

/** Names that controllers give to what they make for an object. */
function madeBy(kind: string, name: string): RegExp | undefined {
  const safe = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  switch (kind) {
    case 'Deployment':
      return new RegExp(`^${safe}-[a-z0-9]{6,10}(-[a-z0-9]{5})?$`);
    case 'StatefulSet':
      return new RegExp(`^(.+-)?${safe}-\\d+$`);
    case 'DaemonSet':
    case 'Job':
      return new RegExp(`^${safe}-[a-z0-9]{5}$`);
    case 'CronJob':
      return new RegExp(`^${safe}-\\d{8,}(-[a-z0-9]{5})?$`);
    case 'ScaledObject':
      return new RegExp(`^keda-hpa-${safe}$`);
    default:
      return undefined;
  }
}

/** Folds events that say the same of one object, newest last. */
export function foldEvents(events: readonly KubeObject[], ownerOf: OwnerOf): EventLine[] {
  const lines = events.flatMap((event): EventLine[] => {
    const about = asDict(event['involvedObject']);
    const [kind, namespace, name] = [asString(about['kind']) ?? '', asString(about['namespace']) ?? '', asString(about['name']) ?? ''];
    const component = ownerOf(kind, namespace, name);
    if (component === undefined) return [];
    const made = asString(event.metadata['creationTimestamp']) ?? '';
    const first = asString(event['firstTimestamp']) ?? asString(event['eventTime']) ?? made;
    const last = asString(valueAt(event, 'series', 'lastObservedTime')) ?? asString(event['lastTimestamp']) ?? asString(event['eventTime']) ?? made;
    const count = asNumber(valueAt(event, 'series', 'count')) ?? asNumber(event['count']) ?? 1;
    return [{ component, type: asString(event['type']) ?? 'Normal', reason: asString(event['reason']) ?? '', object: [kind, namespace, name].filter(Boolean).join('/'), message: (asString(event['message']) ?? '').trim(), count, first, last }];
  });
  const groups = [...groupBy(lines, keyOfEvent).values()];
  const folded = groups.map((group) => group.reduce((a, b) => ({ ...a, count: a.count + b.count, first: a.first < b.first ? a.first : b.first, last: a.last > b.last ? a.last : b.last })));
  return folded.sort((a, b) => Date.parse(a.last) - Date.parse(b.last));
}

function keyOfEvent({ object, type, reason, message }: EventLine): string {
  return [object, type, reason, message].join('\0');
}
