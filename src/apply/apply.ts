import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { isAlreadyExists, type Kube } from '../kube/index.js';
import { countChanges, formatRef, isWrite, keyOf, servedKinds, type ApplyEvent, type ApplyResult, type ComponentResult, type DesiredComponent, type InventoryEntry, type KubeObject, type ObjectRef, type Plan, type PlannedChange } from '../model/index.js';
import { desiredDigest, hasChanges, liveDigest, ownedFields, type State } from '../plan/index.js';
import { isClaim } from '../plan/claims.js';
import { applyComponent, inventoryEntry, writeAll, type ApplyWorld, type ComponentOutcome } from './apply-component.js';
import { takeLock, type Lock } from './lock.js';
import { openMonitor, type MonitorOptions } from './monitor.js';
import { beginRecord, type Record } from './record.js';
import { removeAll } from './remove-all.js';

/** How an apply is to be done. */
export interface ApplyOptions {
  /** Wait for health; on by default. */
  wait: boolean;
  /** Instead of each component's own. */
  timeoutSeconds?: number;
  /** How health is judged, and how long nothing may move. */
  monitor?: MonitorOptions;
  /** Generations to keep. */
  keep: number;
  /** Version of this program, for the record. */
  version: string;
  onEvent(event: ApplyEvent): void;
  signal: AbortSignal;
}

/** Refuses a plan that cannot be carried out: its errors and its conflicts, all of them, before anything is written. */
export function refusals(plan: Plan): Diagnostic[] {
  const errors = plan.diagnostics.filter(({ severity }) => severity === 'error');
  // What a check of our own has said of an object is clearer than the server's refusal of it.
  const isTold = (name: string): boolean => errors.some(({ message }) => message.startsWith(`${name}:`));
  const conflicts = plan.changes
    .filter(({ change }) => change.action === 'conflict' && !isTold(formatRef(change.ref)))
    .map(({ change }) => {
      const params = { object: formatRef(change.ref), reason: change.reason ?? '' };
      return change.reason?.startsWith('refused by the server') ? diagnose('plan-refused', params, change.at) : diagnose('plan-conflicts', { ...params, hint: conflictHint(change.reason ?? '') }, change.at);
    });
  return [...errors, ...conflicts];
}

function conflictHint(reason: string): string {
  if (reason.startsWith('owned by platform')) return 'rename the object, or remove it from one of the two platforms';
  return 'leave the field out, or take it over with --take-over MANAGER';
}

/** Carries a plan out: lock, record, namespaces and CRDs, components along their edges, removals, record. */
export async function applyPlan(kube: Kube, plan: Plan, world: { state: State; saveSecrets?(): void }, options: ApplyOptions): Promise<ApplyResult> {
  const problems = refusals(plan);
  if (problems.length > 0) throw new MostikError(problems);
  const started = performance.now();
  if (!hasChanges(plan)) return finishUnchanged(kube, plan, world.state, { ...options, started });
  world.saveSecrets?.();
  await ensureNamespace(kube, world.state.namespace);
  const lock = await takeLock(kube, { platform: plan.platform, namespace: world.state.namespace }, options.signal);
  try {
    return await applyLocked(kube, plan, { state: world.state, lock, started }, options);
  } finally {
    await lock.release();
  }
}

