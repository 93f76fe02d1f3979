import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FieldPath } from '../../model/index.js';

/** What a platform.ts came to. `places` are stacks of the calls that made an object. */
export type RunResult =
  | { kind: 'data'; data: unknown; places: [FieldPath, string][] }
  | { kind: 'not-data'; path: FieldPath; got: string; hint: string; places: [FieldPath, string][] }
  | { kind: 'error'; message: string; stack: string }
  | { kind: 'no-default' }
  | { kind: 'timeout' }
  | { kind: 'ended'; code: string };

const outputLimit = 16 * 1024 * 1024;

/** Runs bundled code in a process with an empty environment and without the right to write files or start processes. */
export async function runBundle(code: string, options: { cwd: string; timeoutSeconds: number; signal?: AbortSignal | undefined }): Promise<RunResult> {
  const folder = await mkdtemp(join(tmpdir(), 'mostik-platform-'));
  try {
    const file = join(folder, 'platform.mjs');
    await writeFile(file, code);
    return await runFile(file, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runFile(file: string, { cwd, timeoutSeconds, signal }: { cwd: string; timeoutSeconds: number; signal?: AbortSignal | undefined }): Promise<RunResult> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [...permissionFlags(), '--no-warnings', '--enable-source-maps', '--max-old-space-size=1024', file], {
      cwd,
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      killSignal: 'SIGKILL',
      ...(signal ? { signal } : {}),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutSeconds * 1000);
    (child.stdio[3] as Readable).on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > outputLimit) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, killed) => {
      clearTimeout(timer);
      if (timedOut) settle({ kind: 'timeout' });
      else settle(parse(Buffer.concat(chunks).toString('utf8')) ?? { kind: 'ended', code: killed ?? `exit code ${code ?? 0}` });
    });
  });
}

function parse(text: string): RunResult | undefined {
  try {
    return JSON.parse(text) as RunResult;
  } catch {
    return undefined;
  }
}

/** Node's permission model: reading files stays allowed, writing them and starting processes does not. */
function permissionFlags(): string[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const stable = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  return [stable ? '--permission' : '--experimental-permission', '--allow-fs-read=*'];
}
