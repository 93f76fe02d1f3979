import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { asDict, asList, asNumber, asString, isDict } from '../lib/read-unknown.js';
import { countChanges, formatRef, keyOf, type Change, type Counts, type Plan } from '../model/index.js';

/** Inputs of a plan: enough to run the pure stages again. Files by digest; never a secret value. */
export interface PlanInputs {
  dir: string;
  profiles: string[];
  overlays: string[];
  sets: string[];
  /** Path below the root to SHA-256. */
  files: Record<string, string>;
  /** Flags the plan was made with. */
  flags: { deleteClaims: string[]; deleteCrds: string[]; takeOver: string[]; replace: string[]; allow: string[]; takePlatform: boolean; start?: boolean };
}

/** The published form of a plan: what `plan -o json` prints and `plan --out` saves. */
export interface PlanJson {
  version: 1;
  tool: 'mostik';
  platform: string;
  kind: Plan['kind'];
  source: Plan['source'];
  profiles: string[];
  kubernetes: string;
  cluster: Plan['cluster'];
  base: Plan['base'];
  counts: Counts;
  changes: Change[];
  diagnostics: Diagnostic[];
  inputs?: PlanInputs;
}

/** Turns a plan into its published form: changes and pins, no objects. */
export function planJson(plan: Plan, inputs?: PlanInputs): PlanJson {
  const changes = plan.changes.map(({ change }) => change);
  return {
    version: 1,
    tool: 'mostik',
    platform: plan.platform,
    kind: plan.kind,
    source: plan.source,
    profiles: plan.profiles,
    kubernetes: plan.kubernetes,
    cluster: plan.cluster,
    base: plan.base,
    counts: countChanges(changes),
    changes,
    diagnostics: plan.diagnostics,
    ...(inputs ? { inputs } : {}),
  };
}

/** Reads a saved plan; what is not one is a Diagnostic that says what is missing. */
export function parsePlanJson(text: string, file: string): PlanJson & { inputs: PlanInputs } {
  const invalid = (problem: string): MostikError => new MostikError([diagnose('plan-file-invalid', { file, problem }, { file })]);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  const map = asDict(data);
  if (map['tool'] !== 'mostik' || asNumber(map['version']) !== 1) throw invalid(`version is ${String(map['version'])}, expected 1`);
  if (asString(map['platform']) === undefined || !Array.isArray(map['changes']) || !isDict(map['cluster']) || !isDict(map['base'])) throw invalid('platform, cluster, base or changes is missing');
  const inputs = asDict(map['inputs']);
  if (asString(inputs['dir']) === undefined || !isDict(inputs['files']) || !isDict(inputs['flags'])) throw invalid('it has no inputs; it was printed with -o json, not saved with --out');
  if (asList(map['changes']).some((change) => !isDict(asDict(change)['ref']) || !isDict(asDict(change)['pin']))) throw invalid('a change has no ref or pin');
  return data as PlanJson & { inputs: PlanInputs };
}

/** Refuses (exit 6) when a plan made just now differs in what matters from the one that was approved. */
export function verifyPlan(saved: PlanJson, fresh: PlanJson): void {
  const problems = staleReasons(saved, fresh);
  if (problems.length > 0) throw new MostikError(problems.slice(0, 20).map((what) => diagnose('plan-stale', { what })));
}

function staleReasons(saved: PlanJson, fresh: PlanJson): string[] {
  if (saved.cluster.id !== fresh.cluster.id) return [`it was made for another cluster (${saved.cluster.server})`];
  const problems: string[] = [];
  for (const [path, digest] of Object.entries(saved.inputs?.files ?? {})) {
    const now = fresh.inputs?.files[path];
    if (now !== digest) problems.push(now === undefined ? `${path} is gone` : `${path} has changed`);
  }
  for (const path of Object.keys(fresh.inputs?.files ?? {})) if (!(path in (saved.inputs?.files ?? {}))) problems.push(`${path} is new`);
  if (saved.base.generation !== fresh.base.generation) problems.push(`generation ${fresh.base.generation} was applied after it was made from generation ${saved.base.generation}`);
  const before = new Map(saved.changes.map((change) => [changeKey(change), change]));
  const after = new Map(fresh.changes.map((change) => [changeKey(change), change]));
  for (const [key, change] of before) {
    const now = after.get(key);
    if (!now) problems.push(`${formatRef(change.ref)} is no longer in the plan`);
    else if (now.action !== change.action) problems.push(`${formatRef(change.ref)}: ${change.action} has become ${now.action}`);
    else if (now.desired !== change.desired) problems.push(`${formatRef(change.ref)}: what it should be has changed`);
    else if (canonicalJson(now.pin) !== canonicalJson(change.pin)) problems.push(`${formatRef(change.ref)}: the live object has changed in fields that Mostik sets or owns`);
  }
  for (const [key, change] of after) if (!before.has(key)) problems.push(`${formatRef(change.ref)} is new in the plan`);
  return problems;
}

function changeKey({ ref, hook, component }: Change): string {
  return `${component}|${keyOf(ref)}|${hook?.event ?? ''}`;
}
