import { MostikError, type Diagnostic, type Location } from '../diagnostics/index.js';
import { checkChartValues } from '../helm/index.js';
import { shownPath } from '../lib/shown-path.js';
import { labels, refOf, seedName, usedSecrets, type Desired, type DesiredComponent, type KubeObject, type RenderedObject, type ResolvedComponent, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import type { Draft } from './draft.js';
import { checkDuplicates } from './duplicates.js';
import { renderCacheFolder } from './engine-cache.js';
import { fromEngine } from './engine-diagnostics.js';
import { onlyStandIns, renderItems } from './engine-passes.js';
import type { EngineResult } from './engine-protocol.js';
import { engineItems, outOfCache } from './items.js';
import { isCrd, scopes } from './kinds.js';
import { checkListKeys } from './list-keys.js';
import { checkNames } from './names.js';
import { modelDrafts } from './models.js';
import { implicitNamespaces, placeInNamespaces } from './namespaces.js';
import { readObject } from './object-shape.js';
import { inOrder } from './order.js';
import { withOwnComponents } from './own-components.js';
import { takesSecrets, workloadDrafts } from './workload.js';

export interface RenderOptions {
  /** The render engine. */
  engine: { path: string };
  /** A value for each of `usedSecrets(platform)`: real ones, or `standIns(platform)`. */
  secrets: SecretTable;
  signal?: AbortSignal;
  /** Shown paths are relative to this folder; the current one by default. */
  cwd?: string;
}

/**
 * Turns a platform into its objects, in the order in which they are applied. Pure but for the files it reads: the same files
 * and secrets give the same bytes. Throws every mistake at once; what is only worth a warning is in the result.
 */
export async function renderPlatform(platform: ResolvedPlatform, options: RenderOptions): Promise<Desired> {
  const { secrets, cwd = process.cwd() } = options;
  const asked = await engineItems(platform, secrets);
  const cache = onlyStandIns(platform, secrets) ? renderCacheFolder() : undefined;
  const rendered = await renderItems(platform, asked.items, { call: { path: options.engine.path, signal: options.signal }, cache });
  const results = new Map([...rendered].map(([id, result]) => [id, outOfCache(result, asked.libraries.get(id))]));
  const all = withGenerated(platform, secrets, results);
  const read = await readAll(platform, results, { secrets: all, cwd });
  const checked = await place(platform, read.drafts);
  const diagnostics = [...asked.diagnostics, ...read.diagnostics, ...checked.diagnostics];
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new MostikError(diagnostics);
  const { name, source, profiles, kubernetes } = platform;
  return { name, source, profiles, kubernetes, components: describedAll(platform, checked.own), objects: checked.objects, secrets: all, budget: platform.budget, diagnostics };
}

/** The secrets that a generation keeps: those the components take, what templates made up, and the seed when something was drawn from it. */
function withGenerated(platform: ResolvedPlatform, secrets: SecretTable, results: ReadonlyMap<string, EngineResult>): SecretTable {
  const table = new Map<string, string>();
  const seeded = platform.components.some((component) => takesSecrets(component) || (results.get(component.name)?.generated.length ?? 0) > 0);
  for (const name of Object.keys(usedSecrets(platform))) {
    const value = secrets.get(name);
    if (value !== undefined && (name !== seedName || seeded)) table.set(name, value);
  }
  for (const [id, { generated }] of results) generated.forEach((value, i) => table.set(`generated/${id}/${i}`, value));
  return table;
}

interface Reading {
  secrets: SecretTable;
  cwd: string;
}

/** All objects of all components as drafts, and what is wrong with them. */
async function readAll(platform: ResolvedPlatform, results: ReadonlyMap<string, EngineResult>, { secrets, cwd }: Reading): Promise<{ drafts: Draft[]; diagnostics: Diagnostic[] }> {
  const drafts: Draft[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const component of platform.components) {
    const result = results.get(component.name);
    const made = workloadDrafts(platform, component, secrets);
    drafts.push(...made.drafts, ...(await modelDrafts(platform, component)));
    diagnostics.push(...made.diagnostics);
    const found = await Promise.all((result?.diagnostics ?? []).map((each) => fromEngine(each, { component, secrets, cwd })));
    diagnostics.push(...(await withValuesExplained(component, found, cwd)));
    for (const { object: raw, file, line, hook, keep } of result?.objects ?? []) {
      const at: Location = file ? { file: shownPath(file, cwd), ...(line ? { line } : {}) } : component.at;
      const { object, diagnostics: wrong } = readObject(raw, at);
      diagnostics.push(...wrong);
      if (object) drafts.push({ component, object, at, keep, ...(hook ? { hook } : {}) });
    }
  }
  return { drafts, diagnostics };
}

/**
 * The engine says that values do not fit a chart's schema, as Helm does; which layer set them, what the right name is and
 * what else is wrong, our own check says. It is asked for nothing else, since Helm's word counts.
 */
async function withValuesExplained(component: ResolvedComponent, found: Diagnostic[], cwd: string): Promise<Diagnostic[]> {
  if (!found.some(({ code }) => code === 'values-schema')) return found;
  const explained = await checkChartValues(component, { cwd });
  if (!explained.some(({ severity }) => severity === 'error')) return found;
  return [...explained, ...found.filter(({ code }) => code !== 'values-schema')];
}

/** Namespaces, Mostik's own objects, labels, order, and the checks that need all objects. */
async function place(platform: ResolvedPlatform, drafts: readonly Draft[]): Promise<{ objects: RenderedObject[]; own: DesiredComponent[]; diagnostics: Diagnostic[] }> {
  const crds = drafts.map(({ object }) => object).filter(isCrd);
  const placed = placeInNamespaces(drafts, scopes(crds, platform.cluster.provides));
  const own = await withOwnComponents(platform, placed.drafts);
  const all = [...own.drafts, ...implicitNamespaces(own.drafts, platform)];
  const ordered = inOrder(all, [...own.components, ...platform.components].map(({ name }) => name));
  const diagnostics = [...placed.diagnostics, ...own.diagnostics, ...checkNames(ordered), ...checkDuplicates(ordered), ...checkListKeys(ordered)];
  return { objects: ordered.map((draft) => finished(platform, draft)), own: own.components.map(described), diagnostics };
}

function finished(platform: ResolvedPlatform, { component, object, at, hook, keep }: Draft): RenderedObject {
  const labelled = withLabels(object, platform.name, component.name);
  return { component: component.name, ref: refOf(labelled), object: labelled, at, ...(hook ? { hook } : {}), keep };
}

/** Labels of top-level metadata only: a selector or a template must not change because Mostik looks after an object. */
function withLabels(object: KubeObject, platform: string, component: string): KubeObject {
  const { name, namespace, labels: own, ...rest } = object.metadata;
  const all = { ...own, [labels.managedBy]: 'mostik', [labels.platform]: platform, [labels.component]: component };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { apiVersion, kind, metadata: _metadata, ...fields } = object;
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: sorted, ...rest }, ...fields };
}

/** The components of the plan: what Mostik itself makes comes before all others. */
function describedAll({ components }: ResolvedPlatform, own: readonly DesiredComponent[]): DesiredComponent[] {
  if (own.length === 0) return components.map(described);
  const names = own.map(({ name }) => name);
  return [...own.map((each) => ({ ...each, wave: 0 })), ...components.map((component) => ({ ...described(component), after: [...names, ...component.after], wave: component.wave + 1 }))];
}

function described({ name, after, wave, data, timeoutSeconds, external }: ResolvedPlatform['components'][number]): DesiredComponent {
  return { name, after, wave, data, timeoutSeconds, external };
}
