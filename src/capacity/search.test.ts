import { expect, test } from 'vitest';
import type { KubeObject } from '../model/index.js';
import type { Dict } from '../lib/read-unknown.js';
import { capacityOf, type CapacityNode } from './index.js';
import { nodes, rendered, workload } from './test-objects.js';

/** A small world in plain words: what the slow search works from, and what objects are made of. */
interface SmallNode { cpu: number; pods: number; gpus: number; zone: string; taint: boolean }
interface SmallKind {
  name: string; count: number; cpu: number; gpu: number; zone?: string; tolerates: boolean; port?: number; priority: number; patient: boolean;
  apart?: { key: 'host' | 'zone'; from: string }; near?: { key: 'host' | 'zone'; to: string }; spread?: { key: 'host' | 'zone'; skew: number; honorTaints: boolean };
}

/** mulberry32: the same numbers on every machine. */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function smallWorld(seed: number): { nodes: SmallNode[]; kinds: SmallKind[] } {
  const random = randomFrom(seed);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)]!;
  const chance = (share: number) => random() < share;
  const nodeCount = pick(1, 2, 3);
  const made = Array.from({ length: nodeCount }, (_, i): SmallNode => ({ cpu: pick(2, 3, 4), pods: pick(2, 3, 110, 110), gpus: pick(0, 0, 1, 2), zone: i === 0 ? 'a' : pick('a', 'b'), taint: chance(0.2) }));
  const names = ['p', 'q', 'r'].slice(0, pick(1, 2, 2, 3));
  const withPriorities = chance(0.25);
  const kinds = names.map((name): SmallKind => {
    const other = pick(...names);
    const key = () => pick<'host' | 'zone'>('host', 'zone');
    return {
      name, count: pick(1, 2, 2, 3), cpu: pick(0, 1, 1, 2, 3), gpu: chance(0.2) ? 1 : 0, tolerates: chance(0.5), priority: withPriorities ? pick(0, 10, 20) : 0, patient: withPriorities && chance(0.3),
      ...(chance(0.2) ? { zone: pick('a', 'b') } : {}), ...(chance(0.15) ? { port: 80 } : {}),
      ...(chance(0.25) ? { apart: { key: key(), from: other } } : {}), ...(chance(0.12) ? { near: { key: key(), to: other } } : {}),
      ...(chance(0.2) ? { spread: { key: key(), skew: pick(1, 1, 2), honorTaints: chance(0.3) } } : {}),
    };
  });
  return { nodes: made, kinds };
}

function objectsOf(kinds: readonly SmallKind[]): KubeObject[] {
  const label = (key: 'host' | 'zone') => (key === 'host' ? 'kubernetes.io/hostname' : 'zone');
  const classes = [...new Set(kinds.map(({ priority, patient }) => `${priority}${patient ? 'p' : ''}`))].map((name): KubeObject => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: `c${name}` }, value: parseInt(name), preemptionPolicy: name.endsWith('p') ? 'Never' : 'PreemptLowerPriority' }));
  const term = (key: 'host' | 'zone', app: string): Dict => ({ requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: label(key), labelSelector: { matchLabels: { app } } }] });
  return [...classes, ...kinds.map((kind) => {
    const requests = { ...(kind.cpu > 0 ? { cpu: kind.cpu } : {}) };
    const pod: Dict = {
      priorityClassName: `c${kind.priority}${kind.patient ? 'p' : ''}`,
      containers: [{ name: 'm', image: 'x', resources: { requests, limits: kind.gpu > 0 ? { 'nvidia.com/gpu': kind.gpu } : {} }, ...(kind.port ? { ports: [{ containerPort: 1, hostPort: kind.port }] } : {}) }],
      ...(kind.tolerates ? { tolerations: [{ key: 'special', operator: 'Exists' }] } : {}),
      ...(kind.zone ? { nodeSelector: { zone: kind.zone } } : {}),
      affinity: { ...(kind.apart ? { podAntiAffinity: term(kind.apart.key, kind.apart.from) } : {}), ...(kind.near ? { podAffinity: term(kind.near.key, kind.near.to) } : {}) },
      ...(kind.spread ? { topologySpreadConstraints: [{ maxSkew: kind.spread.skew, topologyKey: label(kind.spread.key), whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: kind.name } }, ...(kind.spread.honorTaints ? { nodeTaintsPolicy: 'Honor' } : {}) }] } : {}),
    };
    return workload('ReplicaSet', kind.name, { replicas: kind.count, pod });
  })];
}

