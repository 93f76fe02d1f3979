import { spawn } from 'node:child_process';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { readResponse, type EngineRequest, type EngineResult } from './engine-protocol.js';

/** Longer than the largest platform takes by far: a template that loops without end must not hang the command. */
const limitSeconds = 120;

export interface EngineCall {
  /** Path of `mostik-render`. */
  path: string;
  signal?: AbortSignal | undefined;
  limitSeconds?: number;
}

/** Asks the render engine for objects. Throws a Diagnostic when it fails. */
export async function callEngine(request: EngineRequest, call: EngineCall): Promise<EngineResult[]> {
  return askEngine('render', request, { call, read: (text) => readResponse(text, request.items.map(({ id }) => id)) });
}

/** One process, one request on its input, one answer on its output. Throws a Diagnostic when it fails or answers something else. */
export async function askEngine<T>(command: 'render' | 'examine', request: object, { call, read }: { call: EngineCall; read: (text: string) => T }): Promise<T> {
  const text = await run(command, JSON.stringify(request), call);
  try {
    return read(text);
  } catch (error) {
    throw failure(call, `its answer could not be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

async function run(command: string, input: string, call: EngineCall): Promise<string> {
  call.signal?.throwIfAborted();
  const child = spawn(call.path, [command], { stdio: ['pipe', 'pipe', 'pipe'], shell: false, windowsHide: true });
  const out: Buffer[] = [];
  const complaints: Buffer[] = [];
  const seconds = call.limitSeconds ?? limitSeconds;
  let late = false;
  const stop = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, seconds * 1000);
  call.signal?.addEventListener('abort', stop, { once: true });
  try {
    const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal }));
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
      // A process that ends early closes its input: how it ended says more than the broken pipe.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
    call.signal?.throwIfAborted();
    if (late) throw failure(call, `it gave no answer within ${seconds} s: a template may loop without end`);
    if (ended.code !== 0) throw failure(call, describeEnd(ended, Buffer.concat(complaints).toString('utf8')));
    return Buffer.concat(out).toString('utf8');
  } catch (error) {
    if (error instanceof MostikError || call.signal?.aborted) throw error;
    throw failure(call, error instanceof Error ? error.message : String(error), error);
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', stop);
  }
}

/** The last line that a process wrote, or how it ended: a Go program that crashes writes its stack, whose first line says why. */
function describeEnd({ code, signal }: { code: number | null; signal: string | null }, complaints: string): string {
  const lines = complaints.split('\n').map((line) => line.trim()).filter(Boolean);
  const said = lines.find((line) => /^(panic|fatal error):/.test(line)) ?? lines.at(-1)?.replace(/^mostik-render: /, '');
  const ended = signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
  return said ? `${ended}: ${said}` : ended;
}

function failure(call: EngineCall, problem: string, cause?: unknown): MostikError {
  return new MostikError([diagnose('render-engine-failed', { path: call.path, problem })], cause === undefined ? {} : { cause });
}
