import { Placement } from './placement.js';
import type { Scene, SceneKind } from './scene.js';

/** One placement out of many: the important first, each on the node that the scheduler's default scoring likes best. */
export function placeAll(scene: Scene, order: Order = (kinds) => kinds): Placement {
  const placement = new Placement(scene);
  const lasting = scene.kinds.filter(({ runsOn, ends, spare }) => runsOn === undefined && !ends && !spare);
  const kinds = [...order(lasting)].sort((a, b) => b.priority.value - a.priority.value);
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

/** Which kinds come first. */
type Order = (kinds: readonly SceneKind[]) => readonly SceneKind[];

/** Orders worth trying: backwards, the large first, the small first, and some that are thrown together, the same ones each time. */
export function placeInOrders(scene: Scene): Placement[] {
  const size = ({ need }: SceneKind): number => Math.max(0, ...[scene.cpu, scene.memory].filter((i) => i >= 0).map((i) => need[i]! / Math.max(1, ...scene.free.map((free) => free[i]!))));
  const orders: Order[] = [
    (kinds) => [...kinds].reverse(),
    (kinds) => [...kinds].sort((a, b) => size(b) - size(a)),
    (kinds) => [...kinds].sort((a, b) => size(a) - size(b)),
    ...[7, 11, 13, 17].map((step): Order => (kinds) => [...kinds].sort((a, b) => ((a.id + 1) * step * 31) % 101 - (((b.id + 1) * step * 31) % 101))),
  ];
  // Fewer where each costs more.
  const steps = scene.nodes.length * scene.kinds.reduce((sum, { count }) => sum + count, 0);
  return orders.slice(0, Math.max(1, Math.floor(1_000_000 / Math.max(1, steps)))).map((order) => placeAll(scene, order));
}

function bestNode(kind: SceneKind, placement: Placement): number | undefined {
  let best: { node: number; score: number } | undefined;
  for (const node of kind.eligible) {
    const points = score(kind, node, placement);
    if ((best === undefined || points > best.score) && placement.takes(kind, node)) best = { node, score: points };
  }
  return best?.node;
}

/** Least allocated and most balanced of cpu and memory, and few of the same kind. */
function score({ id, need }: SceneKind, node: number, { scene, left, counts }: Placement): number {
  const share = (resource: number): number => {
    const all = resource < 0 ? 0 : scene.free[node]![resource]!;
    return all > 0 ? (left[node]![resource]! - need[resource]!) / all : 1;
  };
  const [cpu, memory] = [share(scene.cpu), share(scene.memory)];
  return (cpu + memory) / 2 - Math.abs(cpu - memory) / 2 - 2 * counts[id]![node]!;
}