const nodesFor = (small: readonly SmallNode[]): CapacityNode[] =>
  nodes(...small.map(({ cpu, pods, gpus, zone, taint }, i) => ({ name: `n${i}`, cpu, pods, gpus, labels: { zone }, taints: taint ? [{ key: 'special', effect: 'NoSchedule' as const }] : [] })));

/** On which node each pod is; kinds in order. */
type Where = number[][];

/** Tries every pod, every node and every eviction from every state: slow, and written from the scheduler's rules alone. */
function everyOutcome({ nodes: all, kinds }: ReturnType<typeof smallWorld>): { least: number[]; most: number[]; leastMissing: number } | undefined {
  const at = (kind: SmallKind) => kinds.indexOf(kind);
  const place = (key: 'host' | 'zone', node: number) => (key === 'host' ? node : all[node]!.zone);
  const podsWhere = (where: Where, name: string, keep: (node: number) => boolean) => where[kinds.findIndex((kind) => kind.name === name)]!.filter(keep).length;
  const allowed = (kind: SmallKind, node: number) => (!all[node]!.taint || kind.tolerates) && (kind.zone === undefined || kind.zone === all[node]!.zone);
  const takes = (where: Where, kind: SmallKind, node: number): boolean => {
    const here = kinds.flatMap((other) => where[at(other)]!.filter((n) => n === node).map(() => other));
    const sum = (of: (other: SmallKind) => number) => here.reduce((total, other) => total + of(other), 0);
    if (!allowed(kind, node) || here.length >= all[node]!.pods) return false;
    if (kind.cpu > 0 && sum(({ cpu }) => cpu) + kind.cpu > all[node]!.cpu) return false;
    if (kind.gpu > 0 && sum(({ gpu }) => gpu) + kind.gpu > all[node]!.gpus) return false;
    if (kind.port && here.some(({ port }) => port === kind.port)) return false;
    if (kind.apart && podsWhere(where, kind.apart.from, (n) => place(kind.apart!.key, n) === place(kind.apart!.key, node)) > 0) return false;
    if (kinds.some((other) => other.apart?.from === kind.name && where[at(other)]!.some((n) => place(other.apart!.key, n) === place(other.apart!.key, node)))) return false;
    if (kind.near) {
      const near = podsWhere(where, kind.near.to, (n) => place(kind.near!.key, n) === place(kind.near!.key, node)) > 0;
      if (!near && !(kind.near.to === kind.name && where[at(kind)]!.length === 0)) return false;
    }
    if (kind.spread) {
      const { key, skew, honorTaints } = kind.spread;
      const counted = all.map((_, n) => n).filter((n) => (kind.zone === undefined || kind.zone === all[n]!.zone) && (!honorTaints || !all[n]!.taint || kind.tolerates));
      const totals = new Map<number | string, number>();
      for (const n of counted) totals.set(place(key, n), (totals.get(place(key, n)) ?? 0) + podsWhere(where, kind.name, (m) => m === n));
      if ((totals.get(place(key, node)) ?? 0) + 1 - Math.min(...totals.values()) > skew) return false;
    }
    return true;
  };
  const without = (where: Where, kind: SmallKind, node: number): Where => where.map((list, k) => (kinds[k]!.priority < kind.priority ? list.filter((n) => n !== node) : list));
  const seen = new Set<string>();
  const found = { least: kinds.map(() => Infinity), most: kinds.map(() => 0), leastMissing: Infinity };
  const visit = (where: Where): boolean => {
    const key = where.map((list) => [...list].sort().join('')).join('|');
    if (seen.has(key)) return true;
    seen.add(key);
    if (seen.size > 60_000) return false;
    let ended = true;
    for (const [k, kind] of kinds.entries()) {
      if (where[k]!.length >= kind.count) continue;
      const open = all.map((_, node) => node).filter((node) => takes(where, kind, node));
      for (const node of open) {
        ended = false;
        if (!visit(where.map((list, i) => (i === k ? [...list, node] : list)))) return false;
      }
      if (open.length > 0 || kind.patient) continue;
      for (const [node] of all.entries()) {
        const emptied = without(where, kind, node);
        if (emptied.flat().length === where.flat().length || !takes(emptied, kind, node)) continue;
        ended = false;
        if (!visit(emptied.map((list, i) => (i === k ? [...list, node] : list)))) return false;
      }
    }
    if (!ended) return true;
    for (const k of kinds.keys()) {
      found.least[k] = Math.min(found.least[k]!, where[k]!.length);
      found.most[k] = Math.max(found.most[k]!, where[k]!.length);
    }
    found.leastMissing = Math.min(found.leastMissing, kinds.reduce((sum, { count }, k) => sum + count - where[k]!.length, 0));
    return true;
  };
  return visit(kinds.map(() => [])) && Number.isFinite(found.leastMissing) ? found : undefined;
}

