import { randomInt } from 'node:crypto';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { findableLength, secretValue, type SecretSpec, type SecretTable } from '../model/index.js';
import { envFileName, envNameOf, nearMiss, readEnv } from './env-store.js';

/** Which secrets, and where their values may be. */
export interface SecretSources {
  specs: Readonly<Record<string, SecretSpec>>;
  /** Folder of the platform file: `.env` lies there. */
  dir: string;
  /** Values of the target cluster's state; empty when there is none yet. */
  stored: SecretTable;
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
 * Finds each secret's value: in `.env`, else in the cluster's state, else makes one. So a clone without `.env` never makes
 * a new password for a database that has one. A secret that is nowhere and may not be generated is an error.
 */
export function resolveSecrets({ specs, dir, stored, random = (n) => randomInt(n) }: SecretSources): ResolvedSecrets {
  const env = readEnv(dir);
  const table = new Map<string, string>();
  const generated: string[] = [];
  const differs: string[] = [];
  const diagnostics = [...env.diagnostics];
  const byKey = new Map<string, string>();
  for (const [name, spec] of Object.entries(specs)) {
    const key = envNameOf(name, spec);
    const written = env.values.get(key);
    const kept = stored.get(name);
    // Secrets that share a name in .env share the value, also before it is written there.
    const found = [written, kept, byKey.get(key)].find((value) => value !== undefined && value !== '');
    if (found === undefined && !spec.generate) {
      diagnostics.push(diagnose('secret-missing', { name, key, file: envFileName, near: nearMiss(key, env.values) }));
      continue;
    }
    const value = found ?? secretValue(spec, random);
    if (found === undefined) generated.push(name);
    if (found !== undefined && found === written && kept !== undefined && kept !== written) differs.push(name);
    if (value.length < findableLength) diagnostics.push(diagnose('secret-short', { name, length: value.length, least: findableLength }));
    table.set(name, value);
    byKey.set(key, value);
  }
  return { table, generated, differs, diagnostics };
}
