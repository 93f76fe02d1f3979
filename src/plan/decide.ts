import { ApiError, conflictsOf, differenceOf, hasSteps, noFields, withoutManagers, type FieldSet, type Kube } from '../kube/index.js';
import { asDict } from '../lib/read-unknown.js';
import { fieldManager, implicitAnnotation, keyOf, labels, maskText, type Change, type KubeObject, type ManagedFieldsEntry, type PlannedChange, type RenderedObject, type SecretTable } from '../model/index.js';
import { managersToMove } from './adopt.js';
import { diffObjects } from './diff.js';
import { withAutoscaledReplicas } from './hpa.js';
import { immutableChanges } from './immutable.js';
import { kindKey, type Live } from './live.js';
import { desiredDigest, liveDigest, ownedFields, pinOf } from './owned.js';
import type { State } from './state.js';
import { startedReason, stopManager, stoppedOf, withoutStopped, withStarted, type Stopped } from './stopped.js';

/** What a decision needs besides the object: the live side, the record, and what the user allowed. */
export interface DecisionContext {
  kube: Kube;
  platform: string;
  live: Live;
  state: State;
  secrets: SecretTable;
  /** Secret values of yesterday and today, for masking both sides of a diff. */
  masked: SecretTable;
  autoscaled: ReadonlySet<string>;
  takeOver: ReadonlySet<string>;
  /** Starts what somebody stopped. */
  start: boolean;
  waveOf: ReadonlyMap<string, number>;
  /** `group/Kind` whose CRD changes in this plan. */
  changingKinds: ReadonlySet<string>;
}

/** Marks a namespace that Mostik made: only such a one is ever deleted. */
export const createdMark = 'mostik.dev/created';

/** Decides what happens to one desired object; asks the server (dry run) unless both digests stand as recorded. */
export async function decide(rendered: RenderedObject, context: DecisionContext): Promise<PlannedChange> {
  const live = context.live.objects.get(keyOf(rendered.ref));
  const planned: PlannedChange = { change: blank(rendered, context), rendered, ...(live ? { live } : {}) };
  const owner = live?.metadata.labels?.[labels.platform];
  if (live && owner !== undefined && owner !== context.platform) return conflict(planned, `owned by platform ${owner}`);
  if (live && rendered.object.metadata.annotations?.[implicitAnnotation] === 'true' && owner === undefined) return { ...planned, change: { ...planned.change, action: 'unchanged', reason: 'was there before' } };
  const send = sendable(rendered, live, context);
  planned.send = send;
  planned.change.desired = desiredDigest(send, context.secrets, context.state.key);
  if (!live) return decideCreate(planned, context);
  if (live.metadata.deletionTimestamp) return { ...planned, change: { ...planned.change, action: 'create', reason: 'the old one is being deleted', notDryRun: 'the old one is being deleted' } };
  if (!starting(live, context) && isUnchanged(planned, live, context.state)) return { ...planned, change: { ...planned.change, action: 'unchanged', pin: pinOf(live, ownedFields(live), context.state.key) } };
  return decideExisting(planned, live, context);
}

function blank(rendered: RenderedObject, context: DecisionContext): Change {
  return {
    action: 'create',
    ref: rendered.ref,
    component: rendered.component,
    wave: context.waveOf.get(rendered.component) ?? 0,
    at: rendered.at,
    fields: [],
    restarts: false,
    pin: { uid: null, digest: null },
    desired: null,
  };
}

/** The object as it is sent: marks on namespaces we make, replicas as an autoscaler leaves them to us. */
function sendable(rendered: RenderedObject, live: KubeObject | undefined, context: DecisionContext): KubeObject {
  let object = rendered.object;
  if (object.kind === 'Namespace' && object.apiVersion === 'v1') {
    const { [implicitAnnotation]: _implicit, ...annotations } = object.metadata.annotations ?? {};
    if (!live || live.metadata.annotations?.[createdMark] === context.platform) annotations[createdMark] = context.platform;
    object = { ...object, metadata: { ...object.metadata, annotations } };
  }
  const workload = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
  const stopped = live && stoppedOf(live);
  if (stopped) return context.start ? withStarted(object, stopped, context.autoscaled.has(workload)) : withoutStopped(object);
  if (live && context.autoscaled.has(workload)) {
    object = withAutoscaledReplicas(object, live, new Set([fieldManager, ...managersToMove(live, context.takeOver)]));
  }
  return object;
}

