import type { Scene, SceneKind } from './scene.js';

/** Pods on nodes, and what is left there. */
export class Placement {
  readonly scene: Scene;
  /** Pods by kind, then by node. */
  readonly counts: Int32Array[];
  readonly left: Float64Array[];
  /** Pods by kind. */
  readonly placed: Int32Array;

  constructor(scene: Scene) {
    this.scene = scene;
    this.counts = scene.kinds.map(() => new Int32Array(scene.nodes.length));
    this.left = scene.free.map((free) => Float64Array.from(free));
    this.placed = new Int32Array(scene.kinds.length);
    const byName = new Map(scene.nodes.map(({ name }, node) => [name, node]));
    for (const { id, runsOn = [] } of scene.kinds) {
      for (const name of runsOn) {
        const node = byName.get(name);
        if (node !== undefined) this.put(id, node);
      }
    }
  }

  /** Puts pods of a kind on a node, or takes them away with a negative number. */
  put(kind: number, node: number, pods = 1): void {
    const { need } = this.scene.kinds[kind]!;
    const left = this.left[node]!;
    for (let i = 0; i < need.length; i++) left[i]! -= need[i]! * pods;
    this.counts[kind]![node]! += pods;
    this.placed[kind]! += pods;
  }

  /** Tells whether the scheduler would put one more pod of a kind on a node. */
  takes(kind: SceneKind, node: number): boolean {
    return kind.problems[node] === undefined && this.fits(kind, node) && this.keepsApart(kind, node) && this.isEven(kind, node) && this.isNear(kind, node);
  }

  /** Why not, in the scheduler's words; empty when it would. */
  reasons(kind: SceneKind, node: number): string[] {
    const problem = kind.problems[node];
    if (problem !== undefined) return [problem];
    if (!this.hasPorts(kind, node)) return ["node(s) didn't have free ports for the requested pod ports"];
    const short = this.shortOf(kind, node);
    if (short.length > 0) return short.map((resource) => (resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`));
    if (!this.isEven(kind, node)) return ["node(s) didn't match pod topology spread constraints"];
    if (!this.isNear(kind, node)) return ["node(s) didn't match pod affinity rules"];
    const rule = kind.apart.find((each) => this.isBroken(each, node));
    if (!rule) return [];
    return [rule.own ? "node(s) didn't match pod anti-affinity rules" : "node(s) didn't satisfy existing pods anti-affinity rules"];
  }

  /** Tells whether room and ports of the node suffice. */
  fits(kind: SceneKind, node: number): boolean {
    const left = this.left[node]!;
    const { need } = kind;
    for (let i = 0; i < need.length; i++) if (need[i]! > left[i]! && need[i]! > 0) return false;
    return this.hasPorts(kind, node);
  }

  /** Tells whether no pod that must stay away is in the same place. */
  keepsApart(kind: SceneKind, node: number): boolean {
    return !kind.apart.some((rule) => this.isBroken(rule, node));
  }

  private shortOf({ need }: SceneKind, node: number): string[] {
    const left = this.left[node]!;
    return this.scene.resources.filter((_, i) => need[i]! > 0 && need[i]! > left[i]!);
  }

  private hasPorts({ clashes }: SceneKind, node: number): boolean {
    return clashes.every((other) => this.counts[other]![node] === 0);
  }

  private isBroken({ places, kinds }: SceneKind['apart'][number], node: number): boolean {
    const place = places[node]!;
    return place >= 0 && kinds.some((other) => this.placed[other]! > 0 && this.inPlace(other, places, place) > 0);
  }

  private inPlace(kind: number, places: Int32Array, place: number): number {
    const counts = this.counts[kind]!;
    let sum = 0;
    for (let node = 0; node < counts.length; node++) if (places[node] === place) sum += counts[node]!;
    return sum;
  }

  /** Required affinity: a pod of `kinds` in each place; the first of a series that wants to be near itself may start anywhere. */
  private isNear({ near }: SceneKind, node: number): boolean {
    if (!near) return true;
    if (near.places.every((places) => near.kinds.some((other) => this.placed[other]! > 0 && this.inPlace(other, places, places[node]!) > 0))) return true;
    return near.fitsSelf && near.kinds.every((other) => this.countNear(other, near.places) === 0);
  }

  /** Pods on nodes that have at least one of the labels: others are in no place. */
  private countNear(kind: number, placesByTerm: readonly Int32Array[]): number {
    return this.counts[kind]!.reduce((sum, count, node) => (placesByTerm.some((places) => places[node]! >= 0) ? sum + count : sum), 0);
  }

  private isEven({ even }: SceneKind, node: number): boolean {
    return even.every((rule) => {
      const byPlace = this.countByPlace(rule);
      const { maxSkew, minDomains, fitsSelf } = rule.constraint;
      const present = [...byPlace.values()];
      const least = present.length < minDomains ? 0 : Math.min(...present);
      return (byPlace.get(rule.places[node]!) ?? 0) + (fitsSelf ? 1 : 0) - least <= maxSkew;
    });
  }

  private countByPlace({ places, over, kinds }: SceneKind['even'][number]): Map<number, number> {
    const byPlace = new Map<number, number>();
    for (let node = 0; node < over.length; node++) {
      if (!over[node]) continue;
      const pods = kinds.reduce((sum, other) => sum + this.counts[other]![node]!, 0);
      byPlace.set(places[node]!, (byPlace.get(places[node]!) ?? 0) + pods);
    }
    return byPlace;
  }
}
