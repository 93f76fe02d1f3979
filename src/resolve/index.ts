import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, type Dict } from '../lib/read-unknown.js';
import { checkShape } from '../load/index.js';
import { providedControllers, providedNames, type FieldPath, type LoadedInput, type Locate, type PlatformSource, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { declaredRegistry, K3dSpec } from '../model/cluster-schema.js';
import { NodeSpec, PlatformSpec } from '../model/schema.js';
import { applySets } from './apply-sets.js';
import { resolveComponent } from './component.js';
import { linkComponent, orderComponents, type Linked } from './edges.js';
import { linkModels } from './models.js';
import { layersOf, locatorOf, mergeLayers, type Layer } from './layers.js';
import { checkK3d } from './k3d.js';
import { resolvePolicies, type FoundPolicies } from './policies.js';
import type { Declared } from './source.js';

export interface ResolveOptions {
  /** Names of `-p`, in order; none means the platform's default profile. */
  profiles?: readonly string[];
  /** Where the platform comes from, when Git knows. */
  source?: PlatformSource | undefined;
}

/**
 * Merges profiles, files of `-f` and `--set` into a platform, checks that everything it names is there, and puts its
 * components in order. Throws a MostikError with every mistake, those of `load` among them.
 */
export function resolve(loaded: LoadedInput, options: ResolveOptions = {}): ResolvedPlatform {
  const problems = [...loaded.diagnostics];
  const chosen = chooseProfiles(loaded, options.profiles ?? []);
  problems.push(...chosen.problems);
  const base = layersOf(loaded, chosen.profiles);
  const merged = mergeLayers(base);
  const sets = applySets(merged, loaded.sets, loaded.dir);
  problems.push(...sets.problems);
  const layers = [...base, ...sets.layers];
  const { spec, broken } = checkSpec(merged, layers, problems);
  if (!spec) throw new MostikError(inOrder(problems));
  const parts = resolveComponents({ spec, broken }, layers, { loaded, problems });
  const policies = resolvePolicies(spec, locatorOf(layers), { dir: loaded.dir, root: realpathSync(loaded.root) });
  problems.push(...checkNodes(spec, locatorOf(layers)), ...checkK3d(spec.cluster.k3d, locatorOf(layers)), ...policies.problems);
  if (problems.some(({ severity }) => severity === 'error')) throw new MostikError(inOrder(problems));
  return assemble(spec, { loaded, options, profiles: chosen.profiles, parts, policies, locate: locatorOf(layers) });
}

function chooseProfiles(loaded: LoadedInput, asked: readonly string[]): { profiles: string[]; problems: Diagnostic[] } {
  const { defaultProfile, profiles } = loaded.platform.spec;
  const names = Object.keys(profiles);
  const chosen = [...new Set(asked.length > 0 ? asked : defaultProfile === undefined ? [] : [defaultProfile])];
  const problems = chosen
    .filter((name) => !names.includes(name))
    .map((name) => {
      const near = didYouMean(name, names);
      const hint = near ? `did you mean ${near}?` : names.length > 0 ? `the profiles are ${oneOf(names, 'and')}` : 'it has none: profiles stand in spec.profiles';
      return diagnose('profile-unknown', { name, hint }, asked.length > 0 ? undefined : loaded.locate(['spec', 'defaultProfile'], 'value'));
    });
  return { profiles: chosen.filter((name) => names.includes(name)), problems };
}

/** Holds the merged spec against the schema: a part of a profile may be incomplete or wrong only in the whole. */
function checkSpec(merged: Dict, layers: readonly Layer[], problems: Diagnostic[]): { spec?: PlatformSpec; broken: Set<string> } {
  const find = locatorOf(layers);
  const locate: Locate = (path, part) => find(path.slice(1), part);
  const shape = checkShape(z.strictObject({ spec: PlatformSpec }), { data: { spec: merged }, locate, written: () => undefined, mistaken: new Set(), shown: 'spec' });
  const broken = brokenComponents(layers);
  const news = shape.mistakes.filter(({ path: [, top, name] }) => top !== 'components' || !broken.has(String(name)));
  problems.push(...news.map(({ diagnostic }) => diagnostic));
  for (const [, top, name] of shape.broken) if (top === 'components') broken.add(String(name));
  return shape.value ? { spec: shape.value.spec, broken } : { broken };
}

function brokenComponents(layers: readonly Layer[]): Set<string> {
  return new Set(layers.flatMap(({ broken }) => broken.filter(([top]) => top === 'components').map(([, name]) => String(name))));
}

/** The merged spec, and the components in which something was already reported. */
interface Checked {
  spec: PlatformSpec;
  broken: Set<string>;
}

interface Parts {
  components: ResolvedComponent[];
  inputs: string[];
}

function resolveComponents({ spec, broken }: Checked, layers: readonly Layer[], { loaded, problems }: { loaded: LoadedInput; problems: Diagnostic[] }): Parts {
  const declared = declare({ spec, broken }, layers);
  const linked = new Map<string, { declared: Declared; after: string[] } & Linked>();
  for (const each of declared.values()) {
    if (each.component.enabled === false) continue;
    const edges = linkComponent(each, declared);
    problems.push(...edges.problems);
    linked.set(each.name, { declared: each, ...edges });
  }
  const models = linkModels(linked);
  problems.push(...models.problems);
  const order = orderComponents(linked);
  problems.push(...order.problems);
  const ground = { dir: loaded.dir, root: realpathSync(loaded.root) };
  const parts: Parts = { components: [], inputs: [] };
  for (const [name, link] of linked) {
    const result = resolveComponent({ ...link.declared, ...models.served.get(name) }, { spec, ground, linked: link, wave: order.waves.get(name) ?? 0 });
    problems.push(...result.problems);
    parts.inputs.push(...result.inputs);
    if (result.component) parts.components.push(result.component);
  }
  parts.components.sort((a, b) => a.wave - b.wave);
  return parts;
}

function declare({ spec, broken }: Checked, layers: readonly Layer[]): Map<string, Declared> {
  const find = locatorOf(layers);
  const own = Object.keys(asDict(layers[0]?.data['components']));
  const entries = Object.entries(spec.components).map(([name, component]): [string, Declared] => {
    const locate: Locate = (path, part) => (path.length === 0 ? firstPlace(layers, name) : find(['components', name, ...path], part));
    return [name, { name, component, locate, broken: broken.has(name), others: own.includes(name) ? [] : own }];
  });
  return new Map(entries);
}

/** A component stands where it is first declared, not where a profile changes something in it. */
function firstPlace(layers: readonly Layer[], name: string) {
  const path: FieldPath = ['components', name];
  const layer = layers.find(({ data }) => Object.hasOwn(asDict(data['components']), name)) ?? layers[0]!;
  return layer.locate(path, 'key');
}

function checkNodes(spec: PlatformSpec, locate: Locate): Diagnostic[] {
  const names = nodesOf(spec).map(({ name }) => name);
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    const at = locate(['cluster', 'nodes', index, 'name'], 'value');
    return diagnose('bad-value', { where: `spec.cluster.nodes[${index}].name`, expected: 'a name that no other entry has', got: JSON.stringify(name), hint: 'count: makes several equal nodes' }, at);
  });
}

