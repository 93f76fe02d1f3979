import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { packageRoot } from '../lib/version.js';
import { runCommandLine } from './run.js';

/** How a command line ended, and what it wrote. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process, with streams that are no terminals. */
export async function runCli(argv: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const code = await runCommandLine(argv, { stdin, stdout, stderr, env });
  const written = (stream: PassThrough): string => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: written(stdout), err: written(stderr) };
}

/** A folder that is removed by `dispose`, below the package so that what is built into it finds its dependencies. */
export function scratchFolder(): { path: string; dispose(): void } {
  const parent = join(packageRoot, '.mostik');
  mkdirSync(parent, { recursive: true });
  const path = mkdtempSync(join(parent, 'cli-test-'));
  return { path, dispose: () => { rmSync(path, { recursive: true, force: true }); } };
}

/** Bundles TypeScript into a program of its own, as the build does; returns its path. */
export async function bundle(folder: string, source: { file: string } | { code: string }): Promise<string> {
  const { build } = await import('esbuild');
  const outdir = join(folder, 'program');
  const entry = 'file' in source ? join(packageRoot, source.file) : join(folder, 'entry.ts');
  if ('code' in source) writeFileSync(entry, source.code);
  await build({ entryPoints: { main: entry }, outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external', logLevel: 'silent' });
  return join(outdir, 'main.js');
}
