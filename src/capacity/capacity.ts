import type { KubeObject } from '../model/index.js';
import { objectConsumers, podCharges, podFacts, workloadConsumers, type Consumer } from './charges.js';
import { judge, type Outcome, type Shortage } from './judge.js';
import { judgedOf, kindsOf, runningKinds, type Judged } from './kinds.js';
import { limitProblems } from './limit-range.js';
import type { CapacityNode } from './node.js';
import { placeAll, placeInOrders } from './place.js';
import type { Placement } from './placement.js';
import { podResources } from './pod-resources.js';
import { judgeQuotas, type Admitted } from './quota.js';
import type { CapacityReport, NodeUse, WorkloadShortage, WorkloadVerdict } from './report.js';
import { formatAmount, readResources } from './resources.js';
import { makeScene, type PodKind, type SceneKind } from './scene.js';
import { overheadOf, surroundingsOf, type CapacityInput, type Surroundings } from './surroundings.js';
import { asDict, asString, valueAt } from '../lib/read-unknown.js';
import { judgeWorkload, type Found } from './verdict.js';
import { claimsOf } from './volumes.js';
import { workloadsOf } from './workloads.js';

/** Says what scheduler, quotas and LimitRanges would do with the pods of a platform, and how sure that is. */
export function capacityOf(input: CapacityInput): CapacityReport {
  const around = surroundingsOf(input);
  const all = workloadsOf(input.objects, around).map((workload) => judgedOf(workload, around));
  const objects = objectConsumers(input.objects, around);
  const others = runningConsumers(input.running ?? [], around);
  const world = { all, around, objects, others, nodes: input.nodes, running: input.running ?? [], steps: input.steps };
  const usual = outcomesOf(all.map(({ workload }) => workload.pods), world);
  const scaled = all.some(({ workload }) => workload.most) ? outcomesOf(all.map(({ workload }) => workload.most?.pods ?? workload.pods), world) : undefined;
  const workloads = all.map((judged, index): WorkloadVerdict => {
    const found = judgeWorkload(judged, { index, ...usual });
    const { most } = judged.workload;
    if (!most || !scaled) return found;
    const { verdict, reason } = judgeWorkload({ ...judged, workload: { ...judged.workload, pods: most.pods } }, { index, ...scaled });
    return { ...found, scaled: { by: most.by, pods: most.pods, verdict, reason } };
  });
  return {
    workloads,
    shortages: usual.shortages.flatMap((shortage) => shortageOf(shortage, usual, all)),
    quotas: usual.quotas,
    refusedClaims: refusedClaims(all, around, input),
    nodes: usual.placement ? usesOf(usual.placement) : [],
  };
}

interface World {
  all: readonly Judged[];
  around: Surroundings;
  objects: readonly Consumer[];
  others: readonly Consumer[];
  nodes: readonly CapacityNode[] | undefined;
  running: readonly KubeObject[];
  steps: number | undefined;
}

/** What is found out at once for all workloads, when each has this many pods. */
function outcomesOf(pods: readonly number[], { all, around, objects, others, nodes, running, steps }: World): Found & { shortages: Shortage[]; quotas: CapacityReport['quotas'] } {
  const counted = all.map((judged, index) => ({ ...judged, workload: { ...judged.workload, pods: pods[index]! } }));
  const consumers = counted.flatMap((judged, index) => consumersOf(judged, index, { around, nodes }));
  const { uses, ...quotas } = judgeQuotas([...consumers, ...objects], around.quotas, others);
  if (!nodes) return { ...quotas, quotas: uses, shortages: [], outcomes: new Map() };
  const kinds = [...counted.flatMap((judged, index) => placeable(judged, { index, admitted: quotas.admitted.get(index), nodes, around })), ...runningKinds(running, around)];
  const scene = makeScene(nodes, kinds);
  const { outcomes, shortages } = judge(scene, steps);
  const isOpen = scene.kinds.some(({ id, ends, spare }) => !ends && !spare && outcomes.has(id) && outcomes.get(id)!.least < Math.min(scene.kinds[id]!.count, outcomes.get(id)!.most));
  return { ...quotas, quotas: uses, shortages, outcomes, placement: placeAll(scene), ...(isOpen ? { others: placeInOrders(scene) } : {}) };
}

function consumersOf({ workload, resources, priority }: Judged, index: number, { around, nodes }: { around: Surroundings; nodes: readonly CapacityNode[] | undefined }): Consumer[] {
  // What is refused for itself takes nothing from a quota; a DaemonSet takes as much as there are nodes.
  if (resources.problems.length > 0 || !priority) return [];
  const pods = workload.perNode ? workload.pods * (nodes?.length ?? 1) : workload.pods;
  return workloadConsumers({ ...workload, pods }, index, { resources, priorityClass: priority?.name ?? '', around });
}

