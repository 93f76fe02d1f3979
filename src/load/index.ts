import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MostikError, type Diagnostic } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import type { LoadedInput, LoadedPlatform, Overlay, SetValue } from '../model/index.js';
import { Platform, Profile } from '../model/schema.js';
import { findPlatformFile, workTreeRoot } from './find-file.js';
import { parseSet } from './sets.js';
import { checkShape } from './shape.js';
import { readYamlSource, type SourceFile } from './source-file.js';

export { initPlatform, initSources, type InitOptions, type InitResult } from './init.js';
export { checkShape } from './shape.js';
export { yamlSource } from './source-file.js';

export interface LoadOptions {
  /** Folder of the platform file, or the file. */
  dir: string;
  /** Files of `-f`, in order. */
  overlays?: readonly string[];
  /** Texts of `--set`, in order. */
  sets?: readonly string[];
  /** Where relative paths start and what shown paths are relative to; the current folder by default. */
  cwd?: string;
  signal?: AbortSignal | undefined;
}

/**
 * Reads a platform file, files of `-f` and `--set`. Mistakes are collected in `diagnostics`, and the fields they are in left
 * out, so that `resolve` can report its own beside them; throws only where nothing can be read.
 */
export async function load(options: LoadOptions): Promise<LoadedInput> {
  const cwd = options.cwd ?? process.cwd();
  const file = findPlatformFile(options.dir, cwd);
  const platform = await readPlatform(file, cwd, options.signal);
  const overlays = await Promise.all((options.overlays ?? []).map((path) => readOverlay(resolve(cwd, path), cwd)));
  const sets = readSets(options.sets ?? []);
  const diagnostics = [...platform.diagnostics, ...overlays.flatMap((overlay) => overlay.diagnostics), ...sets.diagnostics];
  if (!platform.loaded) throw new MostikError(diagnostics);
  return {
    ...platform.loaded,
    overlays: overlays.flatMap(({ overlay }) => overlay ?? []),
    sets: sets.sets,
    inputs: [...platform.inputs, ...overlays.flatMap(({ overlay }) => overlay?.file ?? [])],
    diagnostics,
  };
}

async function readPlatform(file: string, cwd: string, signal?: AbortSignal): Promise<{ loaded?: LoadedPlatform; inputs: string[]; diagnostics: Diagnostic[] }> {
  const shown = shownPath(file, cwd);
  const role = { what: 'Platform file', shown };
  const read = /\.[cm]?[jt]s$/.test(file)
    ? await (await import('./typescript/read.js')).readCodeSource(file, { shown, cwd, signal })
    : await readYamlSource(file, role);
  if (!read.source) return { inputs: [file], diagnostics: read.diagnostics };
  const { source } = read;
  const stand = { apiVersion: 'mostik.dev/v1', kind: 'Platform', metadata: { name: 'platform' } };
  const shape = checkShape(Platform, source, stand);
  const diagnostics = [...read.diagnostics, ...shape.mistakes.map(({ diagnostic }) => diagnostic)];
  if (!shape.value) return { inputs: source.inputs, diagnostics };
  const dir = realpathSync(dirname(file));
  const loaded: LoadedPlatform = {
    platform: shape.value,
    data: shape.data,
    broken: shape.broken,
    file: join(dir, basename(file)),
    dir,
    root: workTreeRoot(dir),
    locate: source.locate,
  };
  return { loaded, inputs: source.inputs, diagnostics };
}

async function readOverlay(file: string, cwd: string): Promise<{ overlay?: Overlay; diagnostics: Diagnostic[] }> {
  const read = await readYamlSource(file, { what: '-f', shown: shownPath(file, cwd) });
  if (!read.source) return { diagnostics: read.diagnostics };
  const shape = checkShape(Profile, read.source);
  const diagnostics = [...read.diagnostics, ...shape.mistakes.map(({ diagnostic }) => diagnostic)];
  explainOverlay(diagnostics, read.source);
  if (!shape.value) return { diagnostics };
  const overlay: Overlay = { profile: shape.value, data: shape.data, broken: shape.broken, file, locate: read.source.locate };
  return { overlay, diagnostics };
}

/** Values files and whole platforms are often given to `-f` by mistake: the first key nobody knows says what belongs there. */
function explainOverlay(diagnostics: Diagnostic[], source: SourceFile): void {
  const strangers = diagnostics.filter(({ code, message, hint }) => code === 'unknown-key' && message.startsWith(`${source.shown}:`) && !hint?.startsWith('did you mean'));
  for (const stranger of strangers) delete stranger.hint;
  if (strangers[0]) strangers[0].hint = 'a file of -f holds what stands in a profile: components, cluster, secrets, namespace; values of a chart stand in components.NAME.values';
}

function readSets(texts: readonly string[]): { sets: SetValue[]; diagnostics: Diagnostic[] } {
  const sets: SetValue[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const text of texts) {
    try {
      sets.push(...parseSet(text));
    } catch (error) {
      if (!(error instanceof MostikError)) throw error;
      diagnostics.push(...error.diagnostics);
    }
  }
  return { sets, diagnostics };
}
