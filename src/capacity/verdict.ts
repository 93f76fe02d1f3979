import { formatRef } from '../model/index.js';
import type { Outcome } from './judge.js';
import type { Judged } from './kinds.js';
import type { Placement } from './placement.js';
import type { Admitted } from './quota.js';
import { nodesSentence } from './reasons.js';
import type { WorkloadVerdict } from './report.js';
import type { SceneKind } from './scene.js';

/** What was found out about all workloads together. */
export interface Found {
  /** What quotas let in, by workload. */
  admitted: ReadonlyMap<number, Admitted>;
  /** Workloads that quotas let no more pods of in, and why. */
  tight: ReadonlyMap<number, string>;
  /** By kind of pods. */
  outcomes: ReadonlyMap<number, Outcome>;
  /** One plausible placement; none where no nodes are known. */
  placement?: Placement;
  /** Placements in other orders, where some answer depends on the order. */
  others?: readonly Placement[];
}

/** Puts together what becomes of the pods of one workload. */
export function judgeWorkload(judged: Judged, found: Found & { index: number }): WorkloadVerdict {
  const { workload, resources } = judged;
  const { of, ends } = workload;
  const kinds = found.placement?.scene.kinds.filter((kind) => kind.workload === found.index) ?? [];
  const pods = workload.perNode ? kinds.filter(({ spare }) => !spare).length : workload.pods;
  const shared = { of: of.ref, component: of.component, at: of.at, pods, requests: resources.requests, ends };
  const fits: WorkloadVerdict = { ...shared, verdict: 'fits', missing: { least: 0, most: 0 }, reason: '' };
  if (workload.pods === 0) return fits;
  const refused = refusalOf(judged, found.admitted.get(found.index));
  if (refused?.sure === true && refused.missing.least > 0) return { ...fits, ...refused, verdict: 'refused' };
  if (judged.held !== undefined) return { ...fits, verdict: 'pending', cause: 'claims', reason: judged.held, missing: { least: workload.pods, most: workload.pods } };
  const placed = onNodes(judged, kinds.filter(({ spare }) => !spare), found);
  if (placed.verdict === 'pending') return { ...fits, ...placed };
  if (refused) return { ...fits, ...refused, verdict: 'may not fit' };
  const doubt = doubtOf(judged);
  if (doubt !== undefined && placed.verdict === 'fits') return { ...fits, verdict: 'may not fit', cause: 'claims', reason: doubt, missing: { least: 0, most: pods } };
  const rollout = placed.verdict === 'fits' || placed.verdict === 'unknown' ? rolloutOf(judged, kinds.filter(({ spare }) => spare), found) : undefined;
  return { ...fits, ...placed, ...(rollout ? { rollout } : {}) };
}

/** What keeps pods out before they come to the scheduler. */
function refusalOf({ workload, resources, priority }: Judged, admitted: Admitted | undefined): (Pick<WorkloadVerdict, 'missing' | 'reason'> & { cause: 'quota' | 'limit range' | 'priority class'; sure: boolean }) | undefined {
  const { pods } = workload;
  const all = { least: pods, most: pods };
  const [problem] = resources.problems;
  if (problem) return { sure: true, cause: 'limit range', missing: all, reason: `LimitRange ${problem.limitRange}: ${problem.problem}` };
  if (!priority) return { sure: true, cause: 'priority class', missing: all, reason: `there is no PriorityClass ${String(workload.spec['priorityClassName'])}` };
  if (!admitted || admitted.sure >= pods) return undefined;
  return { sure: admitted.most < pods, cause: 'quota', missing: { least: Math.max(0, pods - admitted.most), most: pods - admitted.sure }, reason: admitted.reason };
}

function onNodes({ workload }: Judged, kinds: readonly SceneKind[], { outcomes, placement, others = [] }: Found): Pick<WorkloadVerdict, 'verdict' | 'missing' | 'reason' | 'cause' | 'absent' | 'tried'> {
  if (!placement) return { verdict: 'unknown', missing: { least: 0, most: 0 }, reason: 'no nodes are known' };
  const open = kinds.filter(({ id, count }) => outcomes.get(id)!.least < count);
  const missing = open.reduce((sum, { id, count }) => ({ least: sum.least + count - outcomes.get(id)!.most, most: sum.most + count - outcomes.get(id)!.least }), { least: 0, most: 0 });
  const [worst] = [...open].sort((a, b) => outcomes.get(a.id)!.most - a.count - (outcomes.get(b.id)!.most - b.count));
  if (!worst) return { verdict: 'fits', missing, reason: '' };
  const absent = placement.scene.resources.find((name, i) => worst.need[i]! > 0 && name.includes('/') && placement.scene.free.every((free) => free[i] === 0));
  const one = { cause: 'nodes' as const, missing, ...(absent === undefined ? {} : { absent }) };
  // Pods that end make room for those that wait: fewer at a time, yet each has its turn.
  const takesTurns = workload.ends && outcomes.get(worst.id)!.most > 0;
  if (missing.least > 0 && !takesTurns) return { ...one, verdict: 'pending', reason: nodesSentence(worst, placement) };
  if (takesTurns && missing.least > 0) return { ...one, verdict: 'may not fit', reason: `no more than ${outcomes.get(worst.id)!.most} of its pods at a time: ${nodesSentence(worst, placement)}` };
  const tried = workload.ends ? [] : [placement, ...others];
  const failed = tried.filter(({ placed }) => open.some(({ id, count }) => placed[id]! < count));
  const shown = failed[0] ?? outcomes.get(worst.id)!.worst;
  const reason = shown ? `in one order of placement ${nodesSentence(worst, shown)}` : 'other pods may take the room first';
  const count = tried.length > 0 ? { tried: { orders: tried.length, failed: failed.length } } : {};
  return { ...one, ...count, verdict: 'may not fit', reason };
}

/** What cannot be known from objects. */
function doubtOf({ workload: { spec }, volumes }: Judged): string | undefined {
  const scheduler = spec['schedulerName'];
  if (typeof scheduler === 'string' && scheduler !== '' && scheduler !== 'default-scheduler') return `the scheduler ${scheduler} decides`;
  return volumes.doubt;
}

function rolloutOf({ workload }: Judged, [next]: readonly SceneKind[], { index, tight, outcomes, placement }: Found & { index: number }): WorkloadVerdict['rollout'] {
  const refusal = tight.get(index);
  if (workload.rollout?.unavailable === 0 && refusal !== undefined) return { verdict: 'refused', reason: refusal };
  if (!next || !placement) return undefined;
  const { least, most, worst } = outcomes.get(next.id)!;
  if (least > 0) return { verdict: 'fits', reason: '' };
  return { verdict: most === 0 ? 'pending' : 'may not fit', reason: nodesSentence(next, worst ?? placement) };
}

/** Names workloads for a sentence. */
export function namesOf(refs: readonly Parameters<typeof formatRef>[0][]): string {
  return refs.map(formatRef).join(', ');
}
