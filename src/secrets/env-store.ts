import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { writeAtomically } from '../lib/write-atomically.js';
import type { SecretSpec, SecretTable } from '../model/index.js';
import { appendEnv, parseEnv } from './env-file.js';

/** The file beside the platform file where secret values are kept on this machine. */
export const envFileName = '.env';

/** The name a secret has in `.env`: its own, or the secret's in capitals. */
export function envNameOf(name: string, spec: SecretSpec | undefined): string {
  return spec?.env ?? name.toUpperCase().replace(/[^A-Z0-9]/g, '_').replace(/^(?=\d)/, '_');
}

/** The values of a `.env` file, and what is wrong with it; a file that is not there has none. */
export interface StoredEnv {
  values: ReadonlyMap<string, string>;
  diagnostics: Diagnostic[];
}

/** Reads the `.env` of a folder. */
export function readEnv(dir: string): StoredEnv {
  const text = textOf(join(dir, envFileName));
  if (text === undefined) return { values: new Map(), diagnostics: [] };
  const { values, problems } = parseEnv(text);
  const diagnostics = problems.map(({ line, problem }) => diagnose('env-syntax', { problem }, { file: envFileName, line }));
  const mode = statSync(join(dir, envFileName)).mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    diagnostics.push(diagnose('env-mode', { mode: mode.toString(8).padStart(4, '0') }, { file: envFileName }));
  }
  return { values, diagnostics };
}

/** What is written to `.env`: these names of a table. */
export interface Saving {
  dir: string;
  table: SecretTable;
  names: readonly string[];
  specs: Readonly<Record<string, SecretSpec>>;
}

/**
 * Adds values to `.env` (mode 0600, whole or not at all), every line that is there left as it is. A name that has a value
 * there keeps it: another process was first. Returns the names of the secrets that were written.
 */
export function saveGenerated({ dir, table, names, specs }: Saving): string[] {
  if (names.length === 0) return [];
  const path = linkTarget(join(dir, envFileName));
  const before = (textOf(path)) ?? '';
  const known = parseEnv(before).values;
  const added = new Map<string, string>();
  const saved: string[] = [];
  for (const name of names) {
    const value = table.get(name);
    const key = envNameOf(name, specs[name]);
    if (value === undefined || (known.get(key) ?? '') !== '' || added.has(key)) continue;
    added.set(key, value);
    saved.push(name);
  }
  if (added.size > 0) orDiagnostic('written', () => writeAtomically(path, appendEnv(before, added)));
  return saved;
}

/** A hint when `.env` has a name that looks like the one that is missing. */
export function nearMiss(key: string, values: ReadonlyMap<string, string>): string {
  const near = didYouMean(key, values.keys());
  return near === undefined ? '' : ` (${envFileName} has ${near}: did you mean ${key}?)`;
}

function textOf(path: string): string | undefined {
  return orDiagnostic('read', () => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}

/** Does something with the file; what the system refuses is the user's to mend, so it is thrown as a Diagnostic. */
function orDiagnostic<T>(what: 'read' | 'written', action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const problem = reasons[code] ?? code;
    throw new MostikError([diagnose('env-unusable', { what, problem }, { file: envFileName })], { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** Where a link leads: renaming over the link itself would cut it. */
function linkTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
