import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative, resolve as resolvePath } from 'node:path';
import { applyPlan as carryOut, type ApplyOptions } from './apply/index.js';
import { check } from './check/index.js';
import { diagnose, MostikError, throwOnErrors, type Diagnostic } from './diagnostics/index.js';
import { ensureEngine, type Engine, type EngineEvent, type EngineOptions } from './engine/index.js';
import { gitSource } from './git/index.js';
import { controllerKeys, type Kube } from './kube/index.js';
import { load } from './load/index.js';
import { standIns, usedSecrets, type ApplyResult, type Desired, type Generation, type Plan, type ResolvedPlatform, type SecretTable } from './model/index.js';
import { desiredFromGeneration, emptyDesired, makePlan, noFlags, planJson, readGeneration, readState, verifyPlan, type PlanFlags, type PlanInputs, type PlanJson, type State } from './plan/index.js';
import { renderPlatform as render } from './render/index.js';
import { resolve } from './resolve/index.js';
import { readClusterKeys, readKeyFiles, resolveSecrets, saveGenerated, type Saving, type SecretPlaces } from './secrets/index.js';

/** What a user names on the command line: where the platform is and how it is varied. */
export interface Inputs {
  /** Folder of the platform file, or the file. */
  dir: string;
  /** Names of profiles, in order; none means the platform's default. */
  profiles: string[];
  /** Files of `-f`. */
  overlays: string[];
  /** `component.path=value` of `--set`. */
  sets: string[];
}

