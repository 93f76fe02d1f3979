import { asDict } from '../lib/read-unknown.js';

/**
 * Amounts by resource, as the scheduler counts them: cpu in thousandths of a core, everything else in whole units (bytes, pods,
 * devices), both rounded up. Whole numbers, so that sums and comparisons are exact.
 */
export type Resources = Record<string, number>;

/** Powers of ten, or of 1024 for names that end in `i`. */
const powers: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18, Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const form = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,2})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;
const seen = new Map<string, number | undefined>();

/** Reads a quantity of a resource (`cpu`, `requests.cpu`, `memory`); undefined when it is none. */
export function amountOf(resource: string, quantity: unknown): number | undefined {
  if (typeof quantity !== 'string' && typeof quantity !== 'number') return undefined;
  const thousandths = /(^|\.)cpu$/.test(resource);
  const key = `${thousandths ? 'm' : ''}:${quantity}`;
  if (!seen.has(key)) seen.set(key, parse(String(quantity).trim(), thousandths));
  return seen.get(key);
}

function parse(text: string, thousandths: boolean): number | undefined {
  const [, sign = '', whole = '', decimals = '', exponent, suffix = ''] = form.exec(text) ?? [];
  if (whole === '' && decimals === '') return undefined;
  const isBinary = suffix.endsWith('i');
  const ten = (exponent === undefined ? (isBinary ? 0 : powers[suffix]!) : Number(exponent)) - decimals.length + (thousandths ? 3 : 0);
  const digits = BigInt(`${whole}${decimals}`) * (isBinary ? 1024n ** BigInt(powers[suffix]!) : 1n);
  if (sign === '-') return digits === 0n ? 0 : undefined;
  if (ten >= 0) return Number(digits * 10n ** BigInt(ten));
  const divisor = 10n ** BigInt(-ten);
  return Number((digits + divisor - 1n) / divisor);
}

/** Reads a map of quantities; what is none is left out. */
export function readResources(value: unknown): Resources {
  const out: Resources = {};
  for (const [resource, quantity] of Object.entries(asDict(value))) {
    const amount = amountOf(resource, quantity);
    if (amount !== undefined) out[resource] = amount;
  }
  return out;
}

/** Adds `more` to `sum`, in place. */
export function addTo(sum: Resources, more: Resources): void {
  for (const [resource, amount] of Object.entries(more)) sum[resource] = (sum[resource] ?? 0) + amount;
}

/** Raises `most` to at least `other`, in place. */
export function raiseTo(most: Resources, other: Resources): void {
  for (const [resource, amount] of Object.entries(other)) most[resource] = Math.max(most[resource] ?? 0, amount);
}

/** Writes an amount as people write it: `1.5` and `250m` of cpu, `1.5Gi` of bytes, a bare number otherwise. */
export function formatAmount(resource: string, amount: number): string {
  if (/(^|\.)cpu$/.test(resource)) return amount % 100 === 0 ? String(amount / 1000) : `${amount}m`;
  if (!/(^|\.|\/)(memory|ephemeral-storage|storage)$|^(requests\.)?hugepages-/.test(resource)) return String(amount);
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  let value = amount;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(value < 10 ? 2 : 1))}${units[unit]}`;
}
