import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { labelTest } from '../lib/label-selector.js';
import { plural } from '../lib/plural.js';
import { formatRef, refOf, type KubeObject, type ObjectRef } from '../model/index.js';
import type { Consumer, PodFacts } from './charges.js';
import { amountOf, formatAmount } from './resources.js';

/** How much of one resource of a quota the platform wants. */
export interface QuotaUse {
  quota: ObjectRef;
  resource: string;
  hard: number;
  /** What stays, what ends by itself beside it, and what others in the namespace have. */
  wanted: number;
  passing: number;
  others: number;
  /** Who wants it, the largest share first. */
  by: { of: ObjectRef; amount: number }[];
}

/** How many pods of a workload quotas let in: at least `sure` whatever else asks first, at most `most`. */
export interface Admitted {
  sure: number;
  most: number;
  /** Why not all. */
  reason: string;
}

/** What quotas let in, by workload; those let in whole are not in it. `tight` are those that could not have one pod more. */
export interface QuotaJudgement {
  uses: QuotaUse[];
  admitted: Map<number, Admitted>;
  tight: Map<number, string>;
}

/** Judges what everything together takes of each quota. */
export function judgeQuotas(consumers: readonly Consumer[], quotas: readonly KubeObject[], others: readonly Consumer[] = []): QuotaJudgement {
  const uses: QuotaUse[] = [];
  const admitted = new Map<number, Admitted>();
  const tight = new Map<number, string>();
  const limit = (workload: number | undefined, count: number, to: Admitted): void => {
    if (workload === undefined || to.sure >= count) return;
    const before = admitted.get(workload);
    admitted.set(workload, before && before.most <= to.most ? { ...before, sure: Math.min(before.sure, to.sure) } : { ...to, sure: Math.min(before?.sure ?? to.sure, to.sure) });
  };
  const hardOf = (quota: KubeObject) => Object.entries(asDict(valueAt(quota, 'spec', 'hard')));
  const counted = (quota: KubeObject, list: readonly Consumer[]) => list.filter((consumer) => consumer.namespace === (quota.metadata.namespace ?? '') && inScopes(quota, consumer.pod));
  for (const quota of quotas) {
    for (const { workload, count, pod } of counted(quota, consumers)) {
      const unsaid = unsaidOf(pod, hardOf(quota).map(([resource]) => resource));
      if (unsaid !== '') limit(workload, count, { sure: 0, most: 0, reason: `${formatRef(refOf(quota))}: must specify ${unsaid}` });
    }
  }
  // What is never let in takes nothing from the others.
  const open = consumers.filter(({ workload }) => workload === undefined || admitted.get(workload)?.most !== 0);
  for (const quota of quotas) {
    const inside = counted(quota, open);
    for (const [resource, quantity] of hardOf(quota)) {
      const use = useOf({ quota, resource, hard: amountOf(resource, quantity) ?? 0 }, inside, counted(quota, others));
      uses.push(use);
      for (const consumer of inside) {
        limit(consumer.workload, consumer.count, admittedBy(use, consumer, inside));
        const each = consumer.charges[resource] ?? 0;
        const left = Math.max(0, use.hard - use.others - use.wanted);
        if (consumer.workload !== undefined && consumer.pod && each > left) tight.set(consumer.workload, `${formatRef(use.quota)}: ${resource}: ${formatAmount(resource, left)} of ${formatAmount(resource, use.hard)} is left, one more pod asks for ${formatAmount(resource, each)}`);
      }
    }
  }
  return { uses: uses.filter(({ wanted, passing }) => wanted + passing > 0), admitted, tight };
}

function useOf({ quota, resource, hard }: { quota: KubeObject; resource: string; hard: number }, consumers: readonly Consumer[], others: readonly Consumer[]): QuotaUse {
  const takers = consumers.map((consumer) => ({ of: consumer.of, ends: consumer.ends, amount: demandOf(consumer, resource) })).filter(({ amount }) => amount > 0);
  const sum = (list: readonly { amount: number }[]) => list.reduce((total, { amount }) => total + amount, 0);
  return {
    quota: refOf(quota),
    resource,
    hard,
    wanted: sum(takers.filter(({ ends }) => !ends)),
    passing: sum(takers.filter(({ ends }) => ends)),
    others: others.reduce((total, consumer) => total + demandOf(consumer, resource), 0),
    by: takers.sort((a, b) => b.amount - a.amount).map(({ of, amount }) => ({ of, amount })),
  };
}

function demandOf({ charges, count }: Consumer, resource: string): number {
  return (charges[resource] ?? 0) * count;
}

/** What ends by itself gives its share back, so it limits nobody for good; it is itself limited by everything that stays. */
function admittedBy({ quota, resource, hard, others }: QuotaUse, consumer: Consumer, all: readonly Consumer[]): Admitted {
  const each = consumer.charges[resource] ?? 0;
  if (each === 0) return { sure: Infinity, most: Infinity, reason: '' };
  const room = Math.max(0, hard - others);
  const most = Math.floor(room / each);
  // The others take no more than there is for each of them alone.
  const rivals = all.filter((other) => other !== consumer && !other.ends).map((other) => {
    const share = other.charges[resource] ?? 0;
    return share === 0 ? 0 : Math.min(other.count, Math.floor(room / share)) * share;
  });
  const taken = rivals.reduce((sum, amount) => sum + amount, 0);
  const sure = Math.max(0, Math.floor((room - taken) / each));
  const had = others > 0 ? `, others have ${formatAmount(resource, others)}` : '';
  const beside = taken > 0 ? `, the rest of the namespace wants ${formatAmount(resource, taken)}` : '';
  const wish = each === 1 ? plural(consumer.count, 'pod') : `${plural(consumer.count, 'pod')} of ${formatAmount(resource, each)}`;
  return { sure, most, reason: `${formatRef(quota)}: ${resource} is limited to ${formatAmount(resource, hard)}${had}${beside}: no room for ${wish}` };
}

function unsaidOf(pod: PodFacts | undefined, resources: readonly string[]): string {
  if (!pod) return '';
  return resources.filter((resource) => pod.unsaid[resource] !== undefined).sort().map((resource) => `${resource} for: ${[...pod.unsaid[resource]!].sort().join(',')}`).join('; ');
}

/** Tells whether a quota counts something: scopes are of pods, and all must hold. */
function inScopes(quota: KubeObject, pod: PodFacts | undefined): boolean {
  const scopes = asList(valueAt(quota, 'spec', 'scopes')).map((scopeName) => ({ scopeName, operator: 'Exists' }));
  const selected = asList(valueAt(quota, 'spec', 'scopeSelector', 'matchExpressions')).map(asDict);
  return [...scopes, ...selected].every((scope: { scopeName?: unknown; operator?: unknown; values?: unknown }) => pod !== undefined && inScope(scope, pod));
}

function inScope({ scopeName, operator, values }: { scopeName?: unknown; operator?: unknown; values?: unknown }, pod: PodFacts): boolean {
  switch (scopeName) {
    case 'Terminating':
      return pod.hasDeadline;
    case 'NotTerminating':
      return !pod.hasDeadline;
    case 'BestEffort':
      return pod.isBestEffort;
    case 'NotBestEffort':
      return !pod.isBestEffort;
    case 'CrossNamespacePodAffinity':
      return pod.crossesNamespaces;
    case 'PriorityClass':
      return labelTest({ matchExpressions: [{ key: 'class', operator: asString(operator), values }] })(pod.priorityClass === '' ? {} : { class: pod.priorityClass });
    default:
      return false;
  }
}