/** How many pods surely do not run and how many may not, by the model and by the search. */
function compare(seed: number, steps?: number): { about: string; model: { least: number; most: number }; truth: { least: number; most: number } }[] {
  const world = smallWorld(seed);
  const outcome = everyOutcome(world);
  if (!outcome) throw new Error(`seed ${seed}: the search is too slow for this world`);
  const { workloads, shortages } = capacityOf({ objects: objectsOf(world.kinds).map(rendered), nodes: nodesFor(world.nodes), knows: ['PriorityClass'], ...(steps === undefined ? {} : { steps }) });
  for (const { missing } of shortages) expect(missing, `seed ${seed}`).toBeLessThanOrEqual(outcome.leastMissing);
  return world.kinds.map(({ name, count }, k) => {
    const { verdict, missing } = workloads[k]!;
    const about = `seed ${seed}, ${name}: ${JSON.stringify({ verdict, world }, undefined, 1)}`;
    expect(verdict, about).toBe(missing.most === 0 ? 'fits' : missing.least > 0 ? 'pending' : 'may not fit');
    return { about, model: missing, truth: { least: count - outcome.most[k]!, most: count - outcome.least[k]! } };
  });
}

test('verdicts of 1,000 small worlds are those of a search through every order of placement', () => {
  let open = 0;
  for (let seed = 1; seed <= 1000; seed++) {
    for (const { about, model, truth } of compare(seed)) {
      expect(model, about).toEqual(truth);
      if (truth.least < truth.most) open++;
    }
  }
  // Worlds of both sorts: a generator that makes only easy ones would prove little.
  expect(open).toBeGreaterThan(300);
}, 120_000);

test('without the search through outcomes the bounds alone are never too certain, and mostly decide', () => {
  let [decided, certain] = [0, 0];
  for (let seed = 2001; seed <= 3000; seed++) {
    for (const { about, model, truth } of compare(seed, 0)) {
      expect(model.least, about).toBeLessThanOrEqual(truth.least);
      expect(model.most, about).toBeGreaterThanOrEqual(truth.most);
      if (truth.least !== truth.most) continue;
      certain++;
      if (model.least === model.most) decided++;
    }
  }
  expect(decided / certain).toBeGreaterThan(0.6);
}, 120_000);