function nodesOf({ cluster: { nodes } }: PlatformSpec): NodeSpec[] {
  if (nodes === 'real') return [NodeSpec.parse({ name: 'node', real: true })];
  return nodes ?? [NodeSpec.parse({ name: 'node', count: 3 })];
}

function assemble(spec: PlatformSpec, from: { loaded: LoadedInput; options: ResolveOptions; profiles: string[]; parts: Parts; policies: FoundPolicies; locate: Locate }): ResolvedPlatform {
  const { loaded, options, profiles, parts, policies, locate } = from;
  const { name } = loaded.platform.metadata;
  const { cluster } = spec;
  const registry = declaredRegistry(cluster.registry);
  return {
    name,
    file: loaded.file,
    dir: loaded.dir,
    root: loaded.root,
    source: { ...options.source, path: relative(loaded.root, loaded.file) },
    profiles,
    kubernetes: spec.kubernetes,
    namespace: spec.namespace,
    cluster: {
      provider: cluster.provider ?? 'embedded',
      name: cluster.name ?? name,
      nodes: nodesOf(spec),
      ...(registry ? { registry } : {}),
      ...(cluster.provider === 'k3d' ? { k3d: K3dSpec.parse(cluster.k3d ?? {}) } : {}),
      provides: providedNames(cluster.provides ?? []),
      controllers: providedControllers(cluster.provides ?? []),
      contexts: cluster.contexts ?? [],
    },
    secrets: spec.secrets,
    components: parts.components,
    state: spec.state,
    budget: spec.budget,
    policies: policies.policies,
    network: spec.network,
    checks: spec.checks,
    locate,
    inputs: [...new Set([...loaded.inputs, ...parts.inputs, ...policies.inputs])],
  };
}

/** Mistakes by file, then by place; those without a place come first. */
function inOrder(problems: readonly Diagnostic[]): Diagnostic[] {
  const key = ({ at }: Diagnostic) => (at && 'file' in at ? { file: at.file, line: at.line ?? 0, column: at.column ?? 0 } : { file: '', line: 0, column: 0 });
  return problems.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x.file === y.file ? x.line - y.line || x.column - y.column : x.file < y.file ? -1 : 1;
  });
}
