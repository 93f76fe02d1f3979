import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { digest } from '../lib/canonical-json.js';
import { asDict } from '../lib/read-unknown.js';
import { callEngine, type EngineCall } from './call-engine.js';
import { protocol, readResult, type EngineItem, type EngineRequest, type EngineResult } from './engine-protocol.js';
import { inputDigest } from './input-files.js';

/** Results that are kept; the ones unused for longest go first. */
const kept = { entries: 500, bytes: 64 * 1024 * 1024 };

/** `$XDG_CACHE_HOME/mostik/render`. */
export function renderCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mostik', 'render');
}

/**
 * Asks the engine only for items whose request, files or engine are new; the others come from the folder.
 * For stand-ins only: a result with real secrets in it must not be written down.
 */
export async function callEngineCached(request: EngineRequest, call: EngineCall, folder: string): Promise<EngineResult[]> {
  const engine = await engineIdentity(call.path);
  if (!engine) return callEngine(request, call);
  const { kubeVersion, apiVersions } = request;
  const keys = await Promise.all(
    request.items.map(async (item) => digest({ protocol, engine, kubeVersion, apiVersions, item, files: await inputDigest(item) })),
  );
  const results = await Promise.all(request.items.map((item, i) => readKept(folder, keys[i]!, item)));
  const missing = request.items.filter((_, i) => !results[i]);
  if (missing.length > 0) {
    const fresh = await callEngine({ ...request, items: missing }, call);
    const byId = new Map(fresh.map((result) => [result.id, result]));
    const good = request.items.flatMap(({ id }, i) => {
      const result = byId.get(id);
      return result && result.diagnostics.every(({ severity }) => severity !== 'error') ? { key: keys[i]!, result } : [];
    });
    // A cache that cannot be written (read-only home, full disk) costs time and nothing else.
    await keepTexts(folder, good.map(({ key, result }) => ({ key, text: JSON.stringify(result) }))).catch(() => undefined);
    return request.items.map(({ id }, i) => results[i] ?? byId.get(id)!);
  }
  return results.map((result) => result!);
}

/** What tells one build of the engine from another; undefined when there is none. */
export async function engineIdentity(path: string): Promise<object | undefined> {
  return stat(path).then(({ size, mtimeMs }) => ({ path, size, mtimeMs }), () => undefined);
}

async function readKept(folder: string, key: string, item: EngineItem): Promise<EngineResult | undefined> {
  const text = await readKeptText(folder, key);
  try {
    return text === undefined ? undefined : readResult(item.id, asDict(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

/** The text that was kept under a key, and a mark that it was used. */
export async function readKeptText(folder: string, key: string): Promise<string | undefined> {
  try {
    const path = join(folder, `${key}.json`);
    const text = await readFile(path, 'utf8');
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return text;
  } catch {
    return undefined;
  }
}

/** Keeps texts under their keys, readable for this user alone; what was unused for longest goes. */
export async function keepTexts(folder: string, results: readonly { key: string; text: string }[]): Promise<void> {
  if (results.length === 0) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { key, text } of results) {
    const temporary = join(folder, `.${key}.${randomBytes(4).toString('hex')}`);
    try {
      await writeFile(temporary, text, { mode: 0o600 });
      await rename(temporary, join(folder, `${key}.json`));
    } finally {
      await rm(temporary, { force: true });
    }
  }
  await prune(folder);
}

async function prune(folder: string): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(names.map(async (name) => ({ path: join(folder, name), ...(await stat(join(folder, name)).then(({ size, mtimeMs }) => ({ size, mtimeMs }), () => ({ size: 0, mtimeMs: 0 }))) })));
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  for (const [i, file] of files.entries()) {
    bytes += file.size;
    if (i >= kept.entries || bytes > kept.bytes) await rm(file.path, { force: true });
  }
}