/** Who stopped an object that this plan starts. */
function starting(live: KubeObject, { start }: DecisionContext): Stopped | undefined {
  return start ? stoppedOf(live) : undefined;
}

function isUnchanged(planned: PlannedChange, live: KubeObject, state: State): boolean {
  const recorded = state.inventory.get(keyOf(planned.change.ref));
  if (!recorded || !state.key || recorded.uid !== live.metadata.uid || recorded.desired !== planned.change.desired) return false;
  return recorded.live === liveDigest(live, ownedFields(live), state.key);
}

async function decideCreate(planned: PlannedChange, context: DecisionContext): Promise<PlannedChange> {
  const notDryRun = whyNotDryRun(planned, context);
  if (notDryRun !== undefined) return { ...planned, change: { ...planned.change, notDryRun } };
  const answer = await dryRun(planned, context, false);
  if (answer.kind === 'refused') return conflict(planned, answer.reason, 'refused');
  if (answer.kind === 'not-possible') return { ...planned, change: { ...planned.change, notDryRun: answer.reason } };
  return planned;
}

async function decideExisting(planned: PlannedChange, live: KubeObject, context: DecisionContext): Promise<PlannedChange> {
  const send = planned.send ?? live;
  const started = starting(live, context);
  const adopted = managersToMove(live, context.takeOver);
  const managers = started ? [...adopted, stopManager] : adopted;
  const isOurs = live.metadata.labels?.[labels.platform] === context.platform;
  const immutable = immutableChanges(live, send);
  if (immutable.length > 0) return replace(planned, live, `${immutable.join(', ')} cannot be changed`, context);
  const notDryRun = whyNotDryRun(planned, context);
  if (notDryRun !== undefined) {
    return { ...planned, change: { ...planned.change, action: isOurs ? 'update' : 'adopt', fields: diffObjects(live, merged(live, send), context.masked), pin: pinOf(live, ownedFields(live), context.state.key), managers, notDryRun } };
  }
  const answer = await dryRun(planned, context, managers.length > 0);
  if (answer.kind === 'not-possible') return { ...planned, change: { ...planned.change, action: isOurs ? 'update' : 'adopt', fields: diffObjects(live, merged(live, send), context.masked), pin: pinOf(live, ownedFields(live), context.state.key), managers, notDryRun: answer.reason } };
  if (answer.kind === 'refused') {
    return answer.immutable ? replace(planned, live, answer.reason, context) : conflict(planned, answer.reason, 'refused');
  }
  if (answer.kind === 'conflict') return conflict(planned, answer.reason);
  const strangers = managers.length > 0 ? strangersOverruled(live, answer.object, managers) : [];
  if (strangers.length > 0) return conflict(planned, `${strangers.join(', ')} also set fields that differ`);
  const after = managers.length > 0 ? withoutManagers(answer.object, managers, live) : answer.object;
  const fields = diffObjects(live, after, context.masked);
  const pin = pinOf(live, ownedFields(live, answer.object), context.state.key);
  const action = !isOurs || adopted.length > 0 ? 'adopt' : fields.length > 0 || started ? 'update' : 'unchanged';
  const reason = started ? startedReason(started) : action === 'adopt' ? `made by ${managers.join(', ') || 'somebody else'}` : undefined;
  return {
    ...planned,
    change: { ...planned.change, action, fields, pin, restarts: fields.some(({ path }) => path.startsWith('spec.template')) && isWorkload(live), managers, ...(reason ? { reason } : {}) },
  };
}