async function applyLocked(kube: Kube, plan: Plan, held: { state: State; lock: Lock; started: number }, options: ApplyOptions): Promise<ApplyResult> {
  const { state, lock } = held;
  const record = await beginRecord(kube, plan, { state, secrets: plan.secrets, keep: options.keep, version: options.version });
  const signal = AbortSignal.any([options.signal, lock.lost]);
  const answers = new Map<string, Answer>();
  const monitor = openMonitor(kube, plan.platform, options.monitor);
  const settle = (planned: PlannedChange, object: KubeObject): void => { answers.set(keyOf(planned.change.ref), { planned, object }); };
  for (const { planned, object } of newsOf(plan, state)) settle(planned, object);
  const inventory = (): Map<string, InventoryEntry> => inventoryOf(answers.values(), { plan, state, record });
  const apply: ApplyWorld = { kube, monitor, signal, secrets: plan.secrets, wait: options.wait, timeoutSeconds: options.timeoutSeconds, onEvent: options.onEvent, onWritten: settle, checkLock: () => { lock.check(); } };
  const outcomes = new Map<string, ComponentResult>();
  let writesLeft = plan.changes.filter(({ change }) => isWrite(change.action)).length;
  let appliedAt = held.started;
  let waiting: NodeJS.Timeout | undefined;
  apply.onEvent = (event) => {
    options.onEvent(event);
    if (!isWritten(event)) return;
    appliedAt = performance.now();
    if (--writesLeft === 0 && options.wait) waiting = setTimeout(() => void giveWay(lock, record), giveWayAfter);
  };
  try {
    const blocked = await applyPrerequisites(plan, apply);
    if (blocked.length > 0) for (const component of plan.components) outcomes.set(component.name, skipped(component.name, blocked.join('; ')));
    else await applyGraph(plan, apply, outcomes);
    const retained = retainedClaims(plan, state);
    const removed = signal.aborted || blocked.length > 0 ? { failures: [], gone: [] } : await removeAll(plan, { ...apply, timeoutSeconds: options.timeoutSeconds ?? 300 });
    const kept = inventory();
    for (const ref of removed.gone) kept.delete(keyOf(ref));
    return await conclude(plan, { record, outcomes, inventory: kept, retained, failures: removed.failures, started: held.started, appliedAt });
  } catch (error) {
    if (!signal.aborted) await record.finish({ done: doneOf(outcomes.values()), phase: 'failed', inventory: unionWith(inventory(), plan), retained: state.retained, message: error instanceof Error ? error.message : String(error) }).catch(() => undefined);
    if (lock.lost.aborted) throw lock.lost.reason;
    if (options.signal.aborted) return await conclude(plan, { record, outcomes, inventory: unionWith(inventory(), plan), retained: state.retained, failures: [], started: held.started, appliedAt, interrupted: true });
    throw error;
  } finally {
    clearTimeout(waiting);
    monitor.stop();
  }
}

/** Milliseconds of mere waiting after which the record says so: most applies are healthy before. */
const giveWayAfter = 1000;

/** Only health is left to wait for: from now on a newer apply may take over. */
async function giveWay(lock: Lock, record: Record): Promise<void> {
  // Losing the lock meanwhile is told by the lock itself.
  await Promise.all([lock.waiting(), record.waiting()]).catch(() => undefined);
}

const isWritten = (event: ApplyEvent): boolean => event.type === 'object' && (event.phase === 'written' || (event.action === 'run' && event.phase === 'healthy'));

/** The server's answer to a write, or an object that is as it should be although the record says otherwise. */
interface Answer {
  planned: PlannedChange;
  object: KubeObject;
}

/** Unchanged objects whose recorded digests are not those the plan saw. */
function newsOf(plan: Plan, state: State): Answer[] {
  return plan.changes.flatMap((planned) => {
    const { change, live, send } = planned;
    const entry = state.inventory.get(keyOf(change.ref));
    const isNews = change.action === 'unchanged' && (entry?.desired !== change.desired || entry?.live !== change.pin.digest);
    return live && send && isNews ? [{ planned, object: live }] : [];
  });
}

/**
 * The record as it is after the answers, without what is neither declared nor there any more. Digests are taken here and
 * not between the writes, which they would hold up.
 */
function inventoryOf(answers: Iterable<Answer>, { plan, state, record: { key } }: { plan: Plan; state: State; record: Record }): Map<string, InventoryEntry> {
  const planned = new Set(plan.changes.map(({ change }) => keyOf(change.ref)));
  const inventory = new Map([...state.inventory].filter(([name]) => planned.has(name)));
  for (const answer of answers) {
    const digests = { desired: desiredDigest(answer.planned.send ?? answer.object, plan.secrets, key), live: liveDigest(answer.object, ownedFields(answer.object), key) };
    inventory.set(keyOf(answer.planned.change.ref), inventoryEntry(answer.planned, answer.object, digests));
  }
  return inventory;
}

