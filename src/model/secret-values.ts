import type { ResolvedPlatform, SecretSpec } from './platform.js';
import { seedName } from './secret-trace.js';

/** How the seed of random template functions is made and kept; resolved like every secret. */
export const seedSpec: SecretSpec = { generate: { length: 32, alphabet: 'hex' }, env: 'MOSTIK_SEED' };

/** The secrets that the platform's components take, and the seed: those that need a value. */
export function usedSecrets(platform: Pick<ResolvedPlatform, 'secrets' | 'components'>): Record<string, SecretSpec> {
  const used = new Set<string>();
  for (const { secretValues, source } of platform.components) {
    Object.values(secretValues).forEach((name) => used.add(name));
    if (source.kind !== 'workload') continue;
    for (const value of Object.values(source.workload.env)) if (typeof value === 'object') used.add(value.secret);
  }
  const declared = Object.entries(platform.secrets).filter(([name]) => used.has(name));
  return { ...Object.fromEntries(declared), [seedName]: seedSpec };
}

type Alphabet = NonNullable<SecretSpec['generate']>['alphabet'];

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

/**
 * Characters of a value by place. A value begins with a letter, so that no template that forgets quotes makes a number
 * of it; the printable alphabet has no quotes, backslash, `$`, braces or spaces, and none of its marks stand first or last.
 */
const alphabets: Record<Alphabet, { first: string; inside: string; last: string }> = {
  alphanumeric: { first: letters, inside: letters + digits, last: letters + digits },
  hex: { first: 'abcdef', inside: `${digits}abcdef`, last: `${digits}abcdef` },
  printable: { first: letters, inside: `${letters}${digits}!#%()*+,-./:;=?@[]^_|~`, last: letters + digits },
};

/** Writes a value of a secret's length and alphabet, 24 letters and digits where it says nothing; `below(n)` gives a number from 0 to n - 1. */
export function secretValue(spec: SecretSpec, below: (n: number) => number): string {
  const { length, alphabet } = spec.generate ?? { length: 24, alphabet: 'alphanumeric' };
  const { first, inside, last } = alphabets[alphabet];
  let value = '';
  for (let i = 0; i < length; i++) {
    const from = i === 0 ? first : i === length - 1 ? last : inside;
    value += from.charAt(below(from.length));
  }
  return value;
}
