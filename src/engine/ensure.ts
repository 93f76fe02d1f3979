import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { livenessOf } from '../lib/process-identity.js';
import { askVersion } from './ask-version.js';
import { onUntimelyEnd } from './cleanup.js';
import { downloadPrograms } from './download.js';
import type { Engine, EngineEvent, EngineName, EngineOptions, EngineSource } from './engine.js';
import { engineDirs, findIn, markerFile, npmPackage, type Marker } from './find.js';
import { neededGo } from './go.js';
import { buildWithGo } from './go-build.js';
import { explainFileError, interrupted, type Job } from './job.js';
import { describeHolder, takeLock, type Lock } from './lock.js';
import { placeOf, type Place } from './place.js';
import { endGroup } from './run-group.js';

/**
 * Gives an engine that is ready to run: finds it, else downloads or builds it into the user's cache, once for all
 * processes that ask. Throws MostikError with the reason of every source when none can give it.
 */
export async function ensureEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  const place = placeOf(name, options);
  const emit = options.onProgress ?? (() => undefined);
  const found = findIn(place);
  if (found) return found;
  const failures = notFound(place);
  for (const [source, diagnostic] of failures) emit({ type: 'skipped', engine: name, source, diagnostic });
  let waited = -1;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    mkdirSync(place.cache, { recursive: true });
    const lock = await takeLock(lockFile(place), {
      signal,
      onWait: (holder, seconds) => {
        if (seconds > waited) emit({ type: 'waiting', engine: name, holder: describeHolder(holder), seconds });
        waited = seconds;
      },
      onTakeOver: (holder) => {
        if (holder.child && livenessOf(holder.child) === 'alive') endGroup(holder.child.pid);
      },
    });
    const making: Making = { place, emit, signal, stop, lock, failures };
    try {
      return findIn(place) ?? (await make(making));
    } finally {
      lock.release();
    }
  } catch (error) {
    if (signal.aborted) throw interrupted(place);
    throw explainFileError(error, place);
  }
}

/** The lock of an engine: one process at a time makes it. */
export function lockFile(place: Place): string {
  return join(place.cache, `.${place.key}.lock`);
}

/** What a folder that is being filled is called, up to its random end. */
export function temporaryPrefix(place: Place): string {
  return `.${place.key}.new-`;
}

interface Making {
  place: Place;
  emit: (event: EngineEvent) => void;
  signal: AbortSignal;
  stop: AbortController;
  lock: Lock;
  failures: Map<EngineSource, Diagnostic>;
}

const makers: Partial<Record<EngineSource, (job: Job) => Promise<void>>> = { download: downloadPrograms, go: buildWithGo };

async function make(making: Making): Promise<Engine> {
  const { place, emit, failures } = making;
  sweep(place);
  for (const source of place.sources) {
    const maker = makers[source];
    if (!maker) continue;
    try {
      return await makeFrom(source, maker, making);
    } catch (error) {
      making.signal.throwIfAborted();
      const explained = explainFileError(error, place);
      const [diagnostic] = explained instanceof MostikError ? explained.diagnostics : [];
      if (!diagnostic) throw error;
      failures.set(source, diagnostic);
      emit({ type: 'skipped', engine: place.name, source, diagnostic });
    }
  }
  throw new MostikError([diagnose('engine-unavailable', { file: place.file, tried: place.sources.join(', '), way: wayOut(making) }), ...failures.values()]);
}

function wayOut({ place, failures }: Making): string {
  const reason = failures.get('go')?.code;
  if (reason !== undefined && reason !== 'engine-go-missing' && reason !== 'engine-go-too-old') return 'Do what the hints below say';
  const go = neededGo(place.module).replace(/^(\d+\.\d+).*/, '$1');
  return `Install Go ${go} or newer (https://go.dev/dl) and run the same command again`;
}

/** Fills a folder of its own and puts it in place by one rename: nobody ever sees half an engine. */
async function makeFrom(source: EngineSource, maker: (job: Job) => Promise<void>, making: Making): Promise<Engine> {
  const { place, emit, signal, stop, lock } = making;
  const started = Date.now();
  const folder = mkdtempSync(join(place.cache, temporaryPrefix(place)));
  let child: number | undefined;
  const discard = (): void => {
    endGroup(child);
    // Compilers that were killed a moment ago may still be closing files in it.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  };
  const forget = onUntimelyEnd(() => {
    stop.abort();
    discard();
    lock.release();
  });
  const noteChild = (pid: number | undefined): void => {
    child = pid;
    lock.noteChild(pid);
  };
  try {
    await maker({ place, folder, emit, signal, noteChild });
    const marker: Marker = { version: await askVersion(join(folder, place.file), place, signal), madeFrom: source, madeAt: new Date().toISOString() };
    writeFileSync(join(folder, markerFile), JSON.stringify(marker, null, 2));
    signal.throwIfAborted();
    putInPlace(folder, place);
    const path = join(place.folder, place.file);
    emit({ type: 'ready', engine: place.name, path, source, seconds: Math.round((Date.now() - started) / 1000) });
    return { name: place.name, path, source, version: marker.version };
  } finally {
    forget();
    discard();
  }
}

function putInPlace(folder: string, place: Place): void {
  // An engine's folder without a runnable binary is damaged, otherwise it would have been found.
  if (!findIn({ ...place, sources: ['cache'] })) rmSync(place.folder, { recursive: true, force: true });
  try {
    renameSync(folder, place.folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody who lost the same lock was faster: theirs is as good as ours.
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

/** Removes what processes that were killed left behind; called by the holder of the lock only. */
function sweep(place: Place): void {
  for (const entry of readdirSync(place.cache)) {
    if (entry.startsWith(temporaryPrefix(place))) rmSync(join(place.cache, entry), { recursive: true, force: true });
  }
}

/** Why the sources that only need looking at have nothing. */
function notFound(place: Place): Map<EngineSource, Diagnostic> {
  const reasons = new Map<EngineSource, Diagnostic>();
  const dirs = engineDirs(place.env);
  if (place.sources.includes('folder') && dirs.length > 0) {
    reasons.set('folder', diagnose('engine-not-in-folder', { file: place.file, dir: dirs.join(', ') }));
  }
  if (place.sources.includes('npm')) {
    reasons.set('npm', diagnose('engine-package-missing', { file: place.file, package: npmPackage, reason: 'is not installed for these sources' }));
  }
  return reasons;
}

/** Bytes of a folder, its subfolders included. */
export function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
