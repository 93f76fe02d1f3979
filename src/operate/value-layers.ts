import { readChart, type Chart } from '../helm/chart.js';
import { coalesce } from '../helm/coalesce.js';
import { defaultsLayer, readUserValues, type ValuesLayer } from '../helm/layers.js';
import type { Location } from '../diagnostics/index.js';
import { isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import type { FieldPath, ResolvedComponent } from '../model/index.js';

/** Which of the things that set values it is. */
export type LayerKind = 'chart default' | 'values file' | 'inline values' | '--set' | 'secret';

/** All values of a chart component, and which layer set each. */
export interface ChartValues {
  values: Dict;
  /** Paths of everything that is no map or list, or an empty one. */
  leaves: FieldPath[];
  origin(path: FieldPath): { kind: LayerKind; at: Location; namedAt?: Location };
}

/** Reads the values that a chart component renders with, in Helm's order. */
export async function chartValues(component: ResolvedComponent, path: string, cwd: string): Promise<ChartValues> {
  const [chart, user] = await Promise.all([readChart(path), readUserValues(component, cwd)]);
  const { values, active } = coalesce(chart, user.values);
  const defaults = defaultLayers(chart, active, { prefix: [], cwd });
  const files = user.layers.slice(0, component.files.length).map((layer, i) => ({ kind: 'values file' as const, layer, namedAt: component.locate(['files', i], 'value') }));
  const inline = { kind: 'inline values' as const, layer: user.layers[files.length]! };
  const secrets = user.layers.slice(files.length + 1).map((layer) => ({ kind: 'secret' as const, layer }));
  const layers: { kind: LayerKind; layer: ValuesLayer; namedAt?: Location }[] = [...defaults.map((layer) => ({ kind: 'chart default' as const, layer })), ...files, inline, ...secrets];
  return {
    values,
    leaves: leavesOf(values, []).filter((leaf) => !isHandedDown(leaf, chart)),
    origin: (asked) => {
      for (let end = asked.length; end > 0; end--) {
        const field = asked.slice(0, end);
        const found = layers.findLast(({ layer }) => layer.has(field));
        if (!found) continue;
        const at = found.layer.at(field, end === asked.length ? 'value' : 'key');
        const isSet = 'file' in at && at.file.startsWith('--set ');
        return { kind: isSet ? '--set' : found.kind, at, ...(found.namedAt ? { namedAt: found.namedAt } : {}) };
      }
      return { kind: 'chart default', at: component.at };
    },
  };
}

/** A chart's defaults count less than those of the chart it is part of. */
function defaultLayers(chart: Chart, active: Map<Chart, Chart[]>, { prefix, cwd }: { prefix: FieldPath; cwd: string }): ValuesLayer[] {
  const below = (active.get(chart) ?? []).flatMap((subchart) => defaultLayers(subchart, active, { prefix: [...prefix, subchart.name], cwd }));
  return [...below, defaultsLayer(chart, prefix, cwd)];
}

/** Globals stand below each subchart too; what sets them is the one at the top. */
function isHandedDown(path: FieldPath, chart: Chart): boolean {
  return path.length > 2 && path[1] === 'global' && chart.subcharts.some((each) => each.chart.name === path[0]);
}

/** The paths of everything in data that is no map or list, or an empty one. */
export function leavesOf(value: unknown, path: FieldPath): FieldPath[] {
  const entries: [string | number, unknown][] = Array.isArray(value) ? (value as unknown[]).map((entry, i) => [i, entry]) : isDict(value) ? Object.entries(value) : [];
  return entries.length === 0 ? [path] : entries.flatMap(([step, entry]) => leavesOf(entry, [...path, step]));
}

/** Values with one leaf changed; a list on the way is given whole, since lists replace each other. */
export function withLeaf(own: Dict, all: Dict, { path, value }: { path: FieldPath; value: unknown }): Dict {
  const end = path.findIndex((step) => typeof step === 'number');
  const top = end < 0 ? path : path.slice(0, end);
  const inside = end < 0 ? value : changed(valueAt(all, ...top), path.slice(end), value);
  return changed(own, top, inside) as Dict;
}

/** A copy of data with the value at a path replaced. */
export function changed(data: unknown, path: FieldPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') return (Array.isArray(data) ? (data as unknown[]) : []).map((entry, i) => (i === step ? changed(entry, rest, value) : entry));
  const map = isDict(data) ? data : {};
  return { ...map, [step]: changed(Object.hasOwn(map, step) ? map[step] : undefined, rest, value) };
}
