// Bundles the entry points of src/ into dist/. `--types`, or packing, adds the declarations of src/index.ts.
//
// What must stay true: dist/ is whole at every moment, for programs that run from it and for builds side by side. Shared
// chunks carry their content's digest in their names and are written first; entry points are replaced by a rename.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneAtATime } from './one-at-a-time.mjs';
import stamps from './source-stamp.cjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
const dist = join(root, 'dist');
const entryPoints = ['src/cli/main.ts', 'src/cluster/supervisor-main.ts', 'src/controllers/network/network-agent-main.ts', 'src/engine/index.ts', 'src/index.ts'];
/** A program that runs from an older dist/ may still load its chunks. */
const keepChunksMs = 24 * 3600 * 1000;

/** Builds dist/. Throws an error with `expected` set, with the compiler's words, when the sources do not bundle. */
export async function build({ types = false, clean = false } = {}) {
  await oneAtATime(join(root, '.mostik', 'build.lock'), (pid) => console.error(`mostik: waiting for process ${pid}, which builds dist/`), async () => {
    const stamp = stamps.sourceStamp(root);
    const files = await bundle();
    for (const [path, content] of files) write(path, content);
    removeOldChunks(new Set(files.map(([path]) => path)), clean ? 0 : keepChunksMs);
    if (types) await declare();
    write(join(dist, '.stamp'), stamp);
  });
}

async function bundle() {
  const esbuild = await import('esbuild');
  try {
    const result = await esbuild.build({
      absWorkingDir: root,
      entryPoints: entryPoints.filter((path) => existsSync(join(root, path))),
      outbase: 'src',
      outdir: 'dist',
      chunkNames: 'chunks/[name]-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: 'linked',
      sourcesContent: false,
      write: false,
      logLevel: 'silent',
    });
    // Entry points come last: what they import is there when they appear.
    return result.outputFiles.map(({ path, contents }) => [path, contents]).sort(([a], [b]) => Number(isChunk(b)) - Number(isChunk(a)));
  } catch (error) {
    const lines = await esbuild.formatMessages(error.errors ?? [], { kind: 'error', color: process.stderr.isTTY === true });
    throw Object.assign(new Error(`src/ does not build\n${lines.join('') || error.message}`), { expected: true });
  }
}

function isChunk(path) {
  return relative(dist, path).startsWith('chunks');
}

function write(path, content) {
  if (existsSync(path) && digest(readFileSync(path)) === digest(content)) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function digest(content) {
  return createHash('sha256').update(content).digest('hex');
}

function removeOldChunks(current, keepMs) {
  const folder = join(dist, 'chunks');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!current.has(path) && Date.now() - statSync(path).mtimeMs >= keepMs) rmSync(path, { force: true });
  }
}

async function declare() {
  const { default: ts } = await import('typescript');
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} });
  const options = { ...config.options, noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: join(dist, 'types'), rootDir: join(root, 'src') };
  const program = ts.createProgram([join(root, 'src', 'index.ts')], options);
  const problems = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (problems.length === 0) return;
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  throw Object.assign(new Error(`src/index.ts has no declarations\n${ts.formatDiagnostics(problems, host)}`), { expected: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const packing = process.env.npm_lifecycle_event === 'prepack';
  try {
    await build({ types: packing || process.argv.includes('--types'), clean: packing || process.argv.includes('--clean') });
  } catch (error) {
    console.error(`mostik: ${error.expected ? error.message : error.stack}`);
    process.exit(1);
  }
}
