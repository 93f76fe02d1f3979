import { createHash } from 'node:crypto';
import type { ResolvedPlatform, SecretSpec } from './platform.js';
import type { SecretTable } from './secret-trace.js';
import { secretValue, usedSecrets } from './secret-values.js';

/** Characters that make stand-ins of like names differ. */
const distinct = 8;

/**
 * A value that stands in for a secret where real ones must not appear: derived from the name alone, so the same everywhere
 * and safe to print; of the secret's length and alphabet, so that templates treat it alike. Where there is room it says what it is.
 */
export function standIn(name: string, spec: SecretSpec): string {
  const value = secretValue(spec, hashNumbers(`stand-in for ${name}`));
  if (spec.generate?.alphabet === 'hex') return value;
  const words = `standInFor${name.replace(/(?:^|[^A-Za-z0-9]+)(\w?)/g, (_, char: string) => char.toUpperCase())}`;
  const readable = words.slice(0, Math.max(0, value.length - distinct));
  return readable + value.slice(readable.length);
}

/** Stand-ins for every secret that the platform's components take, and for the seed. */
export function standIns(platform: Pick<ResolvedPlatform, 'secrets' | 'components'>): SecretTable {
  return new Map(Object.entries(usedSecrets(platform)).map(([name, spec]) => [name, standIn(name, spec)]));
}

/** An endless row of numbers that follows from the text. */
function hashNumbers(text: string): (below: number) => number {
  let block = Buffer.alloc(0);
  let at = 0;
  let round = 0;
  return (below) => {
    if (at + 4 > block.length) {
      block = createHash('sha256').update(`${round++} ${text}`).digest();
      at = 0;
    }
    const number = block.readUInt32BE(at);
    at += 4;
    return number % below;
  };
}
