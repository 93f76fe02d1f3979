import type { CapacityNode } from './node.js';
import { portsClash, type PodShape, type Spread } from './pod-shape.js';
import type { Priority } from './priority.js';
import type { Resources } from './resources.js';

/** Pods that are all alike: those of a workload, of one node of a DaemonSet, or pods that run already. */
export interface PodKind {
  /** Index of the workload; none for pods that run already. */
  workload?: number;
  shape: PodShape;
  requests: Resources;
  priority: Pick<Priority, 'value' | 'preempts'>;
  /** How many there will be: surely, and at most. */
  sure: number;
  count: number;
  ends: boolean;
  /** Not there by itself: what one pod of a new revision would meet. Nobody else reckons with it. */
  spare?: boolean;
  /** Why a node takes none of them whatever else runs; undefined where it may. */
  problem(node: CapacityNode): string | undefined;
  /** Nodes whose pods count for evenness. */
  spreadOver(constraint: Spread, node: CapacityNode): boolean;
  /** Claims that one pod of the cluster may use at a time. */
  exclusive: readonly string[];
  /** Names of nodes that these run on already, once for each pod. */
  runsOn?: readonly string[];
}

/** A rule between kinds of pods, by place. */
interface PlaceRule {
  /** By node: the place it is in, -1 for none. */
  places: Int32Array;
  kinds: number[];
}

/** A kind of pods, ready to be placed: everything by index. */
export interface SceneKind extends PodKind {
  id: number;
  need: Float64Array;
  /** By node. */
  problems: (string | undefined)[];
  eligible: number[];
  /** Kinds that cannot share a node with these. */
  clashes: number[];
  /** Where these kinds are, none of these may be. `own`: it is this pod's rule, else theirs. */
  apart: (PlaceRule & { own: boolean })[];
  /** By term the place; pods of `kinds` must be in each. */
  near?: { places: Int32Array[]; kinds: number[]; fitsSelf: boolean };
  even: (PlaceRule & { constraint: Spread; over: boolean[]; placeCount: number })[];
}

/** Nodes and kinds of pods, with every rule between them looked up once. */
export interface Scene {
  nodes: readonly CapacityNode[];
  /** Names of the amounts in `need` and `free`; the last is `pods`. */
  resources: string[];
  /** Their places among these; -1 where no pod asks for any. */
  cpu: number;
  memory: number;
  free: Float64Array[];
  kinds: SceneKind[];
}

/** Looks up which kinds may run where, and what they mean to each other. */
export function makeScene(nodes: readonly CapacityNode[], kinds: readonly PodKind[]): Scene {
  const resources = [...new Set(kinds.flatMap(({ requests }) => Object.keys(requests).filter((name) => requests[name]! > 0)))].filter((name) => name !== 'pods').sort();
  resources.push('pods');
  const places = placeFinder(nodes);
  const scene: Scene = { nodes, resources, cpu: resources.indexOf('cpu'), memory: resources.indexOf('memory'), free: nodes.map(({ allocatable }) => Float64Array.from(resources, (name) => allocatable[name] ?? 0)), kinds: [] };
  const apart = apartRules(kinds, places);
  scene.kinds = kinds.map((kind, id) => {
    const problems = nodes.map((node) => kind.problem(node) ?? missingKey(kind, node));
    const need = Float64Array.from(resources, (name) => (name === 'pods' ? 1 : (kind.requests[name] ?? 0)));
    const eligible = problems.flatMap((problem, node) => (problem === undefined ? [node] : []));
    return { ...kind, id, need, problems, eligible, clashes: clashesOf(kind, kinds), apart: apart[id]!, ...nearOf(kind, kinds, places), even: evenOf(kind, { kinds, nodes, places }) };
  });
  return scene;
}

type Places = (key: string) => { places: Int32Array; count: number };

/** The place of each node by a label. The empty key is the cluster as one place. */
function placeFinder(nodes: readonly CapacityNode[]): Places {
  const found = new Map<string, ReturnType<Places>>();
  return (key) => {
    const known = found.get(key);
    if (known) return known;
    const values = new Map<string, number>();
    const places = Int32Array.from(nodes, ({ labels }) => {
      const value = key === '' ? '' : labels[key];
      if (value === undefined) return -1;
      if (!values.has(value)) values.set(value, values.size);
      return values.get(value)!;
    });
    const made = { places, count: values.size };
    found.set(key, made);
    return made;
  };
}

/** Evenness and nearness need the label of the place on the node itself. */
function missingKey({ shape }: PodKind, { labels }: CapacityNode): string | undefined {
  if (shape.spread.some(({ key }) => !Object.hasOwn(labels, key))) return "node(s) didn't match pod topology spread constraints (missing required label)";
  return shape.near.some(({ key }) => !Object.hasOwn(labels, key)) ? "node(s) didn't match pod affinity rules" : undefined;
}

function clashesOf({ shape }: PodKind, kinds: readonly PodKind[]): number[] {
  if (shape.ports.length === 0) return [];
  return kinds.flatMap((other, id) => (portsClash(shape.ports, other.shape.ports) ? [id] : []));
}

/** Rules of distance by kind: those of its own pods, those of others that mean it, and claims that only one pod may use. */
function apartRules(kinds: readonly PodKind[], places: Places): SceneKind['apart'][] {
  const rules = kinds.map((): SceneKind['apart'] => []);
  kinds.forEach(({ shape, exclusive }, id) => {
    for (const term of shape.apart) {
      const meant = kinds.flatMap((other, otherId) => (term.fits(other.shape) ? [otherId] : []));
      const { places: by } = places(term.key);
      if (meant.length > 0) rules[id]!.push({ own: true, places: by, kinds: meant });
      for (const other of meant) rules[other]!.push({ own: false, places: by, kinds: [id] });
    }
    const users = exclusive.length === 0 ? [] : kinds.flatMap((other, otherId) => (exclusive.some((claim) => other.exclusive.includes(claim)) ? [otherId] : []));
    if (users.length > 0) rules[id]!.push({ own: true, places: places('').places, kinds: users });
  });
  return rules;
}

function nearOf({ shape }: PodKind, kinds: readonly PodKind[], places: Places): Pick<SceneKind, 'near'> {
  if (shape.near.length === 0) return {};
  const fitsAll = (other: PodShape) => shape.near.every((term) => term.fits(other));
  return { near: { places: shape.near.map(({ key }) => places(key).places), kinds: kinds.flatMap((other, id) => (fitsAll(other.shape) ? [id] : [])), fitsSelf: fitsAll(shape) } };
}

function evenOf(kind: PodKind, { kinds, nodes, places }: { kinds: readonly PodKind[]; nodes: readonly CapacityNode[]; places: Places }): SceneKind['even'] {
  const keys = kind.shape.spread.map(({ key }) => key);
  return kind.shape.spread.map((constraint) => {
    const { places: by, count } = places(constraint.key);
    const over = nodes.map((node) => keys.every((key) => Object.hasOwn(node.labels, key)) && kind.spreadOver(constraint, node));
    const counted = kinds.flatMap(({ shape }, id) => (shape.namespace === kind.shape.namespace && constraint.counts(shape.labels) ? [id] : []));
    return { constraint, places: by, placeCount: count, over, kinds: counted };
  });
}

/** True where order changes what is allowed at all: nearness and evenness can be made and broken by where others go. */
export function dependsOnOrder({ near, even }: SceneKind): boolean {
  return near !== undefined || even.length > 0;
}
