import { formatLocation } from '../diagnostics/index.js';
import { formatRef } from '../model/index.js';
import type { FieldExplanation, Origin } from '../operate/field-origin.js';
import type { LiveField, Owner } from '../operate/live-field.js';
import type { Look } from './look.js';
import { table, type Cell } from './table.js';
import { printable, wrap } from './text.js';
import { truncate } from './width.js';

/** A field, where it comes from, and how it is on the cluster where that was asked. */
export interface ExplainedField {
  explanation: FieldExplanation;
  live?: LiveField;
}

/** Says where a field comes from, for a person. */
export function explainFieldText({ explanation, live }: ExplainedField, look: Look): string {
  const { style } = look;
  const { object, field, value, secrets, component, by, presence, notes, written, source } = explanation;
  const ofSecret = secrets.length > 0 ? style.dim(` (secret ${secrets.join(', ')})`) : '';
  const parts = [[`${style.strong(formatRef(object))}  ${field}`, `  = ${valueText(value, look)}${ofSecret}`, `  ${style.dim('component')} ${component}, ${words[source]}`].join('\n')];
  if (by.length > 0) parts.push([style.strong('Set by'), ...origins(by, look)].join('\n'));
  if (presence.length > 0) parts.push([style.strong('Whether it is there depends on'), ...origins(presence, look)].join('\n'));
  if (written) parts.push(`${style.strong(by.length > 0 ? 'Through' : 'Written in')}\n  ${printable(formatLocation(written))}`);
  if (notes.length > 0) parts.push(notes.flatMap((note) => wrap(printable(note), Math.min(look.width, 120))).join('\n'));
  if (live) parts.push(liveText(live, explanation, look));
  return parts.join('\n\n');
}

const words: Record<FieldExplanation['source'], string> = {
  chart: 'a chart',
  manifests: 'manifests',
  kustomization: 'a kustomization',
  workload: 'a native workload',
  mostik: 'made by Mostik',
};

function origins(list: readonly Origin[], look: Look): string[] {
  const rows = list.map(({ name, value, layer, at, namedAt }): Cell[] => [
    `  ${printable(name)}`,
    value === undefined ? '' : valueText(value, look),
    layer,
    `${printable(formatLocation(at))}${namedAt ? `, named in ${printable(formatLocation(namedAt))}` : ''}`,
  ]);
  return table([{ title: '  WHAT' }, { title: 'IS' }, { title: 'LAYER' }, { title: 'WHERE' }], rows, look);
}

function valueText(value: unknown, look: Look): string {
  const text = typeof value === 'string' ? (value === '' ? '""' : value) : (JSON.stringify(value) ?? 'nothing');
  return truncate(printable(text.replaceAll('\n', '\\n')), Math.min(look.width, 200) - 4);
}

function liveText({ exists, value, owners }: LiveField, { value: wanted, secrets }: FieldExplanation, look: Look): string {
  const { style } = look;
  const head = style.strong('On the cluster');
  if (!exists) return `${head}\n  the object is not there`;
  if (value === undefined) return `${head}\n  the object has no such field`;
  const differs = secrets.length === 0 && JSON.stringify(value) !== JSON.stringify(wanted);
  const state = differs ? style.warn(' ▲ differs from what is rendered') : '';
  const by = owners.length === 0 ? ['  owned by nobody: a default of the API server'] : owners.map((owner) => `  owned by ${ownerText(owner)}`);
  return [head, `  = ${valueText(value, look)}${state}`, ...by].join('\n');
}

function ownerText({ manager, operation, subresource, time, whole }: Owner): string {
  const how = operation === 'Apply' ? 'applied' : 'updated';
  return printable(`${manager} (${how}${subresource ? ` through ${subresource}` : ''}${time ? `, ${time}` : ''}${whole ? `, as part of ${whole}` : ''})`);
}

/** The same as data. */
export function explainFieldJson({ explanation, live }: ExplainedField): object {
  const origin = ({ at, namedAt, ...rest }: Origin): object => ({ ...rest, at: formatLocation(at), ...(namedAt ? { namedAt: formatLocation(namedAt) } : {}) });
  const { object, by, presence, written, ...rest } = explanation;
  return { version: 1, object: formatRef(object), ...rest, by: by.map(origin), presence: presence.map(origin), ...(written ? { written: formatLocation(written) } : {}), ...(live ? { live } : {}) };
}
