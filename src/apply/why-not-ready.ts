import { asDict, asList, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { formatRef, refOf, type Health, type KubeObject, type ObjectRef } from '../model/index.js';
import { holdUpOf, type HoldUp } from './health/hold-up.js';
import { conditionOf } from './health/reading.js';
import { plainWords, refusalWords } from './plain-words.js';

/** An object of the platform and how it is. */
export interface ObjectHealth {
  component: string;
  ref: ObjectRef;
  health: Health;
  /** Absent for an object that could not be written. */
  live?: KubeObject;
}

/** A platform at one moment, as far as its readiness goes. */
export interface Situation {
  components: readonly { name: string; after: readonly string[] }[];
  healths: readonly ObjectHealth[];
  pods: readonly KubeObject[];
  /** Events of type Warning. */
  events: readonly KubeObject[];
  /** Components that were not begun because something before them failed. */
  skipped?: ReadonlySet<string>;
  /** Components that a person stopped, in words: `was stopped by NAME TIME`. */
  stopped?: ReadonlyMap<string, string>;
}

/** One link of a chain of causes: `api-gateway` `is not ready`, `pod web-7c9` `Secret shop/db has no key password`. */
export interface Cause {
  kind: 'component' | 'object' | 'pod';
  subject: string;
  text: string;
}

/** Why one component is not ready: from the component to what holds it up. */
export interface NotReady {
  component: string;
  /** The component at the end of the chain; itself when the cause is its own. */
  root: string;
  chain: Cause[];
  /** The chain as one sentence. */
  sentence: string;
}

/** Finds for each component that is not ready one chain of causes, over the components it needs down to the pod. */
export function whyNotReady(situation: Situation): NotReady[] {
  const view = viewOf(situation);
  return situation.components.filter(({ name }) => view.isHeld(name)).map(({ name }) => {
    const chain = componentChain(name, view, new Set());
    const root = chain.filter(({ kind }) => kind === 'component').at(-1)?.subject ?? name;
    return { component: name, root, chain, sentence: sentenceOf(chain) };
  });
}

interface View extends Situation {
  isHeld(component: string): boolean;
  /** The chain below each component's own objects, the most telling first. */
  own(component: string): OwnCause | undefined;
}

interface OwnCause {
  chain: Cause[];
  /** It is its own: no component it needs could have caused it. */
  isDefinite: boolean;
}

const bad = ({ health }: ObjectHealth): boolean => health.status === 'failed' || health.status === 'progressing';

function viewOf(situation: Situation): View {
  const held = new Set([...situation.healths.filter(bad).map(({ component }) => component), ...(situation.skipped ?? [])]);
  const causes = new Map<string, OwnCause | undefined>();
  const view: View = {
    ...situation,
    isHeld: (component) => held.has(component),
    own: (component) => {
      if (!causes.has(component)) causes.set(component, ownCause(situation.healths.filter((object) => object.component === component && bad(object)), situation));
      return causes.get(component);
    },
  };
  return view;
}

/** A component's own cause when it is certain; else that of what it needs; else whatever it shows itself. */
function componentChain(name: string, view: View, seen: Set<string>): Cause[] {
  const stopped = view.stopped?.get(name);
  if (stopped !== undefined) return [{ kind: 'component', subject: name, text: stopped }];
  const self: Cause = { kind: 'component', subject: name, text: 'is not ready' };
  seen.add(name);
  const own = view.own(name);
  if (own?.isDefinite) return [self, ...own.chain, ...makerChain(own.chain, view, seen)];
  const needed = view.components.find((component) => component.name === name)?.after.find((other) => (view.isHeld(other) || view.stopped?.has(other)) && !seen.has(other));
  if (needed !== undefined) return [self, ...componentChain(needed, view, seen)];
  return [self, ...(own?.chain ?? [])];
}

/** What is missing may be somebody's to make: then the chain goes on with why that component has not. */
function makerChain(chain: readonly Cause[], view: View, seen: Set<string>): Cause[] {
  const missing = /^(Secret|ConfigMap|ServiceAccount|PersistentVolumeClaim) (\S+) is missing$/.exec(chain.at(-1)?.text ?? '');
  if (!missing) return [];
  const maker = view.healths.find(({ ref, component, live }) => ref.kind === missing[1] && `${ref.namespace ?? ''}/${ref.name}` === missing[2] && live === undefined && view.isHeld(component));
  return maker && !seen.has(maker.component) ? componentChain(maker.component, view, seen) : [];
}

function ownCause(objects: readonly ObjectHealth[], situation: Situation): OwnCause | undefined {
  const causes = objects.map((object) => objectCause(object, situation));
  return causes.find(({ isDefinite }) => isDefinite) ?? causes.find(({ chain }) => chain.length > 1) ?? causes[0];
}

function objectCause(object: ObjectHealth, { pods, events }: Situation): OwnCause {
  const { ref, health, live } = object;
  const link: Cause = { kind: 'object', subject: formatRef(ref), text: withoutName(health.reason, ref) };
  if (!live) return { chain: [link], isDefinite: true };
  const refusal = refusalOf(live, events);
  if (refusal !== undefined) return { chain: [link, { kind: 'pod', subject: 'its pods', text: `are refused: ${refusal}` }], isDefinite: true };
  const held = heldPod(live, pods);
  if (!held) {
    const warning = live.kind === 'PersistentVolumeClaim' ? eventAbout(live, events) : undefined;
    return { chain: warning === undefined ? [link] : [{ ...link, text: `${link.text}: ${warning}` }], isDefinite: live.kind === 'PersistentVolumeClaim' };
  }
  const { pod, holdUp } = held;
  const claim = claimCause(pod, holdUp, events);
  const text = plainWords(holdUp.reason, pod.metadata.namespace ?? '');
  const isDefinite = holdUp.kind === 'no-room' || holdUp.kind === 'missing' || holdUp.kind === 'image';
  return { chain: [...(live.kind === 'Pod' ? [] : [link]), { kind: 'pod', subject: `pod ${pod.metadata.name}`, text }, ...(claim ? [claim] : [])], isDefinite };
}

/** Why the server takes no pod of a workload: quota, policy, limits. */
function refusalOf(live: KubeObject, events: readonly KubeObject[]): string | undefined {
  const failure = conditionOf(live, 'ReplicaFailure');
  if (failure?.status === 'True') return refusalWords(failure.message);
  if (!['StatefulSet', 'DaemonSet', 'Job'].includes(live.kind)) return undefined;
  const event = newest(events.filter((one) => asString(one['reason']) === 'FailedCreate' && isAbout(one, live)));
  return event && refusalWords(asString(event['message']) ?? '');
}

/** The pod of a workload that tells most: stuck ones before those on their way, the newest first. */
function heldPod(live: KubeObject, pods: readonly KubeObject[]): { pod: KubeObject; holdUp: HoldUp } | undefined {
  const held = pods.filter((pod) => isPodOf(pod, live)).flatMap((pod) => {
    const holdUp = holdUpOf(pod);
    return holdUp ? [{ pod, holdUp }] : [];
  });
  const made = ({ pod }: { pod: KubeObject }): string => asString(pod.metadata['creationTimestamp']) ?? '';
  return held.sort((a, b) => Number(b.holdUp.stuck) - Number(a.holdUp.stuck) || made(b).localeCompare(made(a)))[0];
}

/** Tells whether a pod is the object itself, or selected by it. */
export function isPodOf(pod: KubeObject, live: KubeObject): boolean {
  if (pod.metadata.namespace !== live.metadata.namespace) return false;
  if (live.kind === 'Pod') return pod.metadata.name === live.metadata.name;
  if (live.kind === 'Job') return pod.metadata.labels?.['batch.kubernetes.io/job-name'] === live.metadata.name;
  const labels = Object.entries(asStrings(valueAt(live, 'spec', 'selector', 'matchLabels')));
  return labels.length > 0 && labels.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

/** A pod that waits for a claim is explained by what holds the claim up. */
function claimCause(pod: KubeObject, { reason }: HoldUp, events: readonly KubeObject[]): Cause | undefined {
  if (!/persistentvolumeclaim/i.test(reason)) return undefined;
  const claims = asList(valueAt(pod, 'spec', 'volumes')).flatMap((volume) => asString(valueAt(volume, 'persistentVolumeClaim', 'claimName')) ?? []);
  for (const name of claims) {
    const claim: KubeObject = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: pod.metadata.namespace ?? '' } };
    const warning = eventAbout(claim, events);
    if (warning !== undefined) return { kind: 'object', subject: formatRef(refOf(claim)), text: warning };
  }
  return undefined;
}

