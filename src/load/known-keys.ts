import { z } from 'zod';
import type { KnownMap } from '../lib/known-maps.js';
import { isDict, valueAt } from '../lib/read-unknown.js';
import type { FieldPath } from '../model/index.js';

/** The keys a map may have at a path of the data; empty where any key is allowed. */
export function keysAt(schema: z.ZodType, path: FieldPath, data: unknown): string[] {
  const found = schemaAt(schema, path, data);
  return found ? ownKeys(found, valueAt(data, ...path)) : [];
}

/** The schema of what stands at a path of the data. */
export function schemaAt(schema: z.ZodType, path: FieldPath, data: unknown): z.ZodType | undefined {
  let current: z.ZodType | undefined = schema;
  for (const [index, step] of path.entries()) current = current && childOf(current, step, valueAt(data, ...path.slice(0, index)));
  return current && unwrap(current);
}

/** The member of a union that a value is most likely meant to be. */
export function likelyOption(options: readonly z.ZodType[], value: unknown): z.ZodType | undefined {
  const fitting = options.filter((option) => fits(unwrap(option), value));
  if (!isDict(value)) return fitting[0];
  const shared = (option: z.ZodType) => Object.keys(value).filter((key) => ownKeys(option, value).includes(key)).length;
  const best = fitting.toSorted((a, b) => shared(b) - shared(a))[0];
  return best && (shared(best) > 0 || fitting.length === 1) ? best : undefined;
}

/** Takes the layers of optional, nullable and default off a schema. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

function ownKeys(schema: z.ZodType, value: unknown): string[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return Object.keys(bare.shape);
  if (!(bare instanceof z.ZodUnion)) return [];
  const options = bare.options as z.ZodType[];
  const likely = likelyOption(options, value);
  return likely ? ownKeys(likely, value) : options.flatMap((option) => ownKeys(option, value));
}

function childOf(schema: z.ZodType, step: string | number, value: unknown): z.ZodType | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return (bare.shape as Record<string, z.ZodType>)[step];
  if (bare instanceof z.ZodRecord) return bare.valueType as z.ZodType;
  if (bare instanceof z.ZodArray) return bare.element as z.ZodType;
  if (!(bare instanceof z.ZodUnion)) return undefined;
  const likely = likelyOption(bare.options as z.ZodType[], value);
  return likely && childOf(likely, step, value);
}

function fits(schema: z.ZodType, value: unknown): boolean {
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return isDict(value);
  if (schema instanceof z.ZodArray) return Array.isArray(value);
  if (schema instanceof z.ZodNumber) return typeof value === 'number';
  if (schema instanceof z.ZodBoolean) return typeof value === 'boolean';
  return typeof value === 'string' && schema instanceof z.ZodString;
}

const known = new WeakMap<z.ZodType, KnownMap[]>();

/** Every map with fixed keys in a schema, with the pattern of its path. */
export function mapsOf(schema: z.ZodType): KnownMap[] {
  const before = known.get(schema);
  if (before) return before;
  const maps: KnownMap[] = [];
  const visit = (each: z.ZodType, place: string[]): void => {
    const bare = unwrap(each);
    if (bare instanceof z.ZodObject) {
      const shape = bare.shape as Record<string, z.ZodType>;
      maps.push({ place, keys: Object.keys(shape) });
      for (const [key, child] of Object.entries(shape)) visit(child, [...place, key]);
    } else if (bare instanceof z.ZodRecord) visit(bare.valueType as z.ZodType, [...place, '*']);
    else if (bare instanceof z.ZodArray) visit(bare.element as z.ZodType, [...place, '#']);
    else if (bare instanceof z.ZodUnion) for (const option of bare.options as z.ZodType[]) visit(option, place);
  };
  visit(schema, []);
  known.set(schema, maps);
  return maps;
}
