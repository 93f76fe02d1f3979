import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import type { EngineEvent } from './engine.js';
import type { Place } from './place.js';

/** One attempt to make an engine: its place, its own folder, whom to tell, when to stop. */
export interface Job {
  place: Place;
  /** Empty folder in the cache; what is in it at the end becomes the engine. */
  folder: string;
  emit: (event: EngineEvent) => void;
  signal: AbortSignal;
  /** Tells which process group works for this job, so that it can be ended with it; undefined when it has ended. */
  noteChild: (pid: number | undefined) => void;
}

/** Turns an error of the file system into what the user can do about it; other errors pass unchanged. */
export function explainFileError(error: unknown, place: Place): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new MostikError([diskFull(place, place.cache)], { cause: error });
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(code)) {
    return new MostikError([diagnose('engine-no-permission', { file: place.file, path: path ?? place.cache, problem: code })], { cause: error });
  }
  return error;
}

/** Says that a disk is full, and which folders can be moved to another. */
export function diskFull(place: Place, dir: string): Diagnostic {
  return diagnose('engine-disk-full', { file: place.file, dir });
}

/** Says that the user or the system ended the work. */
export function interrupted(place: Place): MostikError {
  return new MostikError([diagnose('engine-interrupted', { file: place.file })]);
}
