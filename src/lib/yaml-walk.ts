import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { readKubernetesScalar, readSexagesimal } from './yaml-scalar.js';
import type { Place, YamlPath, YamlProblem } from './yaml-text.js';

export interface WalkLimits {
  depth: number;
  nodes: number;
}

/** A problem before its place is known. */
type Unplaced<T> = T extends unknown ? Omit<T, keyof Place> : never;

/** One pass over a document's nodes: makes the data, and notes what is wrong with it. */
export class YamlWalk {
  readonly problems: YamlProblem[] = [];
  readonly #anchors = new Map<string, Node>();
  readonly #targets = new Map<Alias, Node>();
  readonly #done = new Map<Node, { data: unknown; nodes: number }>();
  readonly #open = new Set<Node>();
  #nodes = 0;

  constructor(
    readonly rules: 'core' | 'kubernetes',
    readonly limits: WalkLimits,
    readonly at: (offset: number) => Place,
  ) {}

  /** The data of a node. Aliases share what they point at, and count as often as they are used. */
  dataOf(node: Node, path: YamlPath): unknown {
    if (isAlias(node)) return this.#aliased(node);
    if (node.anchor) this.#anchors.set(node.anchor, node);
    const before = this.#nodes;
    if (!this.#spend(node, 1)) return null;
    this.#open.add(node);
    const data = isMap(node) ? this.#map(node, path) : isSeq(node) ? this.#list(node, path) : isScalar(node) ? this.#scalar(node, path) : null;
    this.#open.delete(node);
    if (node.anchor) this.#done.set(node, { data, nodes: this.#nodes - before });
    return data;
  }

  /** The nodes of a field's key and value. */
  find(top: Node | null, path: YamlPath): { key?: Node; value?: Node } | undefined {
    let found: { key?: Node; value?: Node } = top ? { value: top } : {};
    for (const step of path) {
      const inside = found.value && this.#follow(found.value);
      const next = isMap(inside) ? this.#pairOf(inside, String(step)) : isSeq(inside) && typeof step === 'number' ? this.#itemOf(inside, step) : undefined;
      if (!next) return undefined;
      found = next;
    }
    return found;
  }

  #note(node: Node | Scalar, problem: Unplaced<YamlProblem>): void {
    this.problems.push({ ...problem, ...this.at(node.range?.[0] ?? 0) });
  }

  #spend(node: Node, amount: number): boolean {
    const before = this.#nodes;
    this.#nodes += amount;
    if (this.#nodes <= this.limits.nodes) return true;
    if (before <= this.limits.nodes) this.#note(node, { kind: 'too-much', text: `more than ${this.limits.nodes} values` });
    return false;
  }

  #aliased(alias: Alias): unknown {
    const target = this.#anchors.get(alias.source);
    if (!target) {
      this.#note(alias, { kind: 'syntax', text: `*${alias.source}: no anchor &${alias.source} stands before it` });
      return null;
    }
    this.#targets.set(alias, target);
    if (this.#open.has(target)) {
      this.#note(alias, { kind: 'too-much', text: `*${alias.source} stands inside of what it points at` });
      return null;
    }
    const done = this.#done.get(target);
    if (!done || !this.#spend(alias, done.nodes)) return null;
    return done.data;
  }