/** Objects that a broken-off apply may have made stay in the record: the next one finds and prunes them. */
function unionWith(inventory: Map<string, InventoryEntry>, plan: Plan): Map<string, InventoryEntry> {
  const union = new Map(inventory);
  for (const { change } of plan.changes) {
    const key = keyOf(change.ref);
    if (isWrite(change.action) && change.action !== 'run' && !union.has(key)) union.set(key, { ref: change.ref, component: change.component, uid: '', desired: '', live: '' });
  }
  return union;
}

const isPrerequisite = ({ change }: PlannedChange): boolean =>
  (change.ref.kind === 'Namespace' || change.ref.kind === 'CustomResourceDefinition') && isWrite(change.action) && change.action !== 'delete' && change.action !== 'run';

/** Namespaces, then CRDs, over all components: what follows may live in them or be of their kinds. */
async function applyPrerequisites(plan: Plan, world: ApplyWorld): Promise<string[]> {
  const changes = plan.changes.filter(isPrerequisite);
  for (const kind of ['Namespace', 'CustomResourceDefinition']) {
    const some = changes.filter(({ change }) => change.ref.kind === kind);
    if (some.length === 0) continue;
    const failures = await writeAll(some, world, world.timeoutSeconds ?? 60);
    if (failures.length > 0) return failures;
    if (kind === 'Namespace') continue;
    const { outcome, unhealthy } = await world.monitor.waitFor(some.map(({ change }) => change.ref), { timeoutSeconds: world.timeoutSeconds ?? 60, signal: world.signal, onHealth: () => undefined });
    if (outcome !== 'healthy') return unhealthy.map(({ ref, health }) => `${formatRef(ref)}: ${health.reason}`);
    await world.kube.refreshDiscovery();
    // An established CRD may still be missing from what the server says it serves.
    await Promise.all(some.flatMap(({ send }) => (send ? servedKinds(send) : [])).map(({ apiVersion, kind }) => world.kube.waitForKind(apiVersion, kind, { signal: world.signal })));
  }
  return [];
}

const isDone = ({ phase }: ComponentResult): boolean => phase === 'healthy' || phase === 'unchanged';

function doneOf(results: Iterable<ComponentResult>): Set<string> {
  return new Set([...results].filter(isDone).map(({ name }) => name));
}

/** Every component starts as soon as those it stands on are healthy; a failure stops its dependants only. */
async function applyGraph(plan: Plan, world: ApplyWorld, results: Map<string, ComponentResult>): Promise<void> {
  const running = new Map<string, Promise<ComponentResult>>();
  const start = (component: DesiredComponent): Promise<ComponentResult> => {
    const known = running.get(component.name);
    if (known) return known;
    const promise = (async () => {
      const needed = await Promise.all(plan.components.filter(({ name }) => component.after.includes(name)).map(start));
      const broken = needed.find((one) => !isDone(one));
      const result = broken ? skipped(component.name, `${broken.name} is not healthy`) : await timed(component, plan, world);
      world.onEvent({ type: 'component', component: component.name, phase: result.phase, ...(result.reason ? { reason: result.reason } : {}) });
      results.set(component.name, result);
      return result;
    })();
    running.set(component.name, promise);
    return promise;
  };
  await Promise.all(plan.components.map(start));
}

async function timed(component: DesiredComponent, plan: Plan, world: ApplyWorld): Promise<ComponentResult> {
  const changes = plan.changes.filter((planned) => planned.change.component === component.name && !isPrerequisite(planned));
  const started = performance.now();
  const outcome: ComponentOutcome = await applyComponent(component, changes, world);
  return { name: component.name, ...outcome, seconds: (performance.now() - started) / 1000, objects: changes.length };
}

function skipped(name: string, reason: string): ComponentResult {
  return { name, phase: 'skipped', reason, seconds: 0, objects: 0 };
}

/** Claims that are kept although nobody declares them: remembered, so that a later apply can find or delete them. */
function retainedClaims(plan: Plan, state: State): ObjectRef[] {
  const kept = plan.changes.filter(({ change }) => change.action === 'keep' && isClaim(change.ref)).map(({ change }) => change.ref);
  const settled = new Set(plan.changes.filter(({ change }) => change.action !== 'keep').map(({ change }) => keyOf(change.ref)));
  const all = new Map([...state.retained, ...kept].map((ref) => [keyOf(ref), ref]));
  return [...all].filter(([key]) => !settled.has(key)).map(([, ref]) => ref);
}

