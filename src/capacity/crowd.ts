import type { Placement } from './placement.js';
import type { Scene, SceneKind } from './scene.js';

/**
 * All pods that may come before those of a kind, by resource: how many nodes they could fill so that too little is left for one
 * more. Kinds that may run on the same nodes and can push out the same pods reckon with the same crowd, so it is made once.
 */
export interface Crowd {
  /** Kinds that are in it. */
  members: ReadonlySet<number>;
  byResource: Filling[];
}

/** One resource: nodes by what they have left, and pods by what they ask for. */
interface Filling {
  /** What is left on each node, pods that can run only there taken off; the least first. */
  free: number[];
  /** Sizes, the largest first, with the pods and the amount up to and with each. */
  sizes: number[];
  pods: number[];
  amounts: number[];
}

/** Makes the crowd of kinds with these nodes; `rivals` are those that cannot be pushed out, a kind of several pods among its own. */
export function crowdOn(nodes: readonly number[], { rivals, base, scene }: { rivals: readonly SceneKind[]; base: Placement; scene: Scene }): Crowd {
  const on = new Set(nodes);
  const near = rivals.filter(({ eligible }) => eligible.some((node) => on.has(node)));
  return {
    members: new Set(near.map(({ id }) => id)),
    byResource: scene.resources.map((_, i) => {
      const free = new Map(nodes.map((node) => [node, base.left[node]![i]!]));
      for (const { eligible, need, count } of near) if (isPinned(eligible)) free.set(eligible[0]!, free.get(eligible[0]!)! - need[i]! * count);
      const movable = near.filter(({ eligible, need }) => !isPinned(eligible) && need[i]! > 0).sort((a, b) => b.need[i]! - a.need[i]!);
      let [pods, amount] = [0, 0];
      const sums = movable.map(({ need, count }) => ({ size: need[i]!, pods: (pods += count), amount: (amount += need[i]! * count) }));
      return { free: [...free.values()].sort((a, b) => a - b), sizes: sums.map(({ size }) => size), pods: sums.map((each) => each.pods), amounts: sums.map((each) => each.amount) };
    }),
  };
}

function isPinned(eligible: readonly number[]): boolean {
  return eligible.length === 1;
}

/**
 * At most so many nodes can be filled so far that one more pod of the kind finds too little of a resource, when `siblings` of its
 * own are there: a pod is not divided, and what it asks for above the need of a node is lost.
 */
export function filledAtMost(kind: SceneKind, siblings: number, { crowd, resource }: { crowd: Crowd; resource: number }): number {
  const { free, sizes, pods, amounts } = crowd.byResource[resource]!;
  const need = kind.need[resource]!;
  // Of its own kind only the siblings are there; in the crowd all of them are.
  const absent = crowd.members.has(kind.id) ? kind.count - siblings : 0;
  const own = isPinned(kind.eligible) ? 0 : -absent;
  const back = isPinned(kind.eligible) ? need * absent : 0;
  const count = (pods.at(-1) ?? 0) + own;
  let [filled, amount, needed] = [0, 0, 0];
  for (const left of free) {
    const gap = Math.max(0, left + back - need + 1);
    amount += gap;
    needed += fewestPods(gap, { sizes, pods, amounts });
    if (needed > count || amount > usefulFor(gap, { sizes, pods, amounts }) + own * Math.min(need, gap)) break;
    filled++;
  }
  return filled;
}

/** What the pods add up to where more than `gap` of one of them is of no use. */
function usefulFor(gap: number, { sizes, pods, amounts }: Pick<Filling, 'sizes' | 'pods' | 'amounts'>): number {
  const larger = firstWhere(sizes.length, (i) => sizes[i]! <= gap);
  const wasteful = larger === 0 ? 0 : pods[larger - 1]!;
  return wasteful * gap + (amounts.at(-1) ?? 0) - (larger === 0 ? 0 : amounts[larger - 1]!);
}

/** The fewest of the pods, the largest first, that make up an amount. */
function fewestPods(gap: number, { sizes, pods, amounts }: Pick<Filling, 'sizes' | 'pods' | 'amounts'>): number {
  if (gap <= 0) return 0;
  const at = firstWhere(amounts.length, (i) => amounts[i]! >= gap);
  if (at === amounts.length) return Infinity;
  const [before, amount] = at === 0 ? [0, 0] : [pods[at - 1]!, amounts[at - 1]!];
  return before + Math.ceil((gap - amount) / sizes[at]!);
}

/** The first index for which a test holds that, once true, stays true. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
