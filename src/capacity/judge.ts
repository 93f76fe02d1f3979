import { baseWithout, canEvict, mostPlaced, surelyPlaced, type Surely } from './bounds.js';
import { crowdOn, type Crowd } from './crowd.js';
import { explore } from './explore.js';
import type { Placement } from './placement.js';
import type { Scene, SceneKind } from './scene.js';

/** How many pods of a kind get a node: at least, whatever the order, and at most. */
export interface Outcome {
  least: number;
  most: number;
  /** An outcome in which not all of them do, where one was found. */
  worst?: Placement;
}

/** Pods of several kinds of which some stay without a node, whichever they are. */
export interface Shortage {
  kinds: number[];
  /** At least so many pods of these. */
  missing: number;
  /** What there is too little of, where that is one thing. */
  resource?: { name: string; wanted: number; there: number };
}

/** Steps that exploration may take in all: about half a second. */
const usualSteps = 400_000;

/** Judges every kind of pods of a scene. */
export function judge(scene: Scene, steps = usualSteps): { outcomes: Map<number, Outcome>; shortages: Shortage[] } {
  const judged = scene.kinds.filter(({ runsOn }) => runsOn === undefined);
  const sure = sureCounts(scene, judged);
  const most = mostCounts(scene, judged, sure);
  const outcomes = new Map(judged.map(({ id }): [number, Outcome] => [id, { least: sure.get(id)!, most: Math.max(sure.get(id)!, most.get(id)!) }]));
  const shortages = exploreOpen(scene, outcomes, steps);
  return { outcomes, shortages: [...shortages, ...totals(scene, judged, outcomes)] };
}

/** What surely finds room. Kinds that must be near others come after those. */
function sureCounts(scene: Scene, judged: readonly SceneKind[]): Map<number, number> {
  const sure = new Map<number, number>();
  const around = surroundingsFinder(scene, sure);
  for (const kind of judged.filter(({ near }) => !near)) sure.set(kind.id, surelyPlaced(kind, around(kind)));
  const later = judged.filter(({ near }) => near);
  // Who is near to whom may be a chain: each round settles one more link of it.
  for (let round = 0; round < later.length; round++) {
    const before = later.map(({ id }) => sure.get(id) ?? 0).join();
    for (const kind of later) sure.set(kind.id, surelyPlaced(kind, around(kind)));
    if (later.map(({ id }) => sure.get(id)).join() === before) break;
  }
  return sure;
}

/** What kinds are judged against, made once for all of the same importance. */
function surroundingsFinder(scene: Scene, sure: ReadonlyMap<number, number>): (kind: SceneKind) => Surely {
  const byPriority = new Map<string, Surely>();
  return (kind) => {
    const { value, preempts } = kind.priority;
    // Several pods that come and go reckon with each other, beside all that stay.
    const own = kind.ends && kind.count > 1 ? kind.id : '';
    const key = `${value} ${preempts} ${own}`;
    const known = byPriority.get(key);
    if (known) return known;
    const base = baseWithout(scene, (running) => canEvict(kind, running));
    const rivals = scene.kinds.filter((other) => other.id === own || (!other.ends && !other.spare && other.runsOn === undefined && other.count > 0 && !canEvict(kind, other)));
    const crowds = new Map<string, Crowd>();
    const made: Surely = {
      scene,
      base,
      rivals,
      sure,
      crowdOn: (nodes) => {
        const on = nodes.join();
        const crowd = crowds.get(on) ?? crowdOn(nodes, { rivals, base, scene });
        crowds.set(on, crowd);
        return crowd;
      },
    };
    byPriority.set(key, made);
    return made;
  };
}

function mostCounts(scene: Scene, judged: readonly SceneKind[], sure: ReadonlyMap<number, number>): Map<number, number> {
  const base = baseWithout(scene, (running) => judged.some((kind) => canEvict(kind, running)));
  const lasting = judged.filter(({ id, ends, spare }) => !ends && !spare && sure.get(id)! > 0);
  const isLasting = new Set(lasting);
  const pinned = new Set(lasting.filter(({ eligible }) => eligible.length === 1));
  for (const { id, eligible } of pinned) base.put(id, eligible[0]!, sure.get(id));
  const takenFrom = takenFinder(lasting.filter((kind) => !pinned.has(kind)), { sure, amounts: scene.resources.length });
  return new Map(judged.map((kind) => {
    const own = isLasting.has(kind) ? sure.get(kind.id)! : 0;
    if (pinned.has(kind)) base.put(kind.id, kind.eligible[0]!, -own);
    const most = mostPlaced(kind, { base, takenFrom, own: pinned.has(kind) ? 0 : own });
    if (pinned.has(kind)) base.put(kind.id, kind.eligible[0]!, own);
    return [kind.id, most];
  }));
}

