import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { digest } from '../lib/canonical-json.js';
import type { EngineItem } from './engine-protocol.js';

/** Every file that an item's result may depend on, with its digest: part of the key of a kept result. */
export async function inputDigest(item: EngineItem): Promise<string> {
  const files = new Map<string, string>();
  if (item.source === 'chart') for (const path of [item.path, ...item.files]) await addAll(path, files);
  if (item.source === 'manifests') for (const path of item.paths) await addAll(path, files);
  if (item.source === 'kustomization') await addKustomization(item.path, { root: item.root, files, seen: new Set() });
  return digest([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Adds a file, or everything in a folder. Links are followed, each folder once. */
async function addAll(path: string, files: Map<string, string>, above: readonly string[] = []): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    files.set(path, found?.isFile() ? hash(await readFile(path)) : 'absent');
    return;
  }
  const real = await realpath(path);
  if (above.includes(real)) return;
  for (const name of await readdir(path)) await addAll(join(path, name), files, [...above, real]);
}

interface Kustomizing {
  root: string;
  files: Map<string, string>;
  seen: Set<string>;
}

const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/**
 * Adds a kustomization folder and whatever its fields may name: every text in it that is the path of a file or folder.
 * So a field that nobody thought of here is not missed; a text that only looks like a path costs a digest and nothing else.
 */
async function addKustomization(folder: string, at: Kustomizing): Promise<void> {
  if (at.seen.has(folder)) return;
  at.seen.add(folder);
  for (const name of kustomizationNames) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    at.files.set(path, text === undefined ? 'absent' : hash(text));
    if (text === undefined) continue;
    for (const document of parseAllDocuments(text)) {
      if ('toJS' in document) for (const named of texts(document.toJS({ maxAliasCount: 1000 }))) await addNamed(folder, named, at);
    }
  }
}

async function addNamed(folder: string, named: string, at: Kustomizing): Promise<void> {
  // `files: [key=path]` of the generators.
  const paths = [named, named.slice(named.indexOf('=') + 1)].filter((text) => text !== '' && text.length < 1000 && !/[\n\0]/.test(text));
  for (const path of new Set(paths.map((text) => resolve(folder, text)))) {
    if (path !== at.root && !path.startsWith(at.root + sep)) continue;
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) await addKustomization(path, at);
    else at.files.set(path, found?.isFile() ? hash(await readFile(path)) : 'absent');
  }
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [key, ...texts(entry)]);
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
