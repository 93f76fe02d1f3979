import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a command: wall time, peak memory of its main process, and what it printed. */
export interface Run {
  seconds: number;
  peakMiB: number;
  status: number | null;
  stdout: string;
}

/** Runs a command as a whole process. Its peak memory is read from /proc while it runs (VmHWM, proc(5)). */
export function measure(command: string, args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv; ok?: readonly number[] } = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let peakMiB = 0;
    const timer = setInterval(() => { peakMiB = Math.max(peakMiB, peakOf(child.pid)); }, 20);
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(timer);
      const run = { seconds: (performance.now() - started) / 1000, peakMiB, status, stdout };
      if ((options.ok ?? [0]).includes(status ?? -1)) resolve(run);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr.slice(-2000)}`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

function peakOf(pid: number | undefined): number {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'));
    return Number(match?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The middle value; 0 of an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length === 0 ? 0 : sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
