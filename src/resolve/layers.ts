import { asDict, asList, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { mergeMaps } from '../lib/merge-maps.js';
import type { FieldPath, LoadedInput, Locate } from '../model/index.js';

/** One contribution to the spec: the platform's own, a profile's, a `-f` file's, or one `--set`. */
export interface Layer {
  data: Dict;
  locate: Locate;
  /** Paths in it that have a mistake of their own. */
  broken: FieldPath[];
}

/** The layers under the chosen profiles, first the platform's own. */
export function layersOf(loaded: LoadedInput, profiles: readonly string[]): Layer[] {
  const { profiles: named, defaultProfile: _, ...own } = asDict(loaded.data['spec']);
  const below = (prefix: FieldPath, data: Dict): Layer => ({
    data,
    locate: (path, part) => loaded.locate([...prefix, ...path], part),
    broken: loaded.broken.filter((path) => prefix.every((step, index) => path[index] === step)).map((path) => path.slice(prefix.length)),
  });
  return [
    below(['spec'], own),
    ...profiles.map((name) => below(['spec', 'profiles', name], asDict(asDict(named)[name]))),
    ...loaded.overlays.map(({ data, locate, broken }) => ({ data, locate, broken })),
  ];
}

/**
 * Lays the layers over each other: maps merge, lists replace, null takes a key away. Two fields have rules of their own:
 * `files` are added up, and `values` are merged as Helm does, where null is a value that takes the chart's default away.
 */
export function mergeLayers(layers: readonly Layer[]): Dict {
  return layers.reduce<Dict>((under, { data }) => mergeSpec(under, data, []), {});
}

function mergeSpec(under: Dict, over: Dict, path: FieldPath): Dict {
  const out = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = out[key];
    const ofComponent = path.length === 2 && path[0] === 'components';
    if (value === null) delete out[key];
    else if (ofComponent && key === 'values' && isDict(value)) out[key] = mergeMaps(asDict(below), value);
    else if (ofComponent && key === 'files' && Array.isArray(value)) out[key] = [...asList(below), ...asList(value)];
    else if (isDict(value)) out[key] = mergeSpec(asDict(below), value, [...path, key]);
    else out[key] = value;
  }
  return out;
}

/** Tells where a field of the merged spec was set: in the last layer that says it, or its nearest parent. */
export function locatorOf(layers: readonly Layer[]): Locate {
  return (path, part) => {
    for (let end = path.length; end > 0; end--) {
      const field = path.slice(0, end);
      const origin = originOf(layers, field);
      if (origin) return origin.layer.locate(origin.path, end === path.length ? part : 'key');
    }
    return layers[0]!.locate([], 'key');
  };
}

function originOf(layers: readonly Layer[], path: FieldPath): { layer: Layer; path: FieldPath } | undefined {
  const [top, name, field, item] = path;
  if (top === 'components' && field === 'files' && typeof item === 'number') return fileOrigin(layers, String(name), item);
  const layer = layers.findLast(({ data }) => valueAt(data, ...path) !== undefined);
  return layer && { layer, path };
}

/** Values files are added up over the layers, so the place of one depends on how many came before. */
function fileOrigin(layers: readonly Layer[], name: string, item: number): { layer: Layer; path: FieldPath } | undefined {
  const all: { layer: Layer; path: FieldPath }[] = [];
  for (const layer of layers) {
    const files = valueAt(layer.data, 'components', name, 'files');
    if (files === null || valueAt(layer.data, 'components', name) === null) all.length = 0;
    for (const index of asList(files).keys()) all.push({ layer, path: ['components', name, 'files', index] });
  }
  return all[item];
}
