import { healthOf, isPodOf, whyNotReady, type NotReady, type ObjectHealth } from '../apply/index.js';
import type { Diagnostic } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { groupBy } from '../lib/group-by.js';
import { ownVersion } from '../lib/version.js';
import { countChanges, formatRef, keyOf, labels, maskText, refOf, type ApplyEvent, type ApplyResult, type Change, type KubeObject, type Plan, type RenderedObject, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import type { Observed, Observer } from './observe.js';
import { findProblems, isRefusal } from './problems.js';
import type { Essence, NotExercised, Rehearsal, RehearsalBase } from './schema.js';

/** Everything that was seen of a rehearsal. */
export interface Findings {
  kube: Kube;
  platform: ResolvedPlatform;
  plan: Plan;
  /** What was declared before the change. */
  before: readonly RenderedObject[];
  base: RehearsalBase;
  essence: Essence;
  nodes: Rehearsal['nodes'];
  findings: readonly Diagnostic[];
  warnings: readonly Diagnostic[];
  refused: readonly Diagnostic[];
  result: ApplyResult | undefined;
  events: readonly ApplyEvent[];
  observer: Observer;
  faults: string[];
  notExercised: NotExercised[];
  masked: SecretTable;
  started: number;
  interrupted: boolean;
}

/** Puts the report together. Texts of the cluster are searched for secret values once more: none may leave. */
export async function makeReport(found: Findings): Promise<Rehearsal> {
  const { platform, plan, result, base } = found;
  const observed = await found.observer.end();
  const isTold = result !== undefined && (result.outcome !== 'succeeded' || found.faults.length > 0) && !found.interrupted;
  const notReady = isTold ? await chains(found, result) : [];
  const problems = findProblems({ ...found, notReady });
  const changes = plan.changes.map(({ change }) => change);
  const isWarning = ({ severity }: Diagnostic): boolean => severity === 'warning';
  const report: Rehearsal = {
    version: 1,
    tool: 'mostik',
    toolVersion: ownVersion(),
    platform: platform.name,
    profiles: platform.profiles,
    kubernetes: platform.kubernetes,
    outcome: found.interrupted ? 'interrupted' : problems.length > 0 ? 'failed' : 'well',
    base,
    essence: found.essence,
    nodes: found.nodes,
    counts: countChanges(changes),
    problems,
    notReady,
    waves: waves(plan, found),
    replacements: changes.filter(({ action }) => action === 'replace').map(({ ref, component, reason }) => ({ object: formatRef(ref), component, reason: reason ?? '' })),
    restarts: result ? changes.filter(({ restarts }) => restarts).map(({ ref, component }) => ({ object: formatRef(ref), component })) : [],
    ...(result ? disruption(observed, [...found.before, ...plan.declared], plan) : { pods: [], services: [], budgets: [] }),
    faults: found.faults,
    warnings: [...found.findings.filter(isWarning), ...plan.diagnostics.filter(isWarning), ...found.warnings].map((warning) => ({ ...warning })),
    notExercised: found.notExercised,
    seconds: Math.round((performance.now() - found.started) / 100) / 10,
  };
  return masked(report, found.masked);
}

/** Reads the platform as it is at the end, and finds the causes of what is not ready. */
async function chains({ kube, plan, events }: Findings, result: ApplyResult): Promise<NotReady[]> {
  const failed = new Map(events.flatMap((event) => (event.type === 'object' && event.phase === 'failed' && event.action !== 'run' && isRefusal(event, events) ? [[keyOf(event.ref), event.reason ?? '']] : [])));
  const declared = plan.declared.filter(({ hook }) => !hook);
  const kinds = new Map(declared.map(({ ref }) => [`${ref.apiVersion} ${ref.kind}`, ref]));
  const [pods, warnings, ...lists] = await Promise.all([
    kube.list('v1', 'Pod'),
    kube.list('v1', 'Event', { fieldSelector: 'type=Warning' }),
    ...[...kinds.values()].map(async (ref) => ((await kube.resourceFor(ref.apiVersion, ref.kind)) ? (await kube.list(ref.apiVersion, ref.kind, { labelSelector: `${labels.platform}=${plan.platform}` })).items : [])),
  ]);
  const live = new Map(lists.flat().map((object) => [keyOf(refOf(object)), object]));
  const looked = new Set(result.components.filter(({ phase }) => phase !== 'skipped').map(({ name }) => name));
  const healths = declared.filter(({ component }) => looked.has(component)).flatMap(({ component, ref }): ObjectHealth[] => {
    const reason = failed.get(keyOf(ref));
    if (reason !== undefined) return [{ component, ref, health: { status: 'failed', reason } }];
    const object = live.get(keyOf(ref));
    return object ? [{ component, ref, health: healthOf(object, 'none'), live: object }] : [];
  });
  const skipped = new Set(result.components.filter(({ phase }) => phase === 'skipped').map(({ name }) => name));
  // What a component could not write, it has not tried to make ready either: only the refusal is its cause.
  return whyNotReady({ components: plan.components, healths, pods: pods.items, events: warnings.items, skipped });
}

function waves(plan: Plan, { result, events }: Findings): Rehearsal['waves'] {
  const order = new Map<string, number>();
  for (const event of events) if (event.type === 'component' && !order.has(event.component)) order.set(event.component, order.size);
  const waveOf = new Map(plan.components.map(({ name, wave }) => [name, wave]));
  const changes = groupBy(plan.changes.map(({ change }) => change), ({ component }) => component);
  const leaving = Math.max(-1, ...waveOf.values()) + 1;
  const names = [...new Set([...waveOf.keys(), ...changes.keys()])].sort((a, b) => (order.get(a) ?? Infinity) - (order.get(b) ?? Infinity) || 0);
  const byWave = groupBy(names, (name) => waveOf.get(name) ?? leaving);
  return [...byWave].sort(([a], [b]) => a - b).map(([number, components]) => ({
    number,
    components: components.map((name) => {
      const ended = result?.components.find((component) => component.name === name);
      const all = changes.get(name) ?? [];
      return { name, phase: ended?.phase ?? (result && !waveOf.has(name) ? 'healthy' : 'pending'), ...(ended?.reason === undefined ? {} : { reason: ended.reason }), changes: all.filter(({ action }) => action !== 'unchanged').map(changeJson), unchanged: all.filter(({ action }) => action === 'unchanged').length };
    }),
  }));
}

function changeJson({ action, ref, restarts, reason, fields }: Change): Rehearsal['waves'][number]['components'][number]['changes'][number] {
  return { action, object: formatRef(ref), restarts, ...(reason === undefined ? {} : { reason }), fields };
}

function turnover({ started, ended }: Observed, declared: readonly RenderedObject[]): Rehearsal['pods'] {
  const counts = new Map<string, { started: number; ended: number }>();
  const count = (pods: readonly KubeObject[], what: 'started' | 'ended'): void => {
    for (const pod of pods) {
      const component = declared.find(({ object }) => isPodOf(pod, object))?.component;
      if (component === undefined) continue;
      const known = counts.get(component) ?? { started: 0, ended: 0 };
      counts.set(component, { ...known, [what]: known[what] + 1 });
    }
  };
  count(started, 'started');
  count(ended, 'ended');
  return [...counts].map(([component, numbers]) => ({ component, ...numbers })).sort((a, b) => (a.component < b.component ? -1 : 1));
}

/** Services that had endpoints and are still there, and budgets whose demand was met before and not during the change. */
function disruption(observed: Observed, declared: readonly RenderedObject[], plan: Plan): Pick<Rehearsal, 'pods' | 'services' | 'budgets'> {
  const { services, budgets } = observed;
  const components = new Map(declared.map(({ ref, component }) => [formatRef(ref), component]));
  const gone = new Set(plan.changes.filter(({ change }) => change.action === 'delete').map(({ change }) => formatRef(change.ref)));
  return {
    pods: turnover(observed, declared),
    services: [...services]
      .filter(([service, { before }]) => before > 0 && components.has(service) && !gone.has(service))
      .map(([service, count]) => ({ service, component: components.get(service) ?? '', ...count }))
      .sort((a, b) => (a.service < b.service ? -1 : 1)),
    budgets: [...budgets]
      .filter(([budget, { demanded, before, least }]) => least < demanded && before >= demanded && !gone.has(budget))
      .map(([budget, count]) => ({ budget, component: components.get(budget) ?? '', ...count })),
  };
}

/** Names stay; what the cluster or a check says in words is masked. */
function masked(report: Rehearsal, table: SecretTable): Rehearsal {
  const words = (text: string): string => maskText(text, table);
  return {
    ...report,
    base: { ...report.base, notes: report.base.notes.map(words) },
    problems: report.problems.map((problem) => ({ ...problem, message: words(problem.message), ...(problem.hint === undefined ? {} : { hint: words(problem.hint) }) })),
    notReady: report.notReady.map((entry) => ({ ...entry, sentence: words(entry.sentence), chain: entry.chain.map((cause) => ({ ...cause, text: words(cause.text) })) })),
    waves: report.waves.map((wave) => ({ ...wave, components: wave.components.map((component) => ({ ...component, ...(component.reason === undefined ? {} : { reason: words(component.reason) }) })) })),
    warnings: report.warnings.map((warning) => ({ ...warning, message: words(warning.message) })),
  };
}