/** What kinds that can run on some nodes only surely take of these, summed up once for all that ask for the same nodes. */
function takenFinder(kinds: readonly SceneKind[], { sure, amounts }: { sure: ReadonlyMap<number, number>; amounts: number }): (nodes: readonly number[]) => Float64Array {
  const found = new Map<string, Float64Array>();
  return (nodes) => {
    const key = nodes.join();
    const known = found.get(key);
    if (known) return known;
    const on = new Set(nodes);
    const taken = new Float64Array(amounts);
    for (const { id, need, eligible } of kinds) if (eligible.every((node) => on.has(node))) need.forEach((amount, i) => { taken[i]! += amount * sure.get(id)!; });
    found.set(key, taken);
    return taken;
  };
}

/** Walks through the outcomes of kinds that the bounds leave open, with all kinds that have to do with them. */
function exploreOpen(scene: Scene, outcomes: Map<number, Outcome>, steps: number): Shortage[] {
  const judged = scene.kinds.filter(({ id }) => outcomes.has(id));
  const shortages: Shortage[] = [];
  const done = new Set<number>();
  const open = judged.filter(({ id, count }) => outcomes.get(id)!.least < Math.min(count, outcomes.get(id)!.most));
  for (const kind of open) {
    if (done.has(kind.id)) continue;
    const together = relatedTo(kind, judged.filter((other) => other.id === kind.id || (!other.ends && !other.spare)));
    const comesAndGoes = kind.ends || kind.spare === true;
    if (!comesAndGoes) for (const { id } of together) done.add(id);
    if (together.some(({ sure, count }) => sure !== count)) continue;
    const found = explore(scene, together.map(({ id }) => id), { budget: steps / open.length, ...(kind.spare === true ? { last: kind.id } : {}) });
    if (!found) continue;
    for (const { id } of together) {
      // What stays is judged without what comes and goes.
      if (id !== kind.id && comesAndGoes) continue;
      const worst = found.worst.get(id);
      outcomes.set(id, { least: found.least.get(id)!, most: found.most.get(id)!, ...(worst ? { worst } : {}) });
    }
    const each = together.reduce((sum, { id, count }) => sum + count - found.most.get(id)!, 0);
    if (!comesAndGoes && found.leastMissing > each) shortages.push({ kinds: together.filter(({ id, count }) => found.least.get(id)! < count).map(({ id }) => id), missing: found.leastMissing });
  }
  return shortages;
}

/** All kinds that can get in each other's way, directly or through others. */
function relatedTo(kind: SceneKind, among: readonly SceneKind[]): SceneKind[] {
  const related = new Set([kind]);
  for (const one of related) {
    const nodes = new Set(one.eligible);
    const named = new Set([...one.apart, ...one.even].flatMap(({ kinds }) => kinds).concat(one.near?.kinds ?? []));
    for (const other of among) {
      if (other.count > 0 && !related.has(other) && (named.has(other.id) || names(other, one) || other.eligible.some((node) => nodes.has(node)))) related.add(other);
    }
  }
  return [...related];
}

function names(other: SceneKind, { id }: SceneKind): boolean {
  return [...other.apart, ...other.even].some(({ kinds }) => kinds.includes(id)) || (other.near?.kinds.includes(id) ?? false);
}

/** Kinds that share nodes and together want more than there is. Those that are judged alone already are left out. */
function totals(scene: Scene, judged: readonly SceneKind[], outcomes: ReadonlyMap<number, Outcome>): Shortage[] {
  const lasting = judged.filter(({ ends, spare, count }) => !ends && !spare && count > 0);
  const base = baseWithout(scene, (running) => judged.some((kind) => canEvict(kind, running)));
  const found: Shortage[] = [];
  const open = lasting.filter(({ id, count }) => outcomes.get(id)!.least < count && outcomes.get(id)!.most >= count && outcomes.get(id)!.worst === undefined);
  for (const nodes of new Map(open.map(({ eligible }) => [eligible.join(), eligible])).values()) {
    const inside = lasting.filter(({ eligible }) => eligible.length > 0 && eligible.every((node) => nodes.includes(node)));
    scene.resources.forEach((name, i) => {
      const there = nodes.reduce((sum, node) => sum + Math.max(0, base.left[node]![i]!), 0);
      const pods = inside.map(({ id, need, sure }) => ({ id, size: need[i]!, count: Math.min(sure, outcomes.get(id)!.most) })).filter(({ size }) => size > 0);
      const wanted = pods.reduce((sum, { size, count }) => sum + size * count, 0);
      if (wanted <= there || pods.length < 2) return;
      const kinds = pods.map(({ id }) => id).filter((id) => outcomes.get(id)!.least < scene.kinds[id]!.count);
      found.push({ kinds, missing: pods.reduce((sum, { count }) => sum + count, 0) - fitInto(there, pods), resource: { name, wanted, there } });
    });
  }
  return found;
}

/** How many pods, the smallest first, an amount is enough for. */
function fitInto(amount: number, pods: readonly { size: number; count: number }[]): number {
  let [left, fit] = [amount, 0];
  for (const { size, count } of [...pods].sort((a, b) => a.size - b.size)) {
    const some = Math.min(count, Math.floor(left / size));
    left -= some * size;
    fit += some;
  }
  return fit;
}
