import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { plural } from '../lib/plural.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Budget, type Change, type DesiredComponent, type KubeObject, type PlannedChange } from '../model/index.js';
import { isClaim } from './claims.js';

/** What the budget is held against. */
export interface BudgetedPlan {
  budget: Budget;
  changes: readonly PlannedChange[];
  /** Components as declared, and those of the last generation that go. */
  components: readonly Pick<DesiredComponent, 'name' | 'data'>[];
  /** Objects (`Kind/namespace/name`) and components that may exceed it, each named by the user. */
  allowed: readonly string[];
}

/** One thing that a limit of the budget is about, under the name by which it is allowed. */
interface Spent {
  name: string;
  /** In words, where the name does not say it. */
  detail?: string;
}

/** Holds a plan against the platform's change budget: what exceeds it is listed, and let through by naming it, no more than that. */
export function checkBudget(plan: BudgetedPlan): Diagnostic[] {
  const { budget, allowed } = plan;
  const spent = spending(plan);
  const rules: [keyof Budget, number, Spent[]][] = [
    ['deleteClaims', never(budget.deleteClaims), spent.claims],
    ['deleteNamespaces', never(budget.deleteNamespaces), spent.namespaces],
    ['replaceData', never(budget.replaceData), spent.replaced],
    ['dropCrdVersions', never(budget.dropCrdVersions), spent.dropped],
    ['deletions', budget.deletions ?? Infinity, spent.deleted],
    ['restarts', budget.restarts ?? Infinity, spent.restarted],
  ];
  const exceeded = rules.flatMap(([rule, limit, all]) => {
    const over = all.filter(({ name }) => !allowed.includes(name));
    return over.length > limit ? [refusal(rule, limit, over)] : [];
  });
  const names = new Set(Object.values(spent).flat().map(({ name }) => name));
  const unused = allowed.filter((name) => !names.has(name));
  return [...exceeded, ...unused.map((name) => diagnose('allowance-unused', { name }))];
}

function never(rule: 'never' | 'allowed' | undefined): number {
  return rule === 'never' ? 0 : Infinity;
}

function spending({ changes, components }: BudgetedPlan): Record<'claims' | 'namespaces' | 'deleted' | 'replaced' | 'dropped' | 'restarted', Spent[]> {
  const holdsData = new Set(components.filter(({ data }) => data).map(({ name }) => name));
  const deleted = changes.filter(({ change }) => change.action === 'delete');
  const of = (list: readonly PlannedChange[], keep: (change: Change) => boolean): Spent[] => list.filter(({ change }) => keep(change)).map(({ change }) => ({ name: formatRef(change.ref) }));
  return {
    claims: of(deleted, ({ ref }) => isClaim(ref)),
    namespaces: of(deleted, ({ ref }) => ref.kind === 'Namespace' && ref.apiVersion === 'v1'),
    deleted: of(deleted, () => true),
    replaced: of(changes, ({ action, component }) => action === 'replace' && holdsData.has(component)),
    dropped: changes.flatMap(droppedVersions),
    restarted: restartedComponents(changes),
  };
}

/** Versions of a custom resource definition that nobody could read any more. */
function droppedVersions({ change, live, rendered }: PlannedChange): Spent[] {
  if (change.ref.kind !== 'CustomResourceDefinition' || !live) return [];
  const name = formatRef(change.ref);
  if (change.action === 'delete') return [{ name, detail: 'goes with all its versions' }];
  if (!rendered || change.action === 'unchanged' || change.action === 'keep') return [];
  const stays = servedVersions(rendered.object);
  const lost = [...servedVersions(live)].filter((version) => !stays.has(version));
  return lost.length === 0 ? [] : [{ name, detail: `loses ${lost.join(', ')}` }];
}

function servedVersions(crd: KubeObject): Set<string> {
  const served = asList(valueAt(crd, 'spec', 'versions')).filter((version) => valueAt(version, 'served') !== false);
  return new Set(served.map((version) => asString(asDict(version)['name']) ?? ''));
}

function restartedComponents(changes: readonly PlannedChange[]): Spent[] {
  const restarting = changes.filter(({ change }) => change.restarts && change.action !== 'conflict');
  return [...new Set(restarting.map(({ change }) => change.component))].map((name) => ({ name }));
}

const verbs: Record<keyof Budget, (count: number) => string> = {
  deleteClaims: (count) => `${plural(count, 'claim')} would be deleted, with the data behind`,
  deleteNamespaces: (count) => `${plural(count, 'namespace')} would be deleted`,
  replaceData: (count) => `${plural(count, 'object')} of components that hold data would be deleted and made anew`,
  dropCrdVersions: (count) => `${plural(count, 'custom resource definition')} would lose versions`,
  deletions: (count) => `${plural(count, 'object')} would be deleted`,
  restarts: (count) => `${plural(count, 'component')} would be restarted`,
};

function refusal(rule: keyof Budget, limit: number, over: readonly Spent[]): Diagnostic {
  const list = over.map(({ name, detail }) => (detail === undefined ? name : `${name} (${detail})`)).join(', ');
  const params = {
    rule,
    what: verbs[rule](over.length),
    limit: limit === 0 ? 'none may be' : `at most ${limit} may be`,
    list,
    allow: over.slice(0, limit === 0 ? over.length : over.length - limit).map(({ name }) => `--allow=${name}`).join(' '),
  };
  return diagnose('budget-exceeded', params);
}
