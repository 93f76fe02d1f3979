import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildFailure, BuildResult, Message, Plugin } from 'esbuild';
import { diagnose, type Diagnostic, type Location } from '../../diagnostics/index.js';
import { shownPath } from '../../lib/shown-path.js';
import { packageRoot } from '../../lib/version.js';
import { formatPath, type FieldPath, type Locate } from '../../model/index.js';
import { ownEntry } from '../own-package.js';
import type { SourceFile } from '../source-file.js';
import { runBundle, type RunResult } from './run.js';
import { entryModule, guardModule, placesModule } from './runner.js';

interface Reading {
  shown: string;
  cwd: string;
  signal?: AbortSignal | undefined;
}

const timeoutSeconds = 20;

/** Reads a platform.ts: bundles it with what it imports, runs it in a process of its own, and takes its default export as data. */
export async function readCodeSource(file: string, reading: Reading): Promise<{ source?: SourceFile; diagnostics: Diagnostic[] }> {
  const path = realpathSync(file);
  if (!statSync(path).isFile()) return { diagnostics: [diagnose('file-unreadable', { what: 'Platform file', path: reading.shown, problem: 'it is not an ordinary file', hint: '' })] };
  const built = await bundle(path, reading);
  if ('diagnostics' in built) return built;
  const result = await runBundle(built.code, { cwd: dirname(path), timeoutSeconds, signal: reading.signal });
  if (result.kind !== 'data') return { diagnostics: [failure(result, { ...reading, inputs: built.inputs })] };
  const locate = locator(result.places, reading);
  const source: SourceFile = { file, shown: reading.shown, data: result.data, inputs: built.inputs, locate, written: () => undefined, mistaken: new Set() };
  return { source, diagnostics: [] };
}

async function bundle(file: string, reading: Reading): Promise<{ code: string; inputs: string[] } | { diagnostics: Diagnostic[] }> {
  const { build } = await import('esbuild');
  const dir = dirname(file);
  try {
    const result: BuildResult<{ write: false; metafile: true }> = await build({
      stdin: { contents: entryModule(file), resolveDir: dir, sourcefile: 'mostik-run' },
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      outfile: resolve(dir, 'platform.mjs'),
      absWorkingDir: dir,
      sourcemap: 'inline',
      sourceRoot: `${dir}/`,
      sourcesContent: false,
      logLevel: 'silent',
      // CommonJS packages reach Node's own modules through `require`, which a module file does not have.
      banner: { js: `import { createRequire as mostikRequire } from 'node:module'; const require = mostikRequire(import.meta.url);` },
      plugins: [modules()],
    });
    const inputs = Object.keys(result.metafile.inputs).filter((name) => !name.startsWith('mostik-run') && !name.startsWith('<')).map((name) => resolve(dir, name));
    const own = [resolve(packageRoot, 'src'), resolve(packageRoot, 'dist')];
    return { code: result.outputFiles[0]!.text, inputs: inputs.filter((input) => !own.some((folder) => input.startsWith(`${folder}/`))) };
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors;
    if (!errors) throw error;
    return { diagnostics: errors.map((message) => buildDiagnostic(message, { ...reading, dir })) };
  }
}

/** Resolves `mostik` to the running tool, whatever version the platform's own node_modules hold. */
function modules(): Plugin {
  return {
    name: 'mostik',
    setup(build) {
      const entry = ownEntry();
      build.onResolve({ filter: /^mostik$/ }, () => ({ path: 'places', namespace: 'mostik-run' }));
      build.onResolve({ filter: /^mostik-run:guard$/ }, () => ({ path: 'guard', namespace: 'mostik-run' }));
      build.onLoad({ filter: /.*/, namespace: 'mostik-run' }, ({ path }) => ({
        contents: path === 'guard' ? guardModule : placesModule(entry),
        resolveDir: dirname(entry),
      }));
    },
  };
}

function buildDiagnostic(message: Message, { shown, cwd, dir }: Reading & { dir: string }): Diagnostic {
  const { location, notes } = message;
  const at = location ? { file: shownPath(resolve(dir, location.file), cwd), line: location.line, column: location.column + 1 } : { file: shown };
  const missing = /^Could not resolve "(.+)"$/.exec(message.text)?.[1];
  const hint = missing === undefined ? (notes[0]?.text ?? '') : /^[./]/.test(missing) ? 'the path starts at the file that imports it' : `\`npm install ${missing}\` in the platform's folder`;
  return diagnose('code-build', { path: at.file, problem: missing === undefined ? message.text : `cannot find ${JSON.stringify(missing)}`, hint }, at);
}

function failure(result: Exclude<RunResult, { kind: 'data' }>, reading: Reading & { inputs: string[] }): Diagnostic {
  const { shown } = reading;
  switch (result.kind) {
    case 'timeout':
      return diagnose('code-timeout', { path: shown, seconds: timeoutSeconds }, { file: shown });
    case 'ended':
      return diagnose('code-failed', { path: shown, problem: `${result.code}, before it exported a platform` }, { file: shown });
    case 'no-default':
      return diagnose('code-result', { where: shown, got: 'a file without a default export', hint: 'write `export default definePlatform({ ... })`' }, { file: shown });
    case 'not-data': {
      const at = locator(result.places, reading)(result.path);
      return diagnose('code-result', { where: formatPath(result.path) || shown, got: result.got, hint: result.hint }, at);
    }
    case 'error':
      return diagnose('code-failed', { path: shown, problem: result.message }, placeIn(result.stack, reading, reading.inputs) ?? { file: shown });
  }
}

/** Finds fields by the calls that made the objects around them. */
function locator(places: [FieldPath, string][], reading: Reading): Locate {
  const calls = new Map<string, Location>();
  for (const [path, stack] of places) {
    const at = placeIn(stack, reading);
    if (at) calls.set(formatPath(path), at);
  }
  return (path) => {
    for (let end = path.length; end >= 0; end--) {
      const at = calls.get(formatPath(path.slice(0, end)));
      if (at) return at;
    }
    return { file: reading.shown };
  };
}

/** The first place of a stack, or the first one in the given files. */
function placeIn(stack: string, { cwd }: Reading, files?: string[]): Location | undefined {
  for (const line of stack.split('\n')) {
    const match = /(?:\(|at )((?:file:\/\/)?\/.+?|[A-Za-z]:[\\/].+?):(\d+):(\d+)\)?$/.exec(line.trim());
    if (!match) continue;
    const file = match[1]!.startsWith('file:') ? fileURLToPath(match[1]!) : match[1]!;
    if (files && !files.includes(file)) continue;
    return { file: shownPath(file, cwd), line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}
