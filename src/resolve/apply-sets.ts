import { resolve } from 'node:path';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { oneOf } from '../lib/describe-value.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asList, asStrings, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { readYamlText } from '../lib/yaml-text.js';
import { formatPath, parsePath, setAt, type FieldPath, type SetValue } from '../model/index.js';
import type { Layer } from './layers.js';
import { textOf } from './paths.js';

/**
 * Lays `--set` over a merged spec: values of a chart, or fields of a workload. `layers` tell later where they came from.
 */
export function applySets(spec: Dict, sets: readonly SetValue[], dir: string): { layers: Layer[]; problems: Diagnostic[] } {
  const layers: Layer[] = [];
  const problems: Diagnostic[] = [];
  for (const set of sets) {
    const components = asDict(spec['components']);
    const component = Object.hasOwn(components, set.component) ? asDict(components[set.component]) : undefined;
    const problem = refusal(set, component, Object.keys(components));
    if (problem || !component) {
      if (problem) problems.push(problem);
      continue;
    }
    const field = isDict(component['workload']) ? 'workload' : 'values';
    const values = { ...asDict(component[field]) };
    if (field === 'values') seedList(values, set.path, asList(component['files']), dir);
    const blocked = setAt(values, set.path, set.value);
    if (blocked !== undefined) problems.push(diagnose('set-refused', { text: set.text, problem: blocked, hint: '' }));
    component[field] = values;
    spec['components'] = { ...components, [set.component]: component };
    layers.push(layerOf(set, field));
  }
  return { layers, problems };
}

function refusal(set: SetValue, component: Dict | undefined, names: string[]): Diagnostic | undefined {
  const { text } = set;
  if (!component) {
    const near = didYouMean(set.component, names);
    const hint = near ? `did you mean ${near}?` : `the components are ${oneOf(names, 'and')}`;
    return diagnose('component-unknown', { where: `--set ${text}`, name: set.component, hint });
  }
  const refused = (problem: string, hint = '') => diagnose('set-refused', { text, problem, hint });
  if (component['enabled'] === false) return refused(`component ${set.component} is switched off`, 'choose a profile that has it on');
  if (component['manifests'] !== undefined) return refused(`component ${set.component} is made of manifests, which have no values`, 'a kustomization, or a profile with other manifests, can vary them');
  for (const [written, secret] of Object.entries(asStrings(component['secretValues']))) {
    const path = parsePath(written) ?? [written];
    if (overlaps(path, set.path)) return refused(`${written} is filled with secret ${secret}`, `put the value into .env as ${secret.toUpperCase().replace(/[^A-Z0-9]/g, '_')}: a command line is seen by others and kept in histories`);
  }
  return undefined;
}

/** Tells whether one path lies within the other. */
function overlaps(a: FieldPath, b: FieldPath): boolean {
  const length = Math.min(a.length, b.length);
  return formatPath(a.slice(0, length)) === formatPath(b.slice(0, length));
}

/** Helm sets an item in the list that the values files made, so that list has to be at hand. */
function seedList(values: Dict, path: FieldPath, files: readonly unknown[], dir: string): void {
  const end = path.findIndex((step) => typeof step === 'number');
  const list = path.slice(0, end);
  if (end < 0 || valueAt(values, ...list) !== undefined) return;
  for (const file of files.toReversed()) {
    const text = textOf(resolve(dir, String(file)));
    const found = text === undefined ? undefined : valueAt(readYamlText(text, 'kubernetes').data, ...list);
    if (found === undefined) continue;
    if (Array.isArray(found)) setAt(values, list, found);
    return;
  }
}

function layerOf(set: SetValue, field: 'values' | 'workload'): Layer {
  const data: Dict = {};
  setAt(data, ['components', set.component, field, ...set.path], set.value);
  return { data, locate: () => ({ file: `--set ${set.text}` }), broken: [] };
}
