import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { catalog } from '../catalog/index.js';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { formatPath, type Component, type ComponentSource, type FieldPath, type Locate } from '../model/index.js';
import { builtInCharts, isBareName } from '../load/built-in-charts.js';
import { findModel } from './models.js';
import { isKustomizationFile, kustomizationFiles, kustomizationIn } from './kustomization.js';
import { filesBelow, findPath, type Ground } from './paths.js';

/** A component as it stands in the merged spec. */
export interface Declared {
  name: string;
  component: Component;
  /** Where its fields stand; paths begin below the component. */
  locate: Locate;
  /** Something in it was already reported, so that what is missing may only be misspelt. */
  broken: boolean;
  /** For a component that only a profile names: the platform's own, one of which may be meant. */
  others: readonly string[];
  /** For a model: the component that answers for it. */
  server?: string;
  /** For one of several versions of a model: percent of the requests. */
  traffic?: number;
}

/** What a source came to: where it is, and every file below it. */
export interface FoundSource {
  source?: ComponentSource;
  inputs: string[];
  problems: Diagnostic[];
}

const kinds = ['chart', 'use', 'manifests', 'workload', 'modelServer', 'model'] as const;

/** Finds the one source of a component. */
export function findSource(declared: Declared, ground: Ground): FoundSource {
  const { name, component, locate, broken } = declared;
  const given = kinds.filter((kind) => component[kind] !== undefined);
  if (given.length === 0) {
    const problem = diagnose('source-missing', { name, hint: sourceHint(declared) }, locate([]));
    return { inputs: [], problems: broken ? [] : [problem] };
  }
  if (given.length > 1) {
    const at = locate([given[1]!]);
    return { inputs: [], problems: [diagnose('source-several', { name, count: given.length, sources: oneOf(given, 'and') }, at)] };
  }
  if (component.chart !== undefined) return findChart(component.chart, declared, ground);
  if (component.manifests !== undefined) return findManifests(component.manifests, declared, ground);
  if (component.use !== undefined) return { inputs: [], problems: [notInCatalog(component.use, declared)] };
  if (component.model !== undefined) return findModel(component.model, declared, ground);
  if (component.modelServer !== undefined) return { source: { kind: 'model-server', server: component.modelServer }, inputs: [], problems: [] };
  return { source: { kind: 'workload', workload: component.workload! }, inputs: [], problems: [] };
}

/** The path of a component's field as messages show it. */
export function whereOf(name: string, ...path: FieldPath): string {
  return formatPath(['spec', 'components', name, ...path]);
}

function sourceHint({ name, others }: Declared): string {
  const near = didYouMean(name, others);
  return `${near ? `did you mean component ${near}? otherwise ` : ''}give it one: chart, manifests, workload, use, modelServer or model`;
}

function notInCatalog(name: string, declared: Declared): Diagnostic {
  const names = catalog.map((entry) => entry.name);
  const near = didYouMean(name, names);
  const known = names.length === 0 ? 'the catalog is empty: give the component a chart, manifests or a workload' : `it has ${oneOf(names, 'and')}`;
  return diagnose('catalog-unknown', { where: whereOf(declared.name, 'use'), name, hint: near ? `did you mean ${near}?` : known }, declared.locate(['use'], 'value'));
}

