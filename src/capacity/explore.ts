import { canEvict } from './bounds.js';
import { Placement } from './placement.js';
import { dependsOnOrder, type Scene, type SceneKind } from './scene.js';

/** What every order of placement comes to, by kind. */
export interface Outcomes {
  least: Map<number, number>;
  most: Map<number, number>;
  /** Pods without a node in the best of all outcomes. */
  leastMissing: number;
  /** An outcome in which a kind has the fewest pods. */
  worst: Map<number, Placement>;
}

/**
 * Walks through everything that these kinds of pods can come to, whatever the order and whichever node is chosen; alike nodes
 * count as one. `last` comes when all others have come to an end: a pod of a new revision. Undefined when that is more than `budget` steps allow, or when evictions make it depend on more than the outcome.
 */
export function explore(scene: Scene, ids: readonly number[], { budget, last }: { budget: number; last?: number }): Outcomes | undefined {
  const kinds = ids.filter((id) => id !== last).map((id) => scene.kinds[id]!);
  // Each outcome is told by all kinds on all nodes: with many of both, a few steps cost as much as a whole walk elsewhere.
  if (kinds.length * scene.nodes.length > 2000) return undefined;
  const running = scene.kinds.filter(({ runsOn }) => runsOn !== undefined);
  const evicts = kinds.some((kind) => kinds.some((other) => canEvict(kind, other)));
  // Pods that run are taken as they are, so none of them may go.
  if (kinds.some((kind) => running.some((other) => canEvict(kind, other)))) return undefined;
  const walk: Walk = { kinds, last: last === undefined ? undefined : scene.kinds[last], evicts, ordered: kinds.some(dependsOnOrder), placement: new Placement(scene), groups: alikeNodes(scene, kinds), seen: new Set(), steps: budget, found: { least: new Map(), most: new Map(), leastMissing: Infinity, worst: new Map() } };
  return visit(walk) && walk.found.least.size > 0 ? walk.found : undefined;
}

interface Walk {
  kinds: SceneKind[];
  last: SceneKind | undefined;
  evicts: boolean;
  /** What is allowed depends on what came before, so that evictions are walked through too; else every lasting outcome is reached without. */
  ordered: boolean;
  placement: Placement;
  groups: number[][];
  seen: Set<string>;
  steps: number;
  found: Outcomes;
}

/** False when the budget is used up. */
function visit(walk: Walk): boolean {
  const { kinds, placement, groups, seen } = walk;
  const key = keyOf(walk);
  if (seen.has(key)) return true;
  seen.add(key);
  let isEnd = true;
  for (const kind of kinds) {
    if (placement.placed[kind.id]! >= kind.count) continue;
    for (const group of groups) {
      for (const node of distinct(group, walk)) {
        if (--walk.steps < 0) return false;
        if (!placement.takes(kind, node)) {
          if (!walk.evicts || !takesByEviction(kind, node, placement)) continue;
          isEnd = false;
          if (walk.ordered && hasNoNode(kind, placement) && !visitEvicting(walk, kind, node)) return false;
          continue;
        }
        isEnd = false;
        placement.put(kind.id, node);
        const isDone = visit(walk);
        placement.put(kind.id, node, -1);
        if (!isDone) return false;
      }
    }
  }
  if (isEnd) note(walk);
  return true;
}

/** Only a pod that no node takes pushes others out. */
function hasNoNode(kind: SceneKind, placement: Placement): boolean {
  return kind.eligible.every((node) => !placement.takes(kind, node));
}

/** Goes on from every set of victims that makes room: which of them the scheduler spares is not foretold. */
function visitEvicting(walk: Walk, kind: SceneKind, node: number): boolean {
  const { placement } = walk;
  const victims = placement.scene.kinds.filter((other) => placement.counts[other.id]![node]! > 0 && canEvict(kind, other));
  const choose = (next: number): boolean => {
    const victim = victims[next];
    if (!victim) {
      if (--walk.steps < 0) return false;
      if (!placement.takes(kind, node)) return true;
      placement.put(kind.id, node);
      const isDone = visit(walk);
      placement.put(kind.id, node, -1);
      return isDone;
    }
    const there = placement.counts[victim.id]![node]!;
    for (let pods = 0; pods <= there; pods++) {
      placement.put(victim.id, node, -pods);
      const isDone = choose(next + 1);
      placement.put(victim.id, node, pods);
      if (!isDone) return false;
    }
    return true;
  };
  return choose(0);
}

