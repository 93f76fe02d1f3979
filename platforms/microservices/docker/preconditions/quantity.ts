const UNITS: Record<string, number> = {
  '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60, m: 1e-3,
};

/** The number that a Kubernetes quantity such as `1.5Gi`, `500m` or `1e3` stands for; NaN for anything else. */
export function parseQuantity(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+|E[+-]?\d+|[a-zA-Z]{0,2})$/.exec(text.trim()) ?? [];
  if (number === undefined || unit === undefined) return NaN;
  if (/^[eE][+-]?\d/.test(unit)) return Number(number + unit);
  return Number(number) * (UNITS[unit] ?? NaN);
}

/** A number of bytes with the largest binary unit that leaves it at 1 or more: `1.5Gi`. */
export function formatBytes(bytes: number): string {
  const unit = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'].find((each) => bytes >= (UNITS[each] ?? Infinity)) ?? '';
  return `${Number((bytes / (UNITS[unit] ?? 1)).toFixed(2))}${unit}`;
}
