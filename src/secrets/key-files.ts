import { readFileSync } from 'node:fs';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import type { FoundKeys } from './look-up.js';
import { readPrivateKeys } from './sealing-keys.js';

/** Reads the private keys that a user names; undefined when none is named, so that others are looked for. */
export function readKeyFiles(files: readonly string[]): FoundKeys | undefined {
  if (files.length === 0) return undefined;
  const keys = files.flatMap((file) => readPrivateKeys(textOf(file), shownPath(file)));
  return { keys, tried: files.map((file) => shownPath(file)).join(', ') };
}

/** Keys as a cluster keeps them, PEM by the name of their Secret. One that cannot be read is left out and named. */
export function readClusterKeys(cluster: string, found: { secrets: readonly { name: string; key: string }[]; problem?: string | undefined }): FoundKeys {
  if (found.problem !== undefined) return { keys: [], tried: `cluster ${cluster}: ${found.problem}` };
  const bad: string[] = [];
  const keys = found.secrets.flatMap(({ name, key }) => {
    try {
      return readPrivateKeys(key, name);
    } catch (error) {
      if (!(error instanceof MostikError)) throw error;
      bad.push(name);
      return [];
    }
  });
  const count = keys.length === 0 ? 'it has no key of a Sealed Secrets controller' : keys.length === 1 ? 'its one key' : `its ${keys.length} keys`;
  return { keys, tried: `cluster ${cluster}: ${count}${bad.length > 0 ? `, ${bad.join(', ')} cannot be read` : ''}` };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const problem = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'this user may not read it' : code;
    throw new MostikError([diagnose('sealing-key-invalid', { from: shownPath(file), problem })], { cause: error });
  }
}
