import { randomInt } from 'node:crypto';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import { findableLength, secretValue, type SecretTable } from '../model/index.js';
import { envFileName, nearMiss } from './env-store.js';
import { lookUpSecrets, type SecretLookup, type SecretPlaces } from './look-up.js';

/** Which secrets, and where their values may be. */
export interface SecretSources extends SecretPlaces {
  /** A number from 0 to n - 1; from the system's secure source unless a test names another. */
  random?: (n: number) => number;
}

/** Every value, and what the user should know of how it was found. */
export interface ResolvedSecrets {
  table: SecretTable;
  /** Names of values that were made: nothing has kept them yet. */
  generated: string[];
  /** Names whose value in `.env` is not the one of the cluster's state; the one of `.env` counts. */
  differs: string[];
  diagnostics: Diagnostic[];
}

/**
 * Finds each secret's value: in `.env`, else in the cluster's state, else in the sealed file, else makes one. So a clone
 * without `.env` never makes a new password for a database that has one, and a sealed one that no key opens is an error,
 * as is a secret that is nowhere and may not be generated.
 */
export async function resolveSecrets({ random = (n) => randomInt(n), ...places }: SecretSources): Promise<ResolvedSecrets> {
  const { lookups, env, diagnostics } = await lookUpSecrets(places);
  const resolved: ResolvedSecrets = { table: new Map(), generated: [], differs: [], diagnostics };
  const table = new Map<string, string>();
  const byKey = new Map<string, string>();
  for (const found of lookups) {
    // Secrets that share a name in .env share the value, also before it is written there.
    const known = found.value ?? byKey.get(found.key);
    const problem = known === undefined ? refusal(found, env) : undefined;
    if (problem) {
      diagnostics.push(problem);
      continue;
    }
    const value = known ?? secretValue(found.spec, random);
    if (known === undefined) resolved.generated.push(found.name);
    if (found.clusterDiffers) resolved.differs.push(found.name);
    diagnostics.push(...warningsOf(found, value));
    table.set(found.name, value);
    byKey.set(found.key, value);
  }
  return { ...resolved, table };
}

function refusal({ name, key, spec, source, sealed }: SecretLookup, env: ReadonlyMap<string, string>): Diagnostic | undefined {
  if (source === 'unopened' && sealed) {
    const file = shownPath(sealed.file);
    if (sealed.state === 'not-text') return diagnose('sealed-not-text', { name, file }, { file });
    return diagnose('sealed-not-opened', { name, key, file, tried: sealed.tried }, { file });
  }
  return spec.generate ? undefined : diagnose('secret-missing', { name, key, file: envFileName, near: nearMiss(key, env) });
}

function warningsOf({ name, source, sealed }: SecretLookup, value: string): Diagnostic[] {
  const short = value.length < findableLength ? [diagnose('secret-short', { name, length: value.length, least: findableLength })] : [];
  const differs = sealed?.state === 'differs' ? [diagnose('sealed-differs', { name, file: shownPath(sealed.file), where: source === 'env' ? envFileName : 'the cluster' })] : [];
  return [...short, ...differs];
}
