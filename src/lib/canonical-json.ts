import { createHash, createHmac } from 'node:crypto';

/** Writes JSON with map keys sorted and undefined left out, so that equal data gives equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => (item === undefined ? 'null' : canonicalJson(item))).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const map = value as Record<string, unknown>;
    const parts: string[] = [];
    for (const key of Object.keys(map).sort()) {
      if (map[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(map[key])}`);
    }
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** SHA-256 of data in canonical JSON (strings and bytes as they are), in hex. */
export function digest(value: unknown): string {
  return createHash('sha256').update(bytesOf(value)).digest('hex');
}

/** HMAC-SHA-256 of data in canonical JSON, in hex: a digest that cannot be guessed back without the key. */
export function keyedDigest(key: Uint8Array, value: unknown): string {
  return createHmac('sha256', key).update(bytesOf(value)).digest('hex');
}

function bytesOf(value: unknown): string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array ? value : canonicalJson(value);
}
