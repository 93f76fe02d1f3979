import { refusals, type MonitorOptions } from '../apply/index.js';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { defaultNodes, nodeNames } from '../cluster/index.js';
import type { Kube } from '../kube/index.js';
import { ownVersion } from '../lib/version.js';
import { formatRef, keyOf, type ApplyEvent, type ApplyResult, type Desired, type NodeSpec, type Plan, type ResolvedPlatform } from '../model/index.js';
import type { ClusterProgress, TargetOptions } from '../operate/index.js';
import { applyPlan, planDesired, readPlatform, renderAndCheck, type Inputs, type Planned } from '../pipeline.js';
import type { PlanFlags } from '../plan/index.js';
import { untilScaled } from './autoscalers.js';
import { readBase, settle, stageBase, type BaseState } from './base.js';
import { essenceOf } from './essence.js';
import { checkFaults, checkNodes, faultsText, plantFaults, type FaultPlan, type Faults } from './faults.js';
import { readLiveCluster, type LiveCopy } from './live/index.js';
import { distinct, notExercised } from './not-exercised.js';
import { observe, type Observer } from './observe.js';
import { makeReport } from './report.js';
import type { NotExercised, Rehearsal, RehearsalBase } from './schema.js';
import { openStage, type OpenedStage, type Stage } from './stage.js';
import { stagedKube } from './staged-kube.js';
import { standInTables, type StandInTables } from './stand-in-tables.js';
import { stageSurroundings } from './surroundings.js';
import { readTarget, type LiveTarget, type TargetReading } from './target.js';

/** What a rehearsal tells on its way. */
export interface RehearseListener {
  onCluster?(event: ClusterProgress): void;
  onStep?(text: string): void;
  onPlan?(plan: Plan): void;
  onEvent?(event: ApplyEvent): void;
}

/** How a rehearsal is to be done. */
export interface RehearseOptions extends TargetOptions, RehearseListener {
  flags: PlanFlags;
  /** `nothing`, a generation of the cluster, or a profile; the cluster's current generation by default. */
  from?: string | undefined;
  /** Copy the live cluster's nodes, rules and objects. */
  fromLive: boolean;
  timeoutSeconds?: number | undefined;
  faults: Faults;
  /** Leave the cluster for a look. */
  keep: boolean;
  signal: AbortSignal;
}

/** A finished rehearsal; the cluster when it was kept. */
export interface RehearsalResult {
  report: Rehearsal;
  kept?: string;
}

/** Longest wait for a component: simulated pods are quick. */
const timeoutByDefault = 60;
/** All that can happen on simulated nodes happens at once: after so many seconds without a move, what is stuck stays so. */
const patienceSeconds = 3;

/**
 * Carries a change out on a throw-away cluster, exactly as `apply` would, and reports how it went. The real cluster is
 * only read, `.env` is not written, no real secret value leaves this process.
 */
export async function rehearse(inputs: Inputs, options: RehearseOptions): Promise<RehearsalResult> {
  const started = performance.now();
  const platform = await readPlatform(inputs, engineProgress(options));
  checkFaults(options.faults, platform);
  // With the declared nodes the cluster can start while the rest is read and rendered.
  let stage = options.fromLive ? undefined : open(platform, options);
  let reading: TargetReading | undefined;
  try {
    if (!options.fromLive) checkNodes(options.faults, nodeNames(declaredNodes(platform)));
    const [target, rendered] = await Promise.all([readTarget(platform, { ...options, needed: options.fromLive || /^\d+$/.test(options.from ?? '') }), renderAndCheck(platform, engineProgress(options))]);
    reading = target;
    const live = options.fromLive && target.target ? await readLiveCluster(target.target, platform) : undefined;
    if (live) checkNodes(options.faults, live.nodes.map(({ name }) => name));
    stage ??= open({ ...platform, cluster: { ...platform.cluster, nodes: live?.nodes ?? declaredNodes(platform) } }, options);
    const world = await setUp({ inputs, platform, ...rendered, target, live }, options);
    const ready = await stage.ready;
    const report = await perform({ ...world, stage: ready, started }, options);
    return { report, ...(options.keep && !options.signal.aborted ? { kept: ready.record.name } : {}) };
  } finally {
    reading?.target?.close();
    await stage?.close();
  }
}

function declaredNodes({ cluster }: Pick<ResolvedPlatform, 'cluster'>): NodeSpec[] {
  return cluster.nodes.length > 0 ? cluster.nodes : defaultNodes;
}

function open({ cluster, kubernetes }: Pick<ResolvedPlatform, 'cluster' | 'kubernetes'>, { keep, onCluster, signal }: RehearseOptions): OpenedStage {
  return openStage({ nodes: cluster.nodes, kubernetes, keep, onProgress: onCluster, signal });
}

function engineProgress({ onCluster, signal }: RehearseOptions): { onProgress?: (event: ClusterProgress) => void; signal: AbortSignal } {
  return { ...(onCluster ? { onProgress: onCluster } : {}), signal };
}

interface Prepared {
  platform: ResolvedPlatform;
  desired: Desired;
  findings: Diagnostic[];
  target: LiveTarget | undefined;
  live: LiveCopy | undefined;
  base: BaseState;
  tables: StandInTables;
  notes: NotExercised[];
}