interface Ending {
  record: Record;
  outcomes: Map<string, ComponentResult>;
  inventory: Map<string, InventoryEntry>;
  retained: ObjectRef[];
  failures: string[];
  started: number;
  appliedAt: number;
  interrupted?: boolean;
}

async function conclude(plan: Plan, ending: Ending): Promise<ApplyResult> {
  const { record, outcomes, failures } = ending;
  const components = plan.components.map(({ name }) => outcomes.get(name) ?? skipped(name, 'interrupted'));
  const outcome = ending.interrupted ? 'interrupted' : judge(components, failures);
  const reasons = [...components.filter(({ phase }) => phase === 'failed' || phase === 'timeout').map(({ name, reason }) => `${name}: ${reason ?? ''}`), ...failures];
  const hasSucceeded = outcome === 'succeeded';
  await record.finish({
    done: doneOf(components),
    phase: hasSucceeded ? 'succeeded' : 'failed',
    inventory: hasSucceeded ? ending.inventory : unionWith(ending.inventory, plan),
    retained: ending.retained,
    ...(hasSucceeded ? {} : { message: ending.interrupted ? 'interrupted' : reasons.join('; ') }),
  });
  const now = performance.now();
  return {
    platform: plan.platform,
    generation: record.generation.number,
    outcome,
    components,
    counts: countChanges(plan.changes.map(({ change }) => change)),
    diagnostics: failures.map((reason) => diagnose('removal-failed', { reason })),
    seconds: { apply: (ending.appliedAt - ending.started) / 1000, wait: (now - ending.appliedAt) / 1000 },
  };
}

function judge(components: readonly ComponentResult[], failures: readonly string[]): ApplyResult['outcome'] {
  if (failures.length > 0 || components.some(({ phase }) => phase === 'failed')) return 'failed';
  if (components.some(({ phase }) => phase === 'timeout')) return 'timeout';
  return components.some(({ phase }) => phase === 'skipped') ? 'failed' : 'succeeded';
}

/** Nothing to write, so nothing is written and no lock is taken; the platform's health is still looked at. */
async function finishUnchanged(kube: Kube, plan: Plan, state: State, options: ApplyOptions & { started: number }): Promise<ApplyResult> {
  const monitor = openMonitor(kube, plan.platform, options.monitor);
  const results = new Map<string, ComponentResult>();
  const world: ApplyWorld = { kube, monitor, signal: options.signal, secrets: plan.secrets, wait: options.wait, timeoutSeconds: options.timeoutSeconds, onEvent: options.onEvent, onWritten: () => undefined, checkLock: () => undefined };
  try {
    await applyGraph(plan, world, results);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    monitor.stop();
  }
  const components = plan.components.map(({ name }) => results.get(name) ?? skipped(name, 'interrupted'));
  const outcome = options.signal.aborted ? 'interrupted' : judge(components, []);
  return {
    platform: plan.platform,
    generation: outcome === 'succeeded' && state.last?.phase === 'failed' ? await recordSuccess(kube, plan, state, options) : null,
    outcome,
    components,
    counts: countChanges(plan.changes.map(({ change }) => change)),
    diagnostics: [],
    seconds: { apply: 0, wait: (performance.now() - options.started) / 1000 },
  };
}

/** What the last apply gave up on has come to health by itself: without a generation that succeeded, the platform would be told as failed for ever. */
async function recordSuccess(kube: Kube, plan: Plan, state: State, options: ApplyOptions): Promise<number> {
  const lock = await takeLock(kube, { platform: plan.platform, namespace: state.namespace }, options.signal);
  try {
    const record = await beginRecord(kube, plan, { state, secrets: plan.secrets, keep: options.keep, version: options.version });
    await record.finish({ done: new Set(), phase: 'succeeded', inventory: inventoryOf(newsOf(plan, state), { plan, state, record }), retained: retainedClaims(plan, state) });
    return record.generation.number;
  } finally {
    await lock.release();
  }
}

async function ensureNamespace(kube: Kube, name: string): Promise<void> {
  if (await kube.get({ apiVersion: 'v1', kind: 'Namespace', name })) return;
  try {
    await kube.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'mostik' } } });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
