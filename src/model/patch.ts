import { z } from 'zod';

/** A part of T, as deep as its maps go; null takes a key away. Lists are whole. */
export type Patch<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Patch<T[K]> | null } : T;

/** The schema of a part of what `schema` describes. Defaults are left out: they belong to what is patched. */
export function patchOf<T extends z.ZodType>(schema: T): z.ZodType<Patch<z.infer<T>>> {
  return partOf(schema) as z.ZodType<Patch<z.infer<T>>>;
}

function partOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return described(partOf(schema.unwrap() as z.ZodType), schema);
  }
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Record<string, z.ZodType>;
    const fields = Object.entries(shape).map(([key, field]) => [key, described(partOf(field).nullable().optional(), field)] as const);
    return described(z.strictObject(Object.fromEntries(fields)), schema);
  }
  if (schema instanceof z.ZodRecord && !(schema.valueType instanceof z.ZodUnknown)) {
    return described(z.record(schema.keyType as z.ZodString, partOf(schema.valueType as z.ZodType).nullable()), schema);
  }
  return schema;
}

/** Carries the words of one schema over to another. */
function described(schema: z.ZodType, from: z.ZodType): z.ZodType {
  const { id, ...words } = from.meta() ?? {};
  return id === undefined && Object.keys(words).length === 0 ? schema : schema.meta({ ...schema.meta(), ...words });
}