/** Everything that can be made ready while the cluster starts. */
async function setUp(read: { inputs: Inputs; platform: ResolvedPlatform; desired: Desired; findings: Diagnostic[]; target: TargetReading; live: LiveCopy | undefined }, options: RehearseOptions): Promise<Prepared> {
  const { platform, desired, target } = read;
  // What starts from files alone is rendered from files alone.
  const isUponState = options.from === undefined || /^\d+$/.test(options.from);
  const tables = await standInTables(platform, desired, { state: isUponState ? target.target?.state : undefined, ...engineProgress(options) });
  const base = await readBase({ inputs: read.inputs, from: options.from, target: target.target, standIns: tables.before, ...engineProgress(options) });
  const notes = tables.missing.map((name) => ({ what: `secret ${name}`, why: 'it has no value here: an apply needs one in .env' }));
  if (target.target === undefined) notes.push({ what: 'the real cluster', why: `${target.why}: it was not looked at` });
  return { platform, desired, findings: read.findings, target: target.target, live: read.live, base, tables, notes };
}

interface Performance extends Prepared {
  stage: Stage;
  started: number;
}

async function perform(world: Performance, options: RehearseOptions): Promise<Rehearsal> {
  const { platform, desired, stage, live } = world;
  const staged = world.tables.desired;
  const kube = stagedKube(stage.kube);
  const objects = [...(world.base.desired?.objects ?? []), ...desired.objects];
  const monitor: MonitorOptions = { controllers: 'none', patienceSeconds };
  const timeoutSeconds = options.timeoutSeconds ?? timeoutByDefault;
  options.onStep?.('preparing what stands around the platform');
  const notes = [...world.notes];
  const warnings = live ? await live.stage(stage.kube, { standIns: world.tables.before, declared: world.base.desired?.objects ?? [], signal: options.signal }) : [];
  if (live) notes.push(...live.notExercised);
  notes.push(...(await stageSurroundings(stage.kube, { platform, objects, real: live ? undefined : world.target?.kube })));
  if (world.base.desired) options.onStep?.('staging the state before the change');
  const base: RehearsalBase = live ? await live.settle(kube, world.base, { timeoutSeconds, monitor, signal: options.signal }) : await stageBase(kube, world.base, { platform, timeoutSeconds, monitor, signal: options.signal });
  options.onStep?.('planning');
  const planned = await planDesired(staged, kube, { namespace: platform.state.namespace, flags: options.flags });
  options.onPlan?.(planned.plan);
  const { result, refused, events, observer } = await carryOut(planned, kube, { faults: options.faults, monitor, timeoutSeconds, options, keep: platform.state.keep });
  return makeReport({
    kube,
    platform,
    plan: planned.plan,
    before: world.base.desired?.objects ?? [],
    base,
    essence: essenceOf(desired, { kind: base.kind, generation: base.generation, cluster: base.cluster, profiles: base.profiles }, options.flags),
    nodes: live ? { from: 'live', names: live.nodes.map(({ name }) => name) } : { from: 'declared', names: nodeNames(declaredNodes(platform)) },
    findings: world.findings,
    warnings,
    refused,
    result,
    events,
    observer,
    faults: faultsText(options.faults),
    notExercised: distinct([...notes, ...notExercised(objects, platform)]),
    masked: new Map([...world.tables.masked, ...(live?.values ?? [])]),
    started: world.started,
    interrupted: options.signal.aborted,
  });
}

/** Pods that autoscalers add belong to what the change asks for: a component whose added pods find no room is not ready. */
async function afterScaling(result: ApplyResult, kube: Kube, { planned, monitor, timeoutSeconds, options }: { planned: Planned; monitor: MonitorOptions; timeoutSeconds: number; options: RehearseOptions }): Promise<ApplyResult> {
  const desired = { name: planned.plan.platform, objects: planned.plan.declared, components: planned.plan.components };
  if (result.outcome !== 'succeeded' || !(await untilScaled(kube, desired, options.signal))) return result;
  const unready = await settle(kube, desired, { timeoutSeconds, monitor, signal: options.signal });
  if (unready.length === 0) return result;
  const componentOf = new Map(desired.objects.map(({ ref, component }) => [keyOf(ref), component]));
  const reasons = new Map(unready.map(({ ref, reason }) => [componentOf.get(keyOf(ref)), `${formatRef(ref)}: ${reason}`]));
  return { ...result, outcome: 'failed', components: result.components.map((component) => (reasons.has(component.name) ? { ...component, phase: 'failed', reason: reasons.get(component.name) ?? '' } : component)) };
}

interface CarriedOut {
  /** Undefined when the plan was refused: then nothing was written. */
  result: ApplyResult | undefined;
  refused: Diagnostic[];
  events: ApplyEvent[];
  observer: Observer;
}

/** Applies the plan under the eyes of an observer, faults coming when the first workload is written. */
async function carryOut(planned: Planned, kube: Kube, how: { faults: Faults; monitor: MonitorOptions; timeoutSeconds: number; keep: number; options: RehearseOptions }): Promise<CarriedOut> {
  const { options, monitor, timeoutSeconds, keep } = how;
  const refused = refusals(planned.plan);
  const observer = await observe(kube);
  const events: ApplyEvent[] = [];
  if (refused.length > 0) return { result: undefined, refused, events, observer };
  const faults: FaultPlan = await plantFaults(kube, how.faults, planned.plan.declared);
  const onEvent = (event: ApplyEvent): void => {
    events.push(event);
    faults.onEvent(event);
    options.onEvent?.(event);
  };
  try {
    const result = await applyPlan(planned, kube, { wait: true, timeoutSeconds, monitor, keep, version: ownVersion(), onEvent, signal: options.signal });
    if (options.signal.aborted) return { result, refused, events, observer };
    await faults.settle();
    return { result: await afterScaling(result, kube, { planned, ...how }), refused, events, observer };
  } catch (error) {
    if (error instanceof MostikError) return { result: undefined, refused: error.diagnostics, events, observer };
    if (options.signal.aborted) throw new MostikError([diagnose('interrupted', { where: 'mostik rehearse' })]);
    throw error;
  }
}
