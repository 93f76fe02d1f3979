import { workloadDrafts } from '../render/workload.js';
import { WorkloadSource } from '../model/schema.js';
import { maskValue, type FieldPath, type ResolvedComponent } from '../model/index.js';
import { changed, leavesOf } from './value-layers.js';
import { effectOf, otherValues, placeAmong, type Outcome, type Question } from './field-experiment.js';
import type { FieldExplanation, Origin, Trace } from './field-origin.js';
import { valueAt } from '../lib/read-unknown.js';

/** A thing that the objects of a native workload are made of, changed. */
interface Variant {
  name: string;
  value: unknown;
  at: FieldPath;
  objects: Outcome;
}

/** Changes each field of a native workload in turn and looks what follows. */
export function traceWorkload(trace: Trace): Pick<FieldExplanation, 'by' | 'presence' | 'notes'> {
  const { component, rendered, field, value } = trace;
  const objects = drafts(trace, component);
  const own = objects.find(({ kind, metadata }) => kind === rendered.ref.kind && metadata.name === rendered.ref.name);
  if (!own) return { by: [], presence: [], notes: ['Mostik adds this object'] };
  const question: Question = { object: own, place: placeAmong(own, objects), field, value };
  const by: Origin[] = [];
  const presence: Origin[] = [];
  for (const variant of variants(trace)) {
    const effect = effectOf(question, variant.objects);
    const at = component.locate(variant.at, 'value');
    const layer = 'file' in at && at.file.startsWith('--set ') ? '--set' : 'platform file';
    const origin: Origin = { name: variant.name, value: maskValue(variant.value, trace.table), layer, at };
    if (effect === 'value') by.push(origin);
    if (effect === 'presence') presence.push(origin);
  }
  return { by, presence, notes: by.length === 0 ? ['every native workload has it so'] : [] };
}

function* variants(trace: Trace): Generator<Variant> {
  const { component } = trace;
  if (component.source.kind !== 'workload') return;
  const { workload } = component.source;
  for (const path of leavesOf(workload, [])) {
    for (const other of otherValues(valueAt(workload, ...path))) {
      const read = WorkloadSource.safeParse(changed(workload, path, other));
      if (!read.success) continue;
      yield { name: `workload.${path.join('.')}`, value: valueAt(workload, ...path), at: ['workload', ...path], objects: render(trace, { ...component, source: { kind: 'workload', workload: read.data } }) };
      break;
    }
  }
  const { expose } = component;
  for (const path of expose ? leavesOf(expose, []) : []) {
    const [other] = otherValues(valueAt(expose, ...path));
    yield { name: `expose.${path.join('.')}`, value: valueAt(expose, ...path), at: ['expose', ...path], objects: render(trace, { ...component, expose: changed(expose, path, other) as NonNullable<typeof expose> }) };
  }
  yield { name: 'name of the component', value: component.name, at: [], objects: render(trace, { ...component, name: `${component.name}x` }) };
  for (const name of trace.table.keys()) {
    const table = new Map(trace.table).set(name, `${trace.table.get(name) ?? ''}x`);
    const env = Object.entries(workload.env).find(([, entry]) => typeof entry === 'object' && entry.secret === name)?.[0];
    if (env !== undefined) yield { name: `secret ${name}`, value: trace.table.get(name), at: ['workload', 'env', env], objects: render({ ...trace, table }, component) };
  }
}

function render(trace: Trace, component: ResolvedComponent): Outcome {
  try {
    return { objects: drafts(trace, component) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function drafts({ platform, table }: Pick<Trace, 'platform' | 'table'>, component: ResolvedComponent) {
  return workloadDrafts(platform, component, table).drafts.map(({ object }) => object);
}