/** The pods that come before the scheduler. */
function placeable(judged: Judged, { index, admitted, nodes, around }: { index: number; admitted: Admitted | undefined; nodes: readonly CapacityNode[]; around: Surroundings }): PodKind[] {
  const { workload, resources, priority, held } = judged;
  const isOut = resources.problems.length > 0 || !priority || held !== undefined;
  const count = isOut ? 0 : Math.min(workload.pods, admitted?.most ?? Infinity);
  return kindsOf(judged, { index, count, sure: Math.min(count, admitted?.sure ?? Infinity), nodes, around });
}

function runningConsumers(pods: readonly KubeObject[], around: Surroundings): Consumer[] {
  return pods.filter((pod) => !['Succeeded', 'Failed'].includes(asString(valueAt(pod, 'status', 'phase')) ?? '')).map((pod) => {
    const spec = asDict(pod['spec']);
    const resources = podResources(spec, { limitRanges: [], overhead: overheadOf(spec, around) });
    const { name, namespace = '' } = pod.metadata;
    return { of: { apiVersion: 'v1', kind: 'Pod', namespace, name }, namespace, count: 1, ends: false, charges: podCharges(resources), pod: podFacts(spec, resources, asString(spec['priorityClassName']) ?? '') };
  });
}

function shortageOf({ kinds, missing, resource }: Shortage, { placement, outcomes }: { placement?: Placement; outcomes: ReadonlyMap<number, Outcome> }, all: readonly Judged[]): WorkloadShortage[] {
  const scene = placement?.scene;
  const members = [...new Set(kinds.flatMap((id) => scene?.kinds[id]?.workload ?? []))].map((index) => all[index]!.workload.of);
  if (!scene || members.length === 0) return [];
  // Where it is one workload alone, its own verdict says it.
  if (members.length === 1 && kinds.some((id) => outcomes.get(id)!.most < scene.kinds[id]!.count)) return [];
  const reason = resource ? `together they ask for ${formatAmount(resource.name, resource.wanted)} of ${resource.name}, the nodes they may run on have ${formatAmount(resource.name, resource.there)}` : 'no order of placement finds room for all of them';
  return [{ of: members.map(({ ref }) => ref), at: members[0]!.at, missing, reason }];
}

function refusedClaims(all: readonly Judged[], around: Surroundings, { objects }: CapacityInput): CapacityReport['refusedClaims'] {
  const single = objects.filter(({ ref }) => ref.kind === 'PersistentVolumeClaim').map((of) => ({ of, name: '', spec: asDict(of.object['spec']) }));
  const own = all.flatMap(({ workload }) => claimsOf(workload, around).claims.filter(({ shared }) => shared === undefined).map(({ name, spec }) => ({ of: workload.of, name: `claim ${name}: `, spec })));
  return [...single, ...own].flatMap(({ of, name, spec }) => {
    const demand = { requests: readResources(valueAt(spec, 'resources', 'requests')), limits: {} };
    return around.limitRanges(of.ref.namespace ?? '').flatMap((limitRange) =>
      limitProblems('PersistentVolumeClaim', demand, limitRange).map((problem) => ({ of: of.ref, at: of.at, component: of.component, reason: `LimitRange ${limitRange.name}: ${name}${problem}` })),
    );
  });
}

/** How full each node is. */
function usesOf({ scene, counts }: Placement): NodeUse[] {
  const shown = (name: string, node: number) => scene.free[node]![scene.resources.indexOf(name)]! > 0;
  return scene.nodes.map(({ name, allocatable }, node) => {
    const sum = (kinds: readonly SceneKind[], i: number) => kinds.reduce((total, { id, need }) => total + counts[id]![node]! * need[i]!, 0);
    const names = [...new Set(['cpu', 'memory', 'pods', ...scene.resources.filter((resource) => shown(resource, node)), ...Object.keys(allocatable).filter((resource) => resource.includes('/'))])];
    return {
      name,
      use: names.map((resource) => {
        const i = scene.resources.indexOf(resource);
        const amount = (mine: boolean) => (i < 0 ? 0 : sum(scene.kinds.filter(({ runsOn }) => (runsOn === undefined) === mine), i));
        return { resource, there: allocatable[resource] ?? 0, wanted: amount(true), others: amount(false) };
      }),
    };
  });
}

