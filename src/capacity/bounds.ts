import { filledAtMost, type Crowd } from './crowd.js';
import { Placement } from './placement.js';
import type { Scene, SceneKind } from './scene.js';

/**
 * Bounds that hold for every order of placement. `surelyPlaced` imagines an adversary who puts all other pods where they hurt
 * most; `mostPlaced` imagines that they leave the nodes to this kind. Both err on the safe side only.
 */

/** Tells whether pods of a kind may push out those of another. */
export function canEvict({ priority }: SceneKind, other: SceneKind): boolean {
  return priority.preempts && other.priority.value < priority.value;
}

/** The nodes with the pods that run already, but for those that may be pushed out. */
export function baseWithout(scene: Scene, mayGo: (running: SceneKind) => boolean): Placement {
  const base = new Placement(scene);
  for (const other of scene.kinds) {
    if (other.runsOn === undefined || !mayGo(other)) continue;
    base.counts[other.id]!.forEach((pods, node) => { if (pods > 0) base.put(other.id, node, -pods); });
  }
  return base;
}

/** What a kind is judged against. */
export interface Surely {
  scene: Scene;
  /** What runs already and cannot be pushed out. */
  base: Placement;
  /** Kinds that stay and cannot be pushed out; one of several pods is itself among them. */
  rivals: readonly SceneKind[];
  /** The crowd of these on some nodes. */
  crowdOn(nodes: readonly number[]): Crowd;
  /** How many pods surely find room of kinds that were judged before. */
  sure: ReadonlyMap<number, number>;
}