/** Options that every stage takes. */
export interface StageOptions {
  onProgress?: ((event: EngineEvent) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** How a plan is made. */
export interface PlanOptions extends StageOptions {
  flags?: PlanFlags;
  /** Files of private keys that open sealed secrets. */
  sealingKeys?: readonly string[] | undefined;
}

/** A plan with what it was made from: the state it compares with, and the secrets that an apply keeps. */
export interface Planned {
  plan: Plan;
  state: State;
  /** Secrets that were generated now and are not in `.env` yet. */
  generated: Saving;
}

/** Reads the platform file, its profiles, overlays and sets: one checked set of values, or every mistake at once. */
export async function readPlatform(inputs: Inputs, options: StageOptions = {}): Promise<ResolvedPlatform> {
  const loaded = await load({ dir: inputs.dir, overlays: inputs.overlays, sets: inputs.sets, ...options });
  const source = await gitSource(loaded.file);
  return resolve(loaded, { profiles: inputs.profiles, source });
}

/** Renders a platform and checks the result; stands-in for secrets unless real values are given. */
export async function renderPlatform(platform: ResolvedPlatform, options: StageOptions & { secrets?: SecretTable } = {}): Promise<Desired> {
  const { desired, findings } = await renderAndCheck(platform, options);
  return { ...desired, diagnostics: throwOnErrors([...desired.diagnostics, ...findings]) };
}

/** Renders a platform and tells apart what the checks found: errors among it stop nothing here, errors of the render do. */
export async function renderAndCheck(platform: ResolvedPlatform, options: StageOptions & { secrets?: SecretTable } = {}): Promise<{ desired: Desired; findings: Diagnostic[] }> {
  const { engine, desired } = await renderOnly(platform, options);
  const findings = await check(platform, desired, { engine, signal: options.signal });
  if (desired.diagnostics.some(({ severity }) => severity === 'error')) throw new MostikError([...desired.diagnostics, ...findings]);
  return { desired, findings };
}

/** Renders a platform, and looks at nothing else. */
export async function renderOnly(platform: ResolvedPlatform, options: StageOptions & { secrets?: SecretTable } = {}): Promise<{ engine: Engine; desired: Desired }> {
  const engine = await ensureEngine('render', engineOptions(options));
  const desired = await render(platform, { engine, secrets: options.secrets ?? standIns(platform), ...(options.signal ? { signal: options.signal } : {}) });
  return { engine, desired };
}

function engineOptions({ onProgress, signal }: StageOptions): EngineOptions {
  return { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) };
}

/** Where the secret values of a platform may be: its folder, and keys for what Git keeps sealed: those named, else the cluster's own. */
export function secretPlaces(platform: ResolvedPlatform, kube: Kube | undefined, { sealingKeys = [], signal }: PlanOptions): Omit<SecretPlaces, 'specs' | 'stored'> {
  const findKeys = kube && (async () => readClusterKeys(kube.context, await controllerKeys(kube, { signal })));
  return { dir: platform.dir, root: platform.root, keys: readKeyFiles(sealingKeys), ...(findKeys ? { findKeys } : {}) };
}

/** Makes the exact plan of a platform on a cluster: state, secrets, render, check, plan. */
export async function planPlatform(platform: ResolvedPlatform, kube: Kube, options: PlanOptions = {}): Promise<Planned> {
  const state = await readState(kube, platform.name, platform.state.namespace);
  const specs = usedSecrets(platform);
  const secrets = await resolveSecrets({ ...secretPlaces(platform, kube, options), specs, stored: state.secrets });
  const differing = secrets.differs.map((name) => diagnose('secret-differs', { secret: name }));
  throwOnErrors(secrets.diagnostics);
  const desired = await renderPlatform(platform, { ...options, secrets: secrets.table });
  const plan = await makePlan({ ...desired, diagnostics: [...secrets.diagnostics, ...differing, ...desired.diagnostics] }, { kube, state }, options.flags);
  const names = secrets.generated.filter((name) => name in platform.secrets || desired.secrets.has(name));
  return { plan, state, generated: { dir: platform.dir, table: secrets.table, names, specs } };
}

/** Plans what is given as it is: nothing is read from `.env`, nothing will be saved there. */
export async function planDesired(desired: Desired, kube: Kube, options: { namespace: string; flags?: PlanFlags }): Promise<Planned> {
  const state = await readState(kube, desired.name, options.namespace);
  return { plan: await makePlan(desired, { kube, state }, options.flags), state, generated: nothingGenerated };
}

/** Carries a plan out. Generated secrets are saved first: a value in the cluster must never be known nowhere else. */
export async function applyPlan(planned: Planned, kube: Kube, options: ApplyOptions): Promise<ApplyResult> {
  const { plan, state, generated } = planned;
  const saveSecrets = (): void => { saveGenerated(generated); };
  return carryOut(kube, plan, { state, saveSecrets }, options);
}

/** The inputs of a plan, files by digest: `apply plan.json` runs the pure stages again from these. */
export function planInputs(inputs: Inputs, platform: ResolvedPlatform, flags: PlanFlags): PlanInputs {
  const files: Record<string, string> = {};
  for (const file of platform.inputs) files[relative(platform.root, file)] = createHash('sha256').update(readFileSync(file)).digest('hex');
  const { deleteClaims, deleteCrds, takeOver, replace, allow, takePlatform, start } = flags;
  return {
    dir: resolvePath(inputs.dir),
    profiles: inputs.profiles,
    overlays: inputs.overlays.map((file) => resolvePath(file)),
    sets: inputs.sets,
    files,
    flags: { deleteClaims: [...deleteClaims], deleteCrds: [...deleteCrds], takeOver: [...takeOver], replace: [...replace], allow: [...allow], takePlatform, ...(start ? { start } : {}) },
  };
}

/** Makes the plan of a saved plan's inputs anew and refuses (exit 6) when either side has moved in what matters. */
export async function replan(saved: PlanJson & { inputs: PlanInputs }, kube: Kube, options: Omit<PlanOptions, 'flags'> = {}): Promise<{ planned: Planned; platform: ResolvedPlatform }> {
  const inputs: Inputs = { dir: saved.inputs.dir, profiles: saved.inputs.profiles, overlays: saved.inputs.overlays, sets: saved.inputs.sets };
  const platform = await readPlatform(inputs, options);
  const planned = await planPlatform(platform, kube, { ...options, flags: saved.inputs.flags });
  verifyPlan(saved, planJson(planned.plan, planInputs(inputs, platform, saved.inputs.flags)));
  return { planned, platform };
}

/** Plans the way back to an older generation, today's secret values in it; without a number, to the success before the last. */
export async function planRollback(kube: Kube, place: { platform: string; namespace: string }, options: { generation?: number | undefined; flags?: PlanFlags } = {}): Promise<Planned> {
  const state = await readState(kube, place.platform, place.namespace);
  const last = requireGeneration(state);
  const generation = options.generation === undefined ? await successBefore(kube, state, last) : await readGeneration(kube, place, options.generation);
  const desired = await desiredFromGeneration(kube, generation, state);
  const plan = await makePlan(desired, { kube, state, kind: 'rollback' }, { ...noFlags, ...options.flags, takePlatform: true });
  return { plan, state, generated: nothingGenerated };
}

/** Plans an empty platform: everything goes, but claims and what was there before. */
export async function planDestroy(kube: Kube, place: { platform: string; namespace: string }, options: { flags?: PlanFlags } = {}): Promise<Planned> {
  const state = await readState(kube, place.platform, place.namespace);
  const last = requireGeneration(state);
  const desired = emptyDesired(last);
  const plan = await makePlan(desired, { kube, state, kind: 'destroy' }, { ...noFlags, ...options.flags, takePlatform: true });
  return { plan, state, generated: nothingGenerated };
}

const nothingGenerated: Planned['generated'] = { dir: '', table: new Map(), names: [], specs: {} };

function requireGeneration(state: State): Generation {
  if (!state.last) throw new MostikError([diagnose('platform-not-applied', { platform: state.platform })]);
  return state.last;
}

/** The newest success before the last generation: where a rollback without a number goes. */
async function successBefore(kube: Kube, state: State, last: Generation): Promise<Generation> {
  for (let number = last.number - 1; number > 0; number--) {
    const generation = await readGeneration(kube, state, number).catch(() => undefined);
    if (!generation) break;
    if (generation.phase === 'succeeded') return generation;
  }
  throw new MostikError([diagnose('nothing-to-roll-back', { platform: state.platform })]);
}