/** Of nodes that are alike and hold the same pods, one. */
function distinct(group: readonly number[], { kinds, placement }: Walk): number[] {
  const seen = new Set<string>();
  return group.filter((node) => {
    const column = columnOf(node, kinds, placement);
    if (seen.has(column)) return false;
    seen.add(column);
    return true;
  });
}

function columnOf(node: number, kinds: readonly SceneKind[], placement: Placement): string {
  let column = '';
  for (const { id } of kinds) column += `${placement.counts[id]![node]},`;
  return column;
}

function keyOf({ kinds, groups, placement }: Walk): string {
  return groups.map((group) => group.map((node) => columnOf(node, kinds, placement)).sort().join(';')).join('|');
}

/** Tells whether a node would take the pod once all that it may push out are gone from it. */
function takesByEviction(kind: SceneKind, node: number, placement: Placement): boolean {
  if (kind.problems[node] !== undefined) return false;
  const victims = placement.scene.kinds.filter((other) => placement.counts[other.id]![node]! > 0 && canEvict(kind, other)).map(({ id }) => ({ id, pods: placement.counts[id]![node]! }));
  if (victims.length === 0) return false;
  for (const { id, pods } of victims) placement.put(id, node, -pods);
  const takes = placement.takes(kind, node);
  for (const { id, pods } of victims) placement.put(id, node, pods);
  return takes;
}

function note({ kinds, last, placement, found }: Walk): void {
  if (last) {
    const fits = last.eligible.some((node) => placement.takes(last, node) || takesByEviction(last, node, placement));
    if (!fits && !found.worst.has(last.id)) found.worst.set(last.id, copyOf(placement));
    found.least.set(last.id, Math.min(fits ? 1 : 0, found.least.get(last.id) ?? 1));
    found.most.set(last.id, Math.max(fits ? 1 : 0, found.most.get(last.id) ?? 0));
  }
  let missing = 0;
  for (const { id, count } of kinds) {
    const placed = placement.placed[id]!;
    missing += count - placed;
    if (placed < (found.least.get(id) ?? Infinity)) {
      found.least.set(id, placed);
      if (placed < count) found.worst.set(id, copyOf(placement));
    }
    found.most.set(id, Math.max(placed, found.most.get(id) ?? 0));
  }
  found.leastMissing = Math.min(found.leastMissing, missing);
}

function copyOf(placement: Placement): Placement {
  const copy = new Placement(placement.scene);
  for (const { id, runsOn } of placement.scene.kinds) {
    if (runsOn === undefined) placement.counts[id]!.forEach((pods, node) => { if (pods > 0) copy.put(id, node, pods); });
  }
  return copy;
}

/** Nodes that differ in nothing that these kinds look at, but in being apart. */
function alikeNodes(scene: Scene, kinds: readonly SceneKind[]): number[][] {
  const base = new Placement(scene);
  const places = new Set(kinds.flatMap(({ apart, near, even }) => [...apart.map((rule) => rule.places), ...(near?.places ?? []), ...even.map((rule) => rule.places)]));
  const shared = [...places].filter((each) => new Set(each).size < each.length);
  const own = [...places].filter((each) => !shared.includes(each));
  const groups = new Map<string, number[]>();
  scene.nodes.forEach((_, node) => {
    const key = [
      base.left[node]!.join(','),
      kinds.map(({ problems, even }) => `${problems[node] ?? ''}${even.map(({ over }) => over[node]).join()}`).join(','),
      scene.kinds.map(({ id }) => base.counts[id]![node]).join(','),
      shared.map((each) => each[node]).join(','),
      own.map((each) => each[node]! < 0).join(','),
    ].join('|');
    groups.set(key, [...(groups.get(key) ?? []), node]);
  });
  return [...groups.values()];
}