/** Managers, outside those whose fields move, that a forced dry run took fields from: their values would be lost. */
function strangersOverruled(live: KubeObject, after: KubeObject, moved: readonly string[]): string[] {
  const entries = (live.metadata.managedFields ?? []).filter((entry) => !entry.subresource && entry.manager !== fieldManager && !moved.includes(entry.manager ?? ''));
  const lost = entries.filter((entry) => {
    const kept = (after.metadata.managedFields ?? []).find((other) => other.manager === entry.manager && other.operation === entry.operation && !other.subresource);
    return !kept || hasSteps(differenceOf(ownedBy(entry), ownedBy(kept)));
  });
  return [...new Set(lost.map((entry) => entry.manager ?? ''))];
}

const ownedBy = (entry: ManagedFieldsEntry): FieldSet => (entry.fieldsV1 as FieldSet | undefined) ?? noFields;

function isWorkload(object: KubeObject): boolean {
  return ['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind);
}

/** A rough picture of the object after an apply that the server was not asked about: our fields over the live ones. */
function merged(live: KubeObject, desired: KubeObject): KubeObject {
  const merge = (before: unknown, after: unknown): unknown => {
    if (typeof after !== 'object' || after === null || Array.isArray(after)) return after;
    const out = { ...asDict(before) };
    for (const [key, value] of Object.entries(after)) out[key] = merge(out[key], value);
    return out;
  };
  return { ...live, ...asDict(merge(live, desired)), apiVersion: live.apiVersion, kind: live.kind, metadata: { ...live.metadata, ...asDict(merge(live.metadata, desired.metadata)), name: live.metadata.name } };
}

function whyNotDryRun(planned: PlannedChange, context: DecisionContext): string | undefined {
  const { ref } = planned.change;
  if (context.live.unknownKinds.has(kindKey(ref))) return `${ref.kind} is defined by a CRD of this plan`;
  if (context.changingKinds.has(kindKey(ref))) return `the CRD of ${ref.kind} changes in this plan`;
  if (ref.namespace && context.live.missingNamespaces.has(ref.namespace)) return `namespace ${ref.namespace} comes in this plan`;
  return undefined;
}

function conflict(planned: PlannedChange, reason: string, kind: 'conflict' | 'refused' = 'conflict'): PlannedChange {
  return { ...planned, change: { ...planned.change, action: 'conflict', reason: kind === 'refused' ? `refused by the server: ${reason}` : reason } };
}

function replace(planned: PlannedChange, live: KubeObject, reason: string, context: DecisionContext): PlannedChange {
  const fields = diffObjects(live, merged(live, planned.send ?? live), context.masked);
  return { ...planned, change: { ...planned.change, action: 'replace', reason, fields, restarts: isWorkload(live), pin: pinOf(live, ownedFields(live), context.state.key), managers: managersToMove(live, context.takeOver) } };
}

type DryRunAnswer =
  | { kind: 'ok'; object: KubeObject }
  | { kind: 'conflict'; reason: string }
  | { kind: 'refused'; reason: string; immutable: boolean }
  | { kind: 'not-possible'; reason: string };

/** Asks the server what the apply would give. `force` only in this dry run, to see past fields whose owners are moved. */
async function dryRun(planned: PlannedChange, { kube, masked }: DecisionContext, force: boolean): Promise<DryRunAnswer> {
  const send = planned.send;
  if (!send) return { kind: 'not-possible', reason: 'nothing to send' };
  try {
    return { kind: 'ok', object: await kube.apply(send, { dryRun: true, force }) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const conflicts = conflictsOf(error);
    if (conflicts.length > 0) {
      return { kind: 'conflict', reason: conflicts.map(({ manager, field }) => `${field} is owned by ${manager}`).join('; ') };
    }
    const message = error.text;
    if (error.status === 422 || error.status === 403 || error.status === 400) {
      if (/does not support dry run/.test(message)) return { kind: 'not-possible', reason: 'a webhook refuses dry runs' };
      return { kind: 'refused', reason: maskText(message, masked), immutable: error.status === 422 && /immutable|may not change|updates to .* are forbidden/.test(message) };
    }
    if (error.status === 404) return { kind: 'not-possible', reason: 'its namespace or kind is not there yet' };
    throw error;
  }
}


