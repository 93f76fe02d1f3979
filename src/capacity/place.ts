import { Placement } from './placement.js';
import type { Scene, SceneKind } from './scene.js';

/** One placement out of many: the important first, each on the node that the scheduler's default scoring likes best. */
export function placeAll(scene: Scene): Placement {
  const placement = new Placement(scene);
  const kinds = scene.kinds.filter(({ runsOn, ends, spare }) => runsOn === undefined && !ends && !spare).sort((a, b) => b.priority.value - a.priority.value);
  // Pods that must be near others wait for them: rounds until nothing moves.
  for (let moved = true; moved; ) {
    moved = false;
    for (const kind of kinds) {
      for (let node = bestNode(kind, placement); placement.placed[kind.id]! < kind.count && node !== undefined; node = bestNode(kind, placement)) {
        placement.put(kind.id, node);
        moved = true;
      }
    }
  }
  return placement;
}

function bestNode(kind: SceneKind, placement: Placement): number | undefined {
  let best: { node: number; score: number } | undefined;
  for (const node of kind.eligible) {
    if (best !== undefined && score(kind, node, placement) <= best.score) continue;
    if (placement.takes(kind, node)) best = { node, score: score(kind, node, placement) };
  }
  return best?.node;
}

/** Least allocated and most balanced of cpu and memory, and few of the same kind. */
function score({ id, need }: SceneKind, node: number, { scene, left, counts }: Placement): number {
  const free = ['cpu', 'memory'].flatMap((name) => {
    const i = scene.resources.indexOf(name);
    const all = i < 0 ? 0 : scene.free[node]![i]!;
    return all > 0 ? [(left[node]![i]! - need[i]!) / all] : [];
  });
  const mean = free.length === 0 ? 1 : free.reduce((sum, share) => sum + share, 0) / free.length;
  const imbalance = free.length < 2 ? 0 : Math.abs(free[0]! - free[1]!) / 2;
  return mean + (1 - imbalance) - 2 * counts[id]![node]!;
}