function findChart(path: string, { name, locate }: Declared, ground: Ground): FoundSource {
  const at = locate(['chart'], 'value');
  const where = whereOf(name, 'chart');
  if (isBareName(path) && !existsSync(resolve(ground.dir, path))) return builtIn(path, { where, at }, ground);
  const found = findPath({ path, where, at, remoteHint: '`helm pull --untar` it into the platform, and name that folder' }, ground);
  if ('diagnostic' in found) return { inputs: [], problems: [found.diagnostic] };
  const source: ComponentSource = { kind: 'chart', path: found.path };
  if (!found.folder) {
    if (/\.(tgz|tar\.gz)$/.test(path)) return { source, inputs: [found.path], problems: [] };
    const hint = /(^|\/)Chart\.ya?ml$/.test(path) ? `name its folder: ${dirname(path)}` : '';
    return { inputs: [], problems: [diagnose('chart-invalid', { where, path, problem: 'it is a file that is not a .tgz', hint }, at)] };
  }
  if (!existsSync(join(found.path, 'Chart.yaml'))) {
    return { inputs: [], problems: [diagnose('chart-invalid', { where, path, problem: 'it has no Chart.yaml', hint: chartHint(found.path, ground) }, at)] };
  }
  const { files, outside } = filesBelow(found.path, ground.root);
  return { source, inputs: files, problems: outside.map((link) => leaves(link, { where, at }, ground)) };
}

/** A library chart that comes with Mostik: its files belong to the tool, so they are no inputs of the platform. */
function builtIn(name: string, { where, at }: { where: string; at: ReturnType<Locate> }, ground: Ground): FoundSource {
  const charts = builtInCharts();
  const folder = charts.get(name);
  if (folder !== undefined) return { source: { kind: 'chart', path: folder }, inputs: [], problems: [] };
  const near = didYouMean(name, [...charts.keys(), ...readdirSync(ground.dir)]);
  const hint = near ? `did you mean ${near}?` : `name a folder below that of the platform file, or one of ${oneOf([...charts.keys()])}`;
  return { inputs: [], problems: [diagnose('chart-unknown', { where, path: name, hint }, at)] };
}

function chartHint(folder: string, ground: Ground): string {
  const inside = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'Chart.yaml')));
  if (inside.length > 0) return `there is one in ${relative(ground.dir, join(folder, inside[0]!))}`;
  return kustomizationIn(folder) ? 'it is a kustomization: write manifests: instead of chart:' : '';
}

function findManifests(paths: readonly string[], declared: Declared, ground: Ground): FoundSource {
  const files: string[] = [];
  const problems: Diagnostic[] = [];
  for (const [index, path] of paths.entries()) {
    const at = declared.locate(['manifests', index], 'value');
    const where = whereOf(declared.name, 'manifests', index);
    const found = findPath({ path, where, at, remoteHint: 'download it into the platform, and name that file' }, ground);
    if ('diagnostic' in found) {
      problems.push(found.diagnostic);
      continue;
    }
    const folder = found.folder ? found.path : isKustomizationFile(found.path) ? dirname(found.path) : undefined;
    if (folder !== undefined && kustomizationIn(folder)) {
      if (paths.length > 1) problems.push(diagnose('kustomization-mixed', { where, path }, at));
      else return findKustomization(folder, { where, at }, ground);
    } else if (!found.folder) files.push(found.path);
    else {
      const inside = manifestsIn(found.path);
      if (inside.length === 0) problems.push(diagnose('manifests-empty', { where, path, hint: emptyHint(found.path) }, at));
      for (const file of inside) {
        const below = findPath({ path: file, where, at, remoteHint: '' }, ground);
        if ('diagnostic' in below) problems.push(below.diagnostic);
        else files.push(file);
      }
    }
  }
  return { source: { kind: 'manifests', paths: files }, inputs: files, problems };
}

function findKustomization(folder: string, place: { where: string; at: ReturnType<Locate> }, ground: Ground): FoundSource {
  const { files, outside } = kustomizationFiles(folder, ground.root);
  return { source: { kind: 'kustomization', path: folder }, inputs: files, problems: outside.map((path) => leaves(path, place, ground)) };
}

function leaves(path: string, { where, at }: { where: string; at: ReturnType<Locate> }, ground: Ground): Diagnostic {
  return diagnose('path-outside', { where, path: relative(ground.dir, path), root: ground.root }, at);
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() !== false);
}

function emptyHint(folder: string): string {
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return inside.length > 0 ? `folders inside of it (${inside[0]!.name}) are not searched: name them` : '';
}