  #map(map: YAMLMap, path: YamlPath): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    const merged: unknown[] = [];
    const seen = new Map<string, Node>();
    for (const pair of map.items) {
      const keyNode = pair.key as Node;
      const key = this.#key(keyNode, path);
      const valuePath = [...path, key];
      const data = pair.value === null || pair.value === undefined ? null : this.dataOf(pair.value as Node, valuePath);
      if (key === '<<' && isPlain(keyNode)) {
        if (this.rules === 'core') this.#note(keyNode, { kind: 'merge', path: valuePath });
        merged.push(...(Array.isArray(data) ? (data as unknown[]) : [data]));
        continue;
      }
      const first = seen.get(key);
      if (first) this.#note(keyNode, { kind: 'duplicate', path: valuePath, first: this.at(first.range?.[0] ?? 0) });
      else seen.set(key, keyNode);
      entries.set(key, data);
    }
    const out: Record<string, unknown> = {};
    // The first of several merged maps wins over the later ones, the map's own keys over all of them.
    for (const from of merged.reverse()) if (typeof from === 'object' && from !== null) for (const [key, value] of Object.entries(from)) define(out, key, value);
    for (const [key, value] of entries) define(out, key, value);
    return out;
  }

  #list(list: YAMLSeq, path: YamlPath): unknown[] {
    return list.items.map((item, index) => (item === null ? null : this.dataOf(item as Node, [...path, index])));
  }

  #key(node: Node, path: YamlPath): string {
    const text = isScalar(node) ? String(node.value) : '';
    if (!isPlain(node) || text === '<<') return text;
    const kubernetes = keyText(readKubernetesScalar(text));
    if (this.rules === 'kubernetes') return kubernetes ?? text;
    if (kubernetes !== text) this.#note(node, { kind: 'readings', path: [...path, text], source: text, core: text, kubernetes: kubernetes ?? null, key: true });
    return text;
  }

  #scalar(node: Scalar, path: YamlPath): unknown {
    const { tag } = node;
    if (tag !== undefined && !coreTags.has(tag)) {
      this.#note(node, { kind: 'tag', path, tag: tag.replace('tag:yaml.org,2002:', '!!') });
      return typeof node.value === 'string' ? node.value : '';
    }
    const plain = isPlain(node);
    const source = node.source ?? '';
    const value = this.rules === 'kubernetes' && plain ? readKubernetesScalar(source) : node.value;
    if (this.rules === 'core' && plain) this.#compare(node, { path, source, value });
    if (typeof value === 'number' && !(this.rules === 'core' ? isExact(value, source) : Number.isFinite(value))) this.#note(node, { kind: 'not-json', path, source });
    return value;
  }

  #compare(node: Scalar, { path, source, value }: { path: YamlPath; source: string; value: unknown }): void {
    const kubernetes = readKubernetesScalar(source);
    const other = kubernetes === value || (Number.isNaN(kubernetes) && Number.isNaN(value)) ? elsewhere(source) : kubernetes;
    if (other !== undefined && other !== value) this.#note(node, { kind: 'readings', path, source, core: value, kubernetes: other, key: false });
  }

  #follow(node: Node): Node | undefined {
    return isAlias(node) ? this.#targets.get(node) : node;
  }

  #pairOf(map: YAMLMap, key: string): { key?: Node; value?: Node } | undefined {
    const own = map.items.findLast((pair) => isScalar(pair.key) && this.#keyName(pair.key) === key);
    if (own) return { key: own.key as Node, ...(own.value ? { value: own.value as Node } : {}) };
    for (const pair of map.items) {
      if (!isScalar(pair.key) || pair.key.value !== '<<' || !pair.value) continue;
      const value = this.#follow(pair.value as Node);
      for (const from of isSeq(value) ? (value.items as Node[]) : [value]) {
        const inside = from && this.#follow(from);
        const found = isMap(inside) ? this.#pairOf(inside, key) : undefined;
        if (found) return found;
      }
    }
    return undefined;
  }

  #keyName(key: Scalar): string {
    const text = String(key.value);
    return this.rules === 'kubernetes' && isPlain(key) ? (keyText(readKubernetesScalar(text)) ?? text) : text;
  }

  #itemOf(list: YAMLSeq, index: number): { value?: Node } | undefined {
    const item = list.items[index] as Node | null | undefined;
    return item ? { value: item } : undefined;
  }
}

const coreTags = new Set(['null', 'bool', 'int', 'float', 'str', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`));

function isPlain(node: Node): boolean {
  return isScalar(node) && (node.type === undefined || node.type === 'PLAIN') && node.tag === undefined;
}

/** What other YAML 1.1 readers (PyYAML, Psych) make of texts that Kubernetes and YAML 1.2 agree on. */
function elsewhere(source: string): unknown {
  return /^0o[0-7]+$/.test(source) ? source : readSexagesimal(source);
}

function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  return key === null ? undefined : `${key as number | boolean}`;
}

/** JSON has no infinity, and a whole number beyond 2^53 would be rounded. */
function isExact(value: number, source: string): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || /[.eE]/.test(source));
}

function define(map: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
