import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Lines of stdout and stderr, in the order they come. */
  onLine?: (line: string) => void;
  /** The process group's leader, and undefined once it has ended. */
  onChild?: (pid: number | undefined) => void;
}

/** Runs a program in a process group of its own, so that ending it ends what it started too (compilers, linkers). */
export function runGroup(command: string, args: string[], options: RunOptions): Promise<{ code: number | null; by: NodeJS.Signals | null }> {
  options.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = (): void => endGroup(child.pid);
    options.signal.addEventListener('abort', stop, { once: true });
    const done = (): void => {
      options.signal.removeEventListener('abort', stop);
      options.onChild?.(undefined);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => options.onLine?.(line));
    child.once('spawn', () => options.onChild?.(child.pid));
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code, by) => {
      done();
      if (options.signal.aborted) reject(new DOMException('stopped', 'AbortError'));
      else resolve({ code, by });
    });
  });
}

/** Ends a process group at once; one that is gone is left in peace. */
export function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Already ended.
  }
}