function eventAbout(object: KubeObject, events: readonly KubeObject[]): string | undefined {
  const event = newest(events.filter((one) => isAbout(one, object)));
  return event && asString(event['message']);
}

function isAbout(event: KubeObject, { kind, metadata }: KubeObject): boolean {
  const about = asDict(event['involvedObject']);
  if (about['kind'] !== kind || about['name'] !== metadata.name || (about['namespace'] ?? '') !== (metadata.namespace ?? '')) return false;
  return metadata.uid === undefined || about['uid'] === undefined || about['uid'] === metadata.uid;
}

function newest(events: readonly KubeObject[]): KubeObject | undefined {
  const time = (event: KubeObject): string => asString(event['lastTimestamp']) ?? asString(event['eventTime']) ?? asString(event.metadata['creationTimestamp']) ?? '';
  return [...events].sort((a, b) => time(b).localeCompare(time(a)))[0];
}

/** Reasons of failed writes begin with the object's name, which stands before them anyway. */
function withoutName(reason: string, ref: ObjectRef): string {
  const name = `${formatRef(ref)}: `;
  return reason.startsWith(name) ? reason.slice(name.length) : reason;
}

/** `a is not ready because b is not ready because Deployment/shop/b: 0 of 1 replicas available: pod b-1: Secret shop/db is missing`. */
function sentenceOf(chain: readonly Cause[]): string {
  return chain.reduce((text, { kind, subject, text: what }, index) => {
    const words = kind === 'component' || subject === 'its pods' ? `${subject} ${what}` : `${subject}: ${what}`;
    if (index === 0) return words;
    return kind === 'component' || chain[index - 1]?.kind === 'component' ? `${text} because ${words}` : `${text}: ${words}`;
  }, '');
}
