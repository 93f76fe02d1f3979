import { diagnose, formatLocation, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { oneOf } from '../lib/describe-value.js';
import type { Edge, FieldPath, Needs, Uses } from '../model/index.js';
import { whereOf, type Declared } from './source.js';
import { ringsOf, wavesOf } from './waves.js';

/** The edges of one component, and which components come before it. */
export interface Linked {
  edges: Edge[];
  after: string[];
  problems: Diagnostic[];
}

interface Target {
  name: string;
  optional: boolean;
  verb: 'uses' | 'needs';
  path: FieldPath;
  ports?: (number | string)[];
}

/**
 * Reads `uses` and `needs` of a component. An edge to a component that is switched off is a mistake: its user would wait for
 * something that never comes, or fail without it. Only an edge marked `optional` goes away with its target.
 */
export function linkComponent(declared: Declared, all: ReadonlyMap<string, Declared>): Linked {
  const linked: Linked = { edges: [], after: [], problems: [] };
  const { uses = [], needs = [] } = declared.component;
  for (const [index, use] of uses.entries()) {
    const target = targetOf(use, { verb: 'uses', path: ['uses', index] });
    if (!target) linked.edges.push(outsideEdge(declared.name, use, index));
    else if (isThere(target, declared, { all, problems: linked.problems })) {
      linked.edges.push({ kind: 'component', from: declared.name, to: target.name, ...(target.ports ? { ports: target.ports } : {}), use: index });
      linked.after.push(target.name);
    }
  }
  for (const [index, need] of needs.entries()) {
    const target = targetOf(need, { verb: 'needs', path: ['needs', index] });
    if (target && isThere(target, declared, { all, problems: linked.problems })) linked.after.push(target.name);
  }
  linked.after = [...new Set(linked.after)];
  return linked;
}

/** Puts components into waves; a ring of them is a mistake that is shown with its places. */
export function orderComponents(linked: ReadonlyMap<string, { declared: Declared; after: readonly string[] }>): { waves: Map<string, number>; problems: Diagnostic[] } {
  const graph = new Map([...linked].map(([name, { after }]) => [name, after]));
  const problems = ringsOf(graph).slice(0, 10).map((ring) => {
    const steps = ring.map((name, index) => ({ from: linked.get(name)!.declared, to: ring[(index + 1) % ring.length]! }));
    const places = steps.map(({ from, to }) => {
      const { verb, at } = edgePlace(from, to);
      return { text: `${from.name} ${verb} ${to} (${formatLocation(at)})`, at };
    });
    return diagnose('component-cycle', { ring: [...ring, ring[0]!].join(' -> '), places: oneOf(places.map(({ text }) => text)) }, places[0]!.at);
  });
  return { waves: wavesOf(graph), problems };
}

function targetOf(entry: Uses | Needs, from: { verb: 'uses' | 'needs'; path: FieldPath }): Target | undefined {
  if (typeof entry === 'string') return { name: entry, optional: false, ...from };
  if (!('component' in entry)) return undefined;
  const ports = 'ports' in entry ? entry.ports : undefined;
  return { name: entry.component, optional: entry.optional === true, verb: from.verb, path: [...from.path, 'component'], ...(ports ? { ports } : {}) };
}

function outsideEdge(from: string, use: Uses, index: number): Edge {
  if (typeof use === 'object' && 'cidr' in use) return { kind: 'cidr', from, cidr: use.cidr, ...(use.ports ? { ports: use.ports } : {}), use: index };
  const kind = (['dns', 'kubernetes-api', 'ingress', 'webhook'] as const).find((name) => typeof use === 'object' && name in use);
  return { kind: kind ?? 'dns', from, use: index };
}

function isThere(target: Target, from: Declared, { all, problems }: { all: ReadonlyMap<string, Declared>; problems: Diagnostic[] }): boolean {
  const at = from.locate(target.path, 'value');
  const found = all.get(target.name);
  if (!found) {
    const near = didYouMean(target.name, [...all.keys()].filter((name) => name !== from.name));
    const hint = near ? `did you mean ${near}?` : `the components are ${oneOf([...all.keys()], 'and')}`;
    problems.push(diagnose('component-unknown', { where: whereOf(from.name, ...target.path), name: target.name, hint }, at));
    return false;
  }
  if (found.component.enabled !== false) return true;
  if (!target.optional) {
    const place = formatLocation(found.locate(['enabled'], 'key'));
    problems.push(diagnose('component-disabled', { where: whereOf(from.name, ...target.path), from: from.name, verb: target.verb, name: target.name, place }, at));
  }
  return false;
}

function edgePlace(from: Declared, to: string) {
  for (const verb of ['uses', 'needs'] as const) {
    const index = (from.component[verb] ?? []).findIndex((entry) => entry === to || (typeof entry === 'object' && 'component' in entry && entry.component === to));
    if (index >= 0) return { verb, at: from.locate([verb, index], 'value') };
  }
  return { verb: 'uses', at: from.locate([]) };
}
