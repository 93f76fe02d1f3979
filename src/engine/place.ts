import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineSources, type EngineName, type EngineOptions, type EngineSource } from './engine.js';

/** Where everything about one engine lies. */
export interface Place {
  name: EngineName;
  root: string;
  /** Folder of its Go module. */
  module: string;
  /** File name of the binary. */
  file: string;
  /** `NAME-DIGEST`: the sources and the target platform decide it, so that a change of either gives another engine. */
  key: string;
  /** Folder of all engines in the user's cache. */
  cache: string;
  /** Folder of this one. */
  folder: string;
  env: NodeJS.ProcessEnv;
  sources: readonly EngineSource[];
}

/** Node's names of this operating system and processor: `linux-x64`. */
export const target = `${process.platform}-${process.arch}`;

/** Works out where an engine lies; reads its sources, starts nothing. */
export function placeOf(name: EngineName, options: EngineOptions = {}): Place {
  const env = options.env ?? process.env;
  const root = options.root ?? packageRoot();
  const module = join(root, 'engine', name);
  const key = `${name}-${sourceDigest(module)}`;
  const cache = enginesCache(env);
  return { name, root, module, file: binaryName(name), key, cache, folder: join(cache, key), env, sources: options.sources ?? engineSources };
}

/** Folder of all engines in the user's cache. */
export function enginesCache(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'mostik', 'engines');
}

/** File name of an engine's binary on this system. */
export function binaryName(name: EngineName): string {
  return `mostik-${name}${process.platform === 'win32' ? '.exe' : ''}`;
}

/** The folder of Mostik's own package.json, from a checkout as from an installed package. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'engine'))) return folder;
    if (dirname(folder) === folder) throw new Error('The folder of Mostik\'s package.json and engine/ was not found above its own code');
  }
}

const digests = new Map<string, string>();

/** 16 hex digits over everything that decides the binary: file names, their bytes, the target platform. */
export function sourceDigest(module: string): string {
  const known = digests.get(module);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(`${target}\n`);
  for (const file of sourceFiles(module)) {
    hash.update(`${relative(module, file).split(sep).join('/')}\0`).update(readFileSync(file)).update('\0');
  }
  const digest = hash.digest('hex').slice(0, 16);
  digests.set(module, digest);
  return digest;
}

/** Go's own files; where a Go file embeds others, every file beside and below it. */
function sourceFiles(folder: string, embedded = false): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
  const go = entries.filter((entry) => entry.name.endsWith('.go') && !entry.name.endsWith('_test.go')).map((entry) => join(folder, entry.name));
  const everything = embedded || go.some((file) => /^\/\/go:embed /m.test(readFileSync(file, 'utf8')));
  const files = [...go];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && (everything || entry.name !== 'testdata')) files.push(...sourceFiles(path, everything));
    else if (!entry.name.endsWith('.go') && (everything || ['go.mod', 'go.sum', 'ldflags'].includes(entry.name))) files.push(path);
  }
  return files.sort();
}
