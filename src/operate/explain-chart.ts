import { engineItems } from '../render/items.js';
import { renderItems } from '../render/engine-passes.js';
import type { EngineItem, EngineResult } from '../render/engine-protocol.js';
import { formatPath, isKubeObject, maskValue, type FieldPath, type KubeObject } from '../model/index.js';
import { valueAt } from '../lib/read-unknown.js';
import { effectOf, likelyFirst, otherValues, placeAmong, type Effect, type Leaf, type Question } from './field-experiment.js';
import { namespaceOrigin, type FieldExplanation, type Origin, type Trace } from './field-origin.js';
import { chartValues, withLeaf, type ChartValues } from './value-layers.js';

type ChartItem = Extract<EngineItem, { source: 'chart' }>;

/** More than these are not tried: a chart of thousands of values would take minutes. */
const mostLeaves = 600;
/** Charts in one request. */
const inOneCall = 100;
/** Other values tried for one leaf. */
const attempts = 3;

/** Something to change: a value, the release's name or its namespace. */
interface Probe extends Leaf {
  vary(other: unknown): ChartItem;
  origin(): Origin;
}

/** Renders the chart again with one value changed at a time, many at once, and looks what the field does. */
export async function traceChart(trace: Trace): Promise<Pick<FieldExplanation, 'by' | 'presence' | 'notes'>> {
  const { platform, component, rendered, value, field, table, cwd } = trace;
  const asked = await engineItems({ ...platform, components: [component] }, table);
  const item = asked.items.find((each): each is ChartItem => each.source === 'chart');
  if (!item || component.source.kind !== 'chart') return { by: [], presence: [], notes: [] };
  const base = (await render(trace, [item])).get(item.id);
  const objects = objectsOf(base);
  const own = objects.find((object) => object.kind === rendered.ref.kind && object.metadata.name === rendered.ref.name);
  if (!own) return { by: [], presence: [], notes: ['the chart alone does not render this object: Mostik adds it'] };
  const raw = valueAt(own, ...trace.path);
  if (raw === undefined && trace.path.join('.') === 'metadata.namespace') return { by: [namespaceOrigin(trace)], presence: [], notes: ['the chart names no namespace, so the component\'s counts'] };
  if (JSON.stringify(raw) !== JSON.stringify(value)) return { by: [], presence: [], notes: ['Mostik adds to what the chart renders here'] };
  const values = await chartValues(component, component.source.path, cwd);
  const question: Question = { object: own, place: placeAmong(own, objects), field, value };
  const { likely, others } = likelyFirst(probesOf(trace, item, values), value);
  const all = [...likely, ...others];
  const effects = await tryAll(trace, all.slice(0, mostLeaves), question);
  const having = (effect: Effect): Origin[] => all.filter((probe) => effects.get(probe) === effect).map((probe) => probe.origin());
  const by = having('value');
  const notes = [...(by.length === 0 ? ['no value changes it: the template says it'] : []), ...notesOn(all, effects)];
  return { by, presence: having('presence'), notes };
}

function notesOn(all: readonly Probe[], effects: ReadonlyMap<Probe, Effect>): string[] {
  const unknown = all.filter((probe) => effects.get(probe) === 'unknown').map((probe) => probe.origin().name);
  const left = Math.max(0, all.length - mostLeaves);
  return [
    ...(unknown.length > 0 ? [`could not be tried, since the chart refuses other values: ${unknown.slice(0, 8).join(', ')}${unknown.length > 8 ? ` and ${unknown.length - 8} more` : ''}`] : []),
    ...(left > 0 ? [`${left} more values of the chart were not tried`] : []),
  ];
}

function probesOf({ platform, component, table }: Trace, item: ChartItem, { values, leaves, origin }: ChartValues): Probe[] {
  const ofValues = leaves.filter((path) => path.length > 0).map((path: FieldPath): Probe => {
    const value = valueAt(values, ...path);
    // What is filled with a secret stands in the values as another word than in the render.
    const secret = Object.entries(component.secretValues).find(([written]) => written === formatPath(path))?.[1];
    const shown = secret === undefined ? value : table.get(secret);
    return {
      path,
      value: shown,
      vary: (other) => ({ ...item, values: withLeaf(item.values, values, { path, value: other }) }),
      origin: () => ({ name: formatPath(path), value: maskValue(shown, table), layer: secret === undefined ? origin(path).kind : `secret ${secret}`, ...placesOf(origin(path)) }),
    };
  });
  return [
    ...ofValues,
    { path: [], value: item.releaseName, vary: (other) => ({ ...item, releaseName: String(other) }), origin: () => ({ name: 'release name', value: item.releaseName, layer: 'platform file', at: component.locate(['release'], 'value') }) },
    { path: [], value: item.namespace, vary: (other) => ({ ...item, namespace: String(other) }), origin: () => namespaceOrigin({ platform, component }) },
  ];
}

function placesOf({ at, namedAt }: ReturnType<ChartValues['origin']>): Pick<Origin, 'at' | 'namedAt'> {
  return { at, ...(namedAt ? { namedAt } : {}) };
}

/** Each probe with its first other value; those that the chart refuses with the next. */
async function tryAll(trace: Trace, probes: readonly Probe[], question: Question): Promise<Map<Probe, Effect>> {
  const effects = new Map<Probe, Effect>();
  let left = [...probes];
  for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
    const tried = left.filter((probe) => otherValues(probe.value)[attempt] !== undefined);
    for (let start = 0; start < tried.length; start += inOneCall) {
      const part = tried.slice(start, start + inOneCall);
      const results = await render(trace, part.map((probe, i) => ({ ...probe.vary(otherValues(probe.value)[attempt]), id: `${start + i}` })));
      part.forEach((probe, i) => {
        const result = results.get(`${start + i}`);
        const failed = !result || result.diagnostics.some(({ severity }) => severity === 'error');
        const effect = failed ? 'unknown' : effectOf(question, { objects: objectsOf(result) });
        if (effect !== 'unknown' || !effects.has(probe)) effects.set(probe, effect);
      });
    }
    // A value that changes nothing may still do so when it is quite another: an empty text, a nought.
    left = tried.filter((probe) => effects.get(probe) === 'unknown' || (effects.get(probe) === 'none' && attempt === 0 && typeof probe.value === 'string'));
  }
  return effects;
}

async function render({ platform, component, options }: Trace, items: ChartItem[]): Promise<Map<string, EngineResult>> {
  return renderItems({ ...platform, components: [component] }, items, { call: { path: options.engine.path, signal: options.signal }, cache: undefined });
}

function objectsOf(result: EngineResult | undefined): KubeObject[] {
  return (result?.objects ?? []).map(({ object }) => object).filter(isKubeObject);
}
