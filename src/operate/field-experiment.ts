import type { Diagnostic } from '../diagnostics/index.js';
import { isDict } from '../lib/read-unknown.js';
import type { FieldPath, KubeObject } from '../model/index.js';
import { findField } from './explain-object.js';

/** One thing that can be changed to see whether a field follows. */
export interface Leaf {
  path: FieldPath;
  value: unknown;
}

/** What rendering gave when one leaf was changed: all objects, or why there are none. */
export type Outcome = { objects: readonly unknown[] } | { failed: readonly Diagnostic[] | string };

/** What the field did: nothing, it got another value, or it or its object was gone. */
export type Effect = 'none' | 'value' | 'presence' | 'unknown';

/** A field whose origin is looked for. */
export interface Question {
  /** The object as the source gives it, before Mostik's own additions. */
  object: KubeObject;
  /** Its place among the objects of its kind, for when its name changes. */
  place: number;
  field: string;
  value: unknown;
}

/** Leaves whose text is in the field come first: they are the likely ones. */
export function likelyFirst<T extends Leaf>(leaves: readonly T[], value: unknown): { likely: T[]; others: T[] } {
  const text = JSON.stringify(value) ?? '';
  const isIn = ({ value: own }: Leaf): boolean => (typeof own === 'string' ? own !== '' : typeof own === 'number' || typeof own === 'boolean') && text.includes(String(own));
  return { likely: leaves.filter(isIn), others: leaves.filter((leaf) => !isIn(leaf)) };
}

/** Other values to try in place of one, in turn: a chart may refuse some. */
export function otherValues(value: unknown): unknown[] {
  switch (typeof value) {
    case 'boolean':
      return [!value];
    case 'number':
      return [value + 1, Math.max(0, value - 1), 0].filter((other) => other !== value);
    case 'string':
      return otherTexts(value);
    default:
      return Array.isArray(value) ? [['x']] : value === null ? ['x'] : [{ probe: 'x' }];
  }
}

/** First one that differs a little, then none at all, then words that a rule may want. */
function otherTexts(text: string): string[] {
  if (text === 'true' || text === 'false') return [text === 'true' ? 'false' : 'true'];
  const [, before, digits, after] = /^(.*?)(\d+)(\D*)$/s.exec(text) ?? [];
  // Of an amount or a number the count, of anything else a letter that no rule on names, hosts or paths forbids at the end.
  const near = before === '' ? `${Number(digits) + 1}${after}` : `${text}x`;
  return [near, text === '' ? '1' : '', text === 'Always' ? 'Never' : 'Always'];
}

/** Compares what became of a field. */
export function effectOf(question: Question, outcome: Outcome): Effect {
  if ('failed' in outcome) return 'unknown';
  const object = sameObject(question, outcome.objects);
  if (!object) return 'presence';
  const found = findField(object, question.field);
  if (!found) return 'presence';
  return JSON.stringify(found.value) === JSON.stringify(question.value) ? 'none' : 'value';
}

function sameObject({ object, place }: Question, objects: readonly unknown[]): unknown {
  const alike = objects.filter((other) => isDict(other) && other['kind'] === object.kind);
  const name = (other: unknown): unknown => (isDict(other) && isDict(other['metadata']) ? other['metadata']['name'] : undefined);
  return alike.find((other) => name(other) === object.metadata.name) ?? alike[place];
}

/** The place of an object among those of its kind. */
export function placeAmong(object: KubeObject, objects: readonly unknown[]): number {
  return objects.filter((other) => isDict(other) && other['kind'] === object.kind).findIndex((other) => other === object);
}
