import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { asString, asStrings, isDict, valueAt } from '../lib/read-unknown.js';
import { engineSources, type Engine, type EngineName, type EngineOptions, type EngineSource } from './engine.js';
import { placeOf, target, type Place } from './place.js';

/** What lies beside a binary in the cache and says what it is. */
export interface Marker {
  version: string;
  /** The source it was made from. */
  madeFrom: EngineSource;
  madeAt: string;
}

/** Name of the file with the Marker. */
export const markerFile = 'engine.json';

/** Looks for an engine that is ready: the folder of MOSTIK_ENGINE_DIR, the user's cache, an installed npm package. */
export function findEngine(name: EngineName, options: EngineOptions = {}): Engine | undefined {
  return findIn(placeOf(name, options));
}

/** The same for a place that is already worked out. */
export function findIn(place: Place): Engine | undefined {
  const finders: Partial<Record<EngineSource, (place: Place) => Engine | undefined>> = { folder: inFolder, cache: inCache, npm: inPackage };
  for (const source of place.sources) {
    const engine = finders[source]?.(place);
    if (engine) return engine;
  }
  return undefined;
}

/** The folders of MOSTIK_ENGINE_DIR, absolute. */
export function engineDirs(env: NodeJS.ProcessEnv): string[] {
  return (env.MOSTIK_ENGINE_DIR ?? '').split(delimiter).filter((dir) => dir !== '').map((dir) => resolve(dir));
}

/** Name of the npm package that holds this system's binaries. */
export const npmPackage = `@mostik/engine-${target}`;

function inFolder(place: Place): Engine | undefined {
  for (const dir of engineDirs(place.env)) {
    const path = join(dir, place.file);
    if (isRunnable(path)) return { name: place.name, path, source: 'folder', version: readMarker(dir, place.name)?.version ?? '' };
  }
  return undefined;
}

function inCache(place: Place): Engine | undefined {
  const path = join(place.folder, place.file);
  if (!isRunnable(path)) return undefined;
  return { name: place.name, path, source: 'cache', version: readMarker(place.folder, place.name)?.version ?? '' };
}

/** An installed package counts only when it was made from the very sources in `engine/`. */
function inPackage(place: Place): Engine | undefined {
  let manifest: string;
  try {
    manifest = createRequire(join(place.root, 'package.json')).resolve(`${npmPackage}/package.json`);
  } catch {
    return undefined;
  }
  const about = readJson(manifest);
  const path = join(dirname(manifest), place.file);
  if (asStrings(valueAt(about, 'mostik', 'engines'))[place.name] !== place.key || !isRunnable(path)) return undefined;
  return { name: place.name, path, source: 'npm', version: readMarker(dirname(manifest), place.name)?.version ?? '' };
}

/** Reads the Marker beside a binary; undefined where there is none or it cannot be read. */
export function readMarker(dir: string, name: EngineName): Marker | undefined {
  const data = readJson(join(dir, markerFile));
  const own = isDict(data) && isDict(data[name]) ? data[name] : data;
  const version = asString(valueAt(own, 'version'));
  if (version === undefined) return undefined;
  const madeFrom = engineSources.find((source) => source === valueAt(own, 'madeFrom')) ?? 'folder';
  return { version, madeFrom, madeAt: asString(valueAt(own, 'madeAt')) ?? '' };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