/** How many pods of a kind find room whatever goes where first. */
export function surelyPlaced(kind: SceneKind, around: Surely): number {
  const { base } = around;
  const nodes = kind.eligible.filter((node) => base.fits(kind, node) && base.keepsApart(kind, node));
  if (nodes.length === 0 || !isSurelyNear(kind, nodes, around)) return 0;
  const room = roomNeeded(kind, nodes);
  const crowd = around.crowdOn(nodes);
  // More siblings only take more, so the first that may fail ends the search.
  let low = 0;
  let high = kind.count;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (blockedAtMost(kind, nodes, { ...around, crowd, siblings: middle - 1 }) < room) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface Siege extends Surely {
  crowd: Crowd;
  siblings: number;
}

/** How many nodes may be blocked before a pod could stay without: with evenness all nodes of one place are enough. */
function roomNeeded(kind: SceneKind, nodes: readonly number[]): number {
  if (kind.even.length === 0) return nodes.length;
  if (kind.even.length > 1) return 0;
  const [rule] = kind.even;
  const sizes = new Map<number, number>();
  rule!.over.forEach((over, node) => { if (over) sizes.set(rule!.places[node]!, 0); });
  for (const node of nodes) if (sizes.has(rule!.places[node]!)) sizes.set(rule!.places[node]!, sizes.get(rule!.places[node]!)! + 1);
  return sizes.size === 0 || sizes.size < rule!.constraint.minDomains ? 0 : Math.min(...sizes.values());
}

/** Required affinity that cannot fail: everything is in one place, and pods to be near to surely come there. */
function isSurelyNear({ near, id }: SceneKind, nodes: readonly number[], { scene, base, sure }: Surely): boolean {
  if (!near) return true;
  const isHere = (node: number) => near.places.every((places) => places[node] === places[nodes[0]!]);
  if (!nodes.every(isHere)) return false;
  const others = near.kinds.map((other) => scene.kinds[other]!);
  const hasCompany = others.some((other) =>
    other.id !== id && (other.runsOn ? base.counts[other.id]!.some((pods, node) => pods > 0 && isHere(node)) : !other.ends && !other.spare && (sure.get(other.id) ?? 0) > 0 && other.eligible.every(isHere)),
  );
  return hasCompany || (near.fitsSelf && others.every((other) => other.eligible.every(isHere) && base.counts[other.id]!.every((pods, node) => pods === 0 || isHere(node))));
}

/** At most so many of the nodes can be closed to the pod by pods that come first: by amounts, ports and rules of distance. */
function blockedAtMost(kind: SceneKind, nodes: readonly number[], siege: Siege): number {
  const { crowd, siblings, rivals } = siege;
  let blocked = 0;
  for (let resource = 0; resource < kind.need.length && blocked < nodes.length; resource++) {
    if (kind.need[resource]! > 0) blocked += filledAtMost(kind, siblings, { crowd, resource });
  }
  if (kind.clashes.length > 0) {
    const clashing = rivals.filter(({ id, eligible }) => id !== kind.id && kind.clashes.includes(id) && eligible.some((node) => nodes.includes(node)));
    blocked += clashing.reduce((sum, { count }) => sum + count, 0) + (kind.clashes.includes(kind.id) ? siblings : 0);
  }
  return Math.min(nodes.length, blocked + keptAwayAtMost(kind, nodes, siege));
}

/** How many nodes pods can close that must not be in one place with this one: each closes one place. */
function keptAwayAtMost(kind: SceneKind, nodes: readonly number[], { siblings, scene }: Siege): number {
  const byPlaces = new Map<Int32Array, Set<number>>();
  for (const { places, kinds } of kind.apart) byPlaces.set(places, new Set([...(byPlaces.get(places) ?? []), ...kinds]));
  let away = 0;
  for (const [places, kinds] of byPlaces) {
    const sizes = new Map<number, number>();
    for (const node of nodes) if (places[node]! >= 0) sizes.set(places[node]!, (sizes.get(places[node]!) ?? 0) + 1);
    const isWide = new Set(places).size < places.length;
    const comers = [...kinds].map((id) => scene.kinds[id]!).reduce((sum, other) => {
      if (other.id === kind.id) return sum + siblings;
      // Who can be pushed out is only out of the way when he is on the node itself.
      if (other.ends || other.spare || other.runsOn !== undefined || (canEvict(kind, other) && !isWide)) return sum;
      return sum + other.count;
    }, 0);
    away += [...sizes.values()].sort((a, b) => b - a).slice(0, comers).reduce((sum, size) => sum + size, 0);
  }
  return away;
}

/**
 * How many pods of a kind there can be at the very most: on nodes that hold nothing but what nobody can push out and, in `base`,
 * what surely runs on one node only. `takenFrom` is what others surely take of some nodes together, `own` pods of this kind among it.
 */
export function mostPlaced(kind: SceneKind, { base, takenFrom, own }: { base: Placement; takenFrom(nodes: readonly number[]): Float64Array; own: number }): number {
  const room = kind.eligible.map((node) => ({ node, pods: base.keepsApart(kind, node) ? copiesOn(kind, node, base) : 0 }));
  const perPlace = kind.even.flatMap((rule) => evenlyAtMost(kind, rule, room));
  const perRule = kind.apart.filter(({ kinds }) => kinds.includes(kind.id)).map(({ places }) => onePerPlace(places, room));
  const taken = takenFrom(kind.eligible);
  const inAll = kind.need.reduce((least, need, i) => {
    if (need === 0) return least;
    const there = kind.eligible.reduce((sum, node) => sum + Math.max(0, base.left[node]![i]!), 0);
    return Math.min(least, Math.max(0, Math.floor((there - taken[i]! + need * own) / need)));
  }, Infinity);
  return Math.min(kind.count, inAll, sumOf(room), ...perPlace, ...perRule);
}

function copiesOn(kind: SceneKind, node: number, base: Placement): number {
  if (!base.fits(kind, node)) return 0;
  if (kind.clashes.includes(kind.id)) return 1;
  return kind.need.reduce((least, need, i) => (need === 0 ? least : Math.min(least, Math.floor(base.left[node]![i]! / need))), Infinity);
}

function onePerPlace(places: Int32Array, room: readonly { node: number; pods: number }[]): number {
  const used = new Set(room.filter(({ node, pods }) => pods > 0 && places[node]! >= 0).map(({ node }) => places[node]!));
  return used.size + sumOf(room.filter(({ node }) => places[node]! < 0));
}

/** With evenness no place may be far above the emptiest one, and that one has only so much room. */
function evenlyAtMost(kind: SceneKind, { places, over, kinds, constraint }: SceneKind['even'][number], room: readonly { node: number; pods: number }[]): number[] {
  if (!constraint.fitsSelf || kinds.some((other) => other !== kind.id) || kinds.length === 0) return [];
  const byPlace = new Map<number, number>();
  over.forEach((isOver, node) => { if (isOver) byPlace.set(places[node]!, 0); });
  const outside = room.filter(({ node }) => !over[node]);
  for (const { node, pods } of room) if (over[node]) byPlace.set(places[node]!, byPlace.get(places[node]!)! + pods);
  const least = byPlace.size < constraint.minDomains ? 0 : Math.min(...byPlace.values());
  return [[...byPlace.values()].reduce((sum, pods) => sum + Math.min(pods, least + constraint.maxSkew), 0) + sumOf(outside)];
}

function sumOf(room: readonly { pods: number }[]): number {
  return room.reduce((sum, { pods }) => sum + pods, 0);
}
