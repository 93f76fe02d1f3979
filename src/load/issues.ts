import { z } from 'zod';
import { diagnose } from '../diagnostics/index.js';
import { describeValue, oneOf } from '../lib/describe-value.js';
import { belongsAt, nearestKey } from '../lib/known-maps.js';
import { isDict, valueAt } from '../lib/read-unknown.js';
import { formatPath, type FieldPath } from '../model/index.js';
import { expectation, suggestion } from './expected.js';
import { keysAt, likelyOption, mapsOf, schemaAt } from './known-keys.js';
import type { Mistake, Shaped } from './shape.js';

/** Turns what a schema found into Diagnostics with places, expectations and the nearest right names. */
export function diagnosticsOf(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], input: Shaped): Mistake[] {
  return issues.flatMap((issue) => fromIssue(schema, issue, input));
}

function fromIssue(schema: z.ZodType, issue: z.core.$ZodIssue, input: Shaped): Mistake[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(schema, [...path, key], input));
  if (issue.code === 'invalid_union') return fromUnion(schema, issue, path, input);
  if (issue.code === 'invalid_key') return [badName(path, issue.issues[0]?.message ?? issue.message, input)];
  const value = valueAt(input.data, ...path);
  if (value === undefined && path.length > 0) return [missingKey(path, issue.message, input)];
  return [badValue(path, issue.message, input)];
}

function unknownKey(schema: z.ZodType, path: FieldPath, input: Shaped): Mistake {
  const key = String(path[path.length - 1]);
  const parent = path.slice(0, -1);
  const keys = keysAt(schema, parent, input.data);
  const where = formatPath(parent) || input.shown;
  return { path, diagnostic: diagnose('unknown-key', { where, key, hint: keyHint(schema, key, { parent, keys, input }) }, input.locate(path, 'key')) };
}

function keyHint(schema: z.ZodType, key: string, around: { parent: FieldPath; keys: string[]; input: Shaped }): string {
  const { parent, keys, input } = around;
  const map = valueAt(input.data, ...parent);
  const free = keys.filter((name) => !isDict(map) || !Object.hasOwn(map, name));
  const near = nearestKey(key, free);
  const place = belongsAt(mapsOf(schema), key, parent);
  const slip = near !== undefined && (near.toLowerCase() === key.toLowerCase() || Math.abs(near.length - key.length) <= 1);
  if (near && (slip || !place)) return `did you mean ${near}?`;
  const elsewhere = place ? `${key} belongs in ${formatPath(place) || 'the top of the file'}` : '';
  if (isDict(map) && typeof map['chart'] === 'string') return `${elsewhere ? `${elsewhere}; ` : ''}values of the chart stand under values:`;
  return elsewhere || `the keys here are ${oneOf([...new Set(keys)], 'and')}`;
}

function fromUnion(schema: z.ZodType, issue: z.core.$ZodIssueInvalidUnion, path: FieldPath, input: Shaped): Mistake[] {
  const value = valueAt(input.data, ...path);
  const union = schemaAt(schema, path, input.data);
  const option = union instanceof z.ZodUnion ? likelyOption(union.options as z.ZodType[], value) : undefined;
  const result = option?.safeParse(value, { error: expectation, reportInput: true });
  if (result && !result.success) return result.error.issues.flatMap((each) => fromIssue(schema, { ...each, path: [...path, ...each.path] }, input));
  if (isDict(value)) {
    const unknown = Object.keys(value).filter((key) => !keysAt(schema, path, input.data).includes(key));
    if (unknown.length > 0) return unknown.map((key) => unknownKey(schema, [...path, key], input));
  }
  return [badValue(path, issue.message, input)];
}

function badName(path: FieldPath, expected: string, { locate, shown }: Shaped): Mistake {
  const name = String(path[path.length - 1]);
  const where = formatPath(path.slice(0, -1)) || shown;
  const hint = suggestion(expected, name, undefined);
  return { path, diagnostic: diagnose('bad-value', { where, expected: `${expected} as a key`, got: JSON.stringify(name), hint }, locate(path, 'key')) };
}

function missingKey(path: FieldPath, expected: string, { locate, shown }: Shaped): Mistake {
  const where = formatPath(path.slice(0, -1)) || shown;
  const key = String(path[path.length - 1]);
  return { path, diagnostic: diagnose('missing-key', { where, key, expected }, locate(path.slice(0, -1), 'key')) };
}

function badValue(path: FieldPath, expected: string, { data, locate, written, shown }: Shaped): Mistake {
  const value = valueAt(data, ...path);
  const hint = suggestion(expected, value, written(path));
  const got = typeof value === 'number' ? (written(path) ?? String(value)) : describeValue(value);
  return { path, diagnostic: diagnose('bad-value', { where: formatPath(path) || shown, expected, got, hint }, locate(path, 'value')) };
}
