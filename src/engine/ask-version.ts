import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asStrings, isDict } from '../lib/read-unknown.js';
import type { Place } from './place.js';

/** Runs `BINARY version` and writes its answer as one line. Throws MostikError when it does not start. */
export async function askVersion(path: string, place: Pick<Place, 'file' | 'env'>, signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, ['version'], { env: place.env, timeout: 30_000, ...(signal && { signal }) });
    return oneLine(stdout);
  } catch (error) {
    signal?.throwIfAborted();
    const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
    const problem = typeof code === 'string' ? code : (stderr?.trim().split('\n')[0] || message.split('\n')[0]) ?? '';
    throw new MostikError([diagnose('engine-does-not-start', { file: place.file, path, problem })], { cause: error });
  }
}

/** `{"kubernetes":"v1.36.3","etcd":"v3.6.8"}` becomes `kubernetes v1.36.3, etcd v3.6.8`; other text keeps its first line. */
function oneLine(text: string): string {
  try {
    const data = JSON.parse(text) as unknown;
    if (isDict(data)) return Object.entries(asStrings(data)).map(([name, version]) => (version.startsWith(name) ? version : `${name} ${version}`)).join(', ');
  } catch {
    // Not JSON.
  }
  return text.trim().split('\n')[0] ?? '';
}
