import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MostikError } from '../diagnostics/index.js';
import { askVersion } from './ask-version.js';
import { whyNoDownload } from './download.js';
import { bytesOf, ensureEngine, lockFile } from './ensure.js';
import { engineNames, type Engine, type EngineName, type EngineOptions, type EngineSource } from './engine.js';
import { engineDirs, findIn, npmPackage, readMarker } from './find.js';
import { compareVersions, neededGo, readGo } from './go.js';
import { explainFileError } from './job.js';
import { describeHolder, holderOf } from './lock.js';
import { enginesCache, placeOf, type Place } from './place.js';

/** What `mostik engine status` shows of one engine. */
export interface EngineStatus {
  name: EngineName;
  file: string;
  /** The engine that is used; undefined when it must be got first. */
  engine: Engine | undefined;
  /** Who is making it at this moment. */
  madeBy: string | undefined;
  /** Every source in the order of trying, and what it has. */
  sources: { source: EngineSource; ready: boolean; detail: string }[];
}

/** A folder of the cache: `current` ones are used by this Mostik, the others were made from other sources. */
export interface CachedEngine {
  key: string;
  folder: string;
  bytes: number;
  version: string;
  madeFrom: EngineSource | undefined;
  current: boolean;
}

/** Tells of every engine what is there and where it would come from. Starts nothing but `go env` and `BINARY version`. */
export async function engineStatus(options: EngineOptions = {}): Promise<EngineStatus[]> {
  const go = await readGo(options.env ?? process.env);
  return Promise.all(engineNames.map((name) => statusOf(placeOf(name, options), go?.version)));
}

async function statusOf(place: Place, go: string | undefined): Promise<EngineStatus> {
  const engine = findIn(place);
  const holder = holderOf(lockFile(place));
  return {
    name: place.name,
    file: place.file,
    engine: engine && { ...engine, version: engine.version || (await versionOf(engine, place)) },
    madeBy: holder && describeHolder(holder),
    sources: place.sources.map((source) => ({ source, ...detailOf(source, place, go) })),
  };
}

async function versionOf(engine: Engine, place: Place): Promise<string> {
  try {
    return await askVersion(engine.path, place);
  } catch (error) {
    if (error instanceof MostikError) return error.message;
    throw error;
  }
}

function detailOf(source: EngineSource, place: Place, go: string | undefined): { ready: boolean; detail: string } {
  const there = findIn({ ...place, sources: [source] });
  switch (source) {
    case 'folder': {
      const dirs = engineDirs(place.env);
      if (there) return { ready: true, detail: there.path };
      return { ready: false, detail: dirs.length > 0 ? `no ${place.file} in ${dirs.join(', ')}` : 'MOSTIK_ENGINE_DIR is not set' };
    }
    case 'cache':
      return there ? { ready: true, detail: there.path } : { ready: false, detail: `nothing at ${place.folder}` };
    case 'npm':
      return there ? { ready: true, detail: there.path } : { ready: false, detail: `${npmPackage} is not installed for these sources` };
    case 'download': {
      const problem = whyNoDownload(place);
      return { ready: !problem, detail: problem?.message.replace(`${place.file}: `, '') ?? 'official builds, verified by SHA-256' };
    }
    case 'go': {
      const needed = neededGo(place.module);
      if (go === undefined) return { ready: false, detail: `no go in PATH, needs ${needed} or newer` };
      return { ready: compareVersions(go, needed) >= 0, detail: `go ${go}, needs ${needed} or newer` };
    }
  }
}

/** Gets engines ahead of their first use, at the same time. Throws MostikError with the problems of all. */
export async function installEngines(names: readonly EngineName[] = engineNames, options: EngineOptions = {}): Promise<Engine[]> {
  const results = await Promise.allSettled(names.map((name) => ensureEngine(name, options)));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const other = failures.find((failure) => failure instanceof Error && !(failure instanceof MostikError));
  if (other instanceof Error) throw other;
  const diagnostics = failures.flatMap((failure) => (failure instanceof MostikError ? failure.diagnostics : []));
  if (failures.length > 0) throw new MostikError(diagnostics);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Lists what the cache holds. */
export function cachedEngines(options: EngineOptions = {}): CachedEngine[] {
  const cache = enginesCache(options.env ?? process.env);
  if (!existsSync(cache)) return [];
  const current = new Set(engineNames.map((name) => placeOf(name, options).key));
  return readdirSync(cache, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => {
      const folder = join(cache, entry.name);
      const name = engineNames.find((engine) => entry.name.startsWith(`${engine}-`)) ?? 'cluster';
      const marker = readMarker(folder, name);
      const about = { version: marker?.version ?? '', madeFrom: marker?.madeFrom };
      return { key: entry.name, folder, bytes: bytesOf(folder), ...about, current: current.has(entry.name) };
    });
}

/**
 * Removes engines from the cache: those made from other sources, or with `all` the current ones too (a running cluster
 * then cannot start a dead component again). Leaves those alone that are being made. Returns what went.
 */
export function removeEngines(options: EngineOptions & { all?: boolean } = {}): CachedEngine[] {
  const cache = enginesCache(options.env ?? process.env);
  const entries = cachedEngines(options).filter((entry) => options.all === true || !entry.current);
  try {
    for (const entry of entries) rmSync(entry.folder, { recursive: true, force: true });
    if (existsSync(cache)) sweepLeftovers(cache);
  } catch (error) {
    throw explainFileError(error, placeOf('cluster', options));
  }
  return entries;
}

/** Removes half-made folders and locks whose process is gone. */
function sweepLeftovers(cache: string): void {
  for (const entry of readdirSync(cache).filter((name) => name.startsWith('.'))) {
    const key = /^\.(.*?)(?:\.lock|\.new-)/.exec(entry)?.[1];
    if (key === undefined || holderOf(join(cache, `.${key}.lock`))) continue;
    rmSync(join(cache, entry), { recursive: true, force: true });
  }
}
