import type { SecretSpec } from '../model/index.js';

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

/** The length and alphabet of a secret; 24 letters and digits where it says nothing. */
export function shapeOf(spec: SecretSpec): { length: number; alphabet: Alphabet } {
  return spec.generate ?? { length: 24, alphabet: 'alphanumeric' };
}

/** Writes a value of a secret's shape; `below(n)` gives a number from 0 to n - 1. */
export function valueOf(spec: SecretSpec, below: (n: number) => number): string {
  const { length, alphabet } = shapeOf(spec);
  const { first, inside, last } = alphabets[alphabet];
  let value = '';
  for (let i = 0; i < length; i++) {
    const from = i === 0 ? first : i === length - 1 ? last : inside;
    value += from[below(from.length)];
  }
  return value;
}
