import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
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
export async function readEnv(dir: string): Promise<StoredEnv> {
  const text = await textOf(join(dir, envFileName));
  if (text === undefined) return { values: new Map(), diagnostics: [] };
  const { values, problems } = parseEnv(text);
  const diagnostics = problems.map(({ line, problem }) => diagnose('env-syntax', { problem }, { file: envFileName, line }));
  const mode = (await stat(join(dir, envFileName))).mode & 0o777;
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
export async function saveGenerated({ dir, table, names, specs }: Saving): Promise<string[]> {
  if (names.length === 0) return [];
  const path = await linkTarget(join(dir, envFileName));
  const before = (await textOf(path)) ?? '';
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
  if (added.size > 0) await writeWhole(path, appendEnv(before, added));
  return saved;
}

/** A hint when `.env` has a name that looks like the one that is missing. */
export function nearMiss(key: string, values: ReadonlyMap<string, string>): string {
  const near = didYouMean(key, values.keys());
  return near === undefined ? '' : ` (${envFileName} has ${near}: did you mean ${key}?)`;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Where a link leads: renaming over the link itself would cut it. */
async function linkTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
