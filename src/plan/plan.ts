import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { formatRef, isWrite, keyOf, kindOfCrd, restore, type Desired, type Plan, type PlannedChange, type RenderedObject, type SecretTable } from '../model/index.js';
import { valueAt } from '../lib/read-unknown.js';
import { checkBudget } from './budget.js';
import { autoscaledWorkloads } from './hpa.js';
import { checkClaimSizes, checkStorageClasses } from './claims.js';
import { decide, type DecisionContext } from './decide.js';
import { hookChanges, hookMoment } from './hooks.js';
import { kindKey, readLive, type Live } from './live.js';
import { checkDatabaseVersions, checkPorts } from './preconditions.js';
import { pruneChanges, type DeleteFlags } from './prune.js';
import { readObjects, type State } from './state.js';
import { stoppedNotes } from './stopped.js';

/** What the user allowed by named flags. */
export interface PlanFlags extends DeleteFlags {
  /** Field managers whose fields may be taken over. */
  takeOver: readonly string[];
  /** Objects that may be deleted and made again: `Kind/namespace/name`. */
  replace: readonly string[];
  /** Objects (`Kind/namespace/name`) and components that may exceed the change budget. */
  allow: readonly string[];
  /** Leaves the change budget out: the way back after a failed apply must not be refused. */
  ignoreBudget?: boolean;
  /** Take a platform that another source applied. */
  takePlatform: boolean;
  /** Start what somebody stopped. */
  start?: boolean;
}

/** Flags that allow nothing. */
export const noFlags: PlanFlags = { deleteClaims: [], deleteCrds: [], takeOver: [], replace: [], allow: [], takePlatform: false };

/** Compares what should be with what is, and says exactly what an apply would do. Reads only; takes no lock. */
export async function makePlan(desired: Desired, world: { kube: Kube; state: State; kind?: Plan['kind'] }, flags: PlanFlags = noFlags): Promise<Plan> {
  const { kube, state, kind = 'apply' } = world;
  const isExternal = externalObjects(desired);
  const objects = desired.objects.filter((rendered) => !rendered.hook && !isExternal(rendered));
  const live = await readLive(kube, {
    platform: desired.name,
    desired: objects.map(({ ref }) => ref),
    recorded: [...state.inventory.values()].map(({ ref }) => ref),
  });
  const context = decisionContext(desired, { kube, state, live, objects }, flags);
  const changes = await Promise.all(objects.map((rendered) => decide(rendered, context)));
  const pruned = await pruneChanges({ kube, platform: desired.name, state, live, desired: new Set(desired.objects.map(({ ref }) => keyOf(ref))), flags });
  const all = [...changes, ...pruned];
  const hooks = [...plannedHooks(desired, all, { state, kind }), ...(await deleteHooks(kube, desired, state))];
  return {
    platform: desired.name,
    source: desired.source,
    profiles: desired.profiles,
    kubernetes: desired.kubernetes,
    cluster: { id: await kube.clusterId(), server: kube.server, version: (await kube.version()).gitVersion },
    kind,
    base: { generation: state.head?.generation ?? 0, profiles: state.last?.profiles ?? [] },
    components: desired.components,
    declared: desired.objects,
    ...(desired.budget ? { budget: desired.budget } : {}),
    secrets: desired.secrets,
    changes: [...all, ...hooks],
    diagnostics: [...desired.diagnostics, ...(await findings(all, { kube, live, desired, state }, flags))],
  };
}

/** Tells whether a plan would write anything. */
export function hasChanges(plan: Plan): boolean {
  return plan.changes.some(({ change }) => isWrite(change.action) || change.action === 'conflict');
}

function externalObjects(desired: Desired): (rendered: RenderedObject) => boolean {
  const external = new Set(desired.components.flatMap((component) => component.external));
  return ({ ref }) => external.has(`${ref.kind}/${ref.name}`);
}

function decisionContext(desired: Desired, world: { kube: Kube; state: State; live: Live; objects: RenderedObject[] }, flags: PlanFlags): DecisionContext {
  const old: [string, string][] = [...world.state.secrets].map(([name, value]) => [`previous/${name}`, value]);
  const masked: SecretTable = new Map([...old, ...desired.secrets]);
  return {
    kube: world.kube,
    platform: desired.name,
    live: world.live,
    state: world.state,
    secrets: desired.secrets,
    masked,
    autoscaled: autoscaledWorkloads(world.objects),
    takeOver: new Set(flags.takeOver),
    start: flags.start === true,
    waveOf: new Map(desired.components.map(({ name, wave }) => [name, wave])),
    changingKinds: changingKinds(world.objects, world.live),
  };
}

/** Kinds whose CRD is declared here and differs in its schema from the live one: their objects cannot be dry-run truly. */
function changingKinds(objects: readonly RenderedObject[], live: Live): Set<string> {
  const kinds = new Set<string>();
  for (const { ref, object } of objects) {
    if (ref.kind !== 'CustomResourceDefinition') continue;
    const current = live.objects.get(keyOf(ref));
    if (current && JSON.stringify(valueAt(current, 'spec', 'versions')) === JSON.stringify(valueAt(object, 'spec', 'versions'))) continue;
    kinds.add(kindOfCrd(object));
  }
  return kinds;
}

/** Hooks run only where their component changes, or did not all end well the last time; those of a component that goes come from the last generation. */
function plannedHooks(desired: Desired, changes: readonly PlannedChange[], { state, kind }: { state: State; kind: Plan['kind'] }): PlannedChange[] {
  const changed = new Set([...changes.filter(({ change }) => isWrite(change.action)).map(({ change }) => change.component), ...(state.last?.unfinishedHooks ?? [])]);
  const installed = new Set(state.succeeded?.components.map(({ name }) => name) ?? []);
  return desired.components.flatMap((component) => {
    if (!changed.has(component.name)) return [];
    const hooks = desired.objects.filter((rendered) => rendered.hook && rendered.component === component.name);
    return hookChanges(hooks, hookMoment(kind, installed.has(component.name)), component.wave);
  });
}

/** The delete hooks of components that go: they were stored with the last generation, for the files no longer have them. */
async function deleteHooks(kube: Kube, desired: Desired, state: State): Promise<PlannedChange[]> {
  const stays = new Set(desired.components.map(({ name }) => name));
  const hasHook = (state.last?.components ?? []).some(({ name }) => !stays.has(name));
  if (!state.last || !hasHook) return [];
  const stored = restore(await readObjects(kube, state.last, state.namespace), state.secrets);
  const hooks = stored.filter(({ component, hook }) => hook && !stays.has(component));
  return hookChanges(hooks, { before: 'pre-delete', after: 'post-delete' }, 0);
}

async function findings(changes: readonly PlannedChange[], world: { kube: Kube; live: Live; desired: Desired; state: State }, flags: PlanFlags): Promise<Diagnostic[]> {
  const created = changes.flatMap(({ change, rendered }) => (change.action === 'create' && rendered ? [rendered] : []));
  return [
    ...unknownKinds(changes, world),
    ...checkClaimSizes(changes, world.live.storageClasses),
    ...checkStorageClasses(created, world.live.storageClasses),
    ...checkReplacements(changes, flags),
    ...stoppedNotes(changes),
    ...checkBudget({ budget: flags.ignoreBudget ? {} : (world.desired.budget ?? {}), changes, components: [...world.desired.components, ...(world.state.last?.components ?? [])], allowed: flags.allow }),
    ...(await checkVersion(world.kube, world.desired)),
    ...checkDatabaseVersions(changes),
    ...(await checkPorts(world.kube, changes)),
    ...checkSource(world, flags),
  ];
}

function unknownKinds(changes: readonly PlannedChange[], { live, desired }: { live: Live; desired: Desired }): Diagnostic[] {
  const defined = new Set(desired.objects.filter(({ ref }) => ref.kind === 'CustomResourceDefinition').map(({ object }) => kindOfCrd(object)));
  return changes.flatMap(({ rendered }) => {
    if (!rendered || !live.unknownKinds.has(kindKey(rendered.ref)) || defined.has(kindKey(rendered.ref))) return [];
    return [diagnose('kind-not-served', { object: formatRef(rendered.ref), kind: rendered.ref.kind, apiVersion: rendered.ref.apiVersion }, rendered.at)];
  });
}

/** Charts were rendered for the declared version: on another one they might have chosen other APIs. */
async function checkVersion(kube: Kube, { name, kubernetes }: Desired): Promise<Diagnostic[]> {
  const { minor } = await kube.version();
  return minor === kubernetes ? [] : [diagnose('kubernetes-differs', { platform: name, declared: kubernetes, server: minor })];
}

/** A replacement takes the object away first: it is refused until named, except for Jobs, which are made to be run again. */
function checkReplacements(changes: readonly PlannedChange[], flags: PlanFlags): Diagnostic[] {
  return changes.flatMap(({ change }) => {
    if (change.action !== 'replace' || change.ref.kind === 'Job') return [];
    const name = formatRef(change.ref);
    return flags.replace.includes(name) ? [] : [diagnose('replacement-refused', { object: name, reason: change.reason ?? '' }, change.at)];
  });
}

function checkSource({ desired, state }: { desired: Desired; state: State }, flags: PlanFlags): Diagnostic[] {
  const before = state.head?.source;
  if (!before || flags.takePlatform) return [];
  const now = desired.source;
  const otherRemote = before.remote !== undefined && now.remote !== undefined && before.remote !== now.remote;
  if (!otherRemote && before.path === now.path) return [];
  const name = (source: typeof now): string => `${source.remote ?? 'a folder without a Git remote'} (${source.path})`;
  return [diagnose('platform-elsewhere', { platform: desired.name, before: name(before), now: name(now) })];
}
