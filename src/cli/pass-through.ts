import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { diagnose, MostikError } from '../diagnostics/index.js';

/** Runs another program in our place: same streams, its exit code. Ctrl-C reaches it by itself; it decides when to end. */
export function passThrough(program: { name: string; path: string; args: readonly string[] }, env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.path, program.args, { stdio: 'inherit', env: { ...process.env, ...env } });
    const ignore = () => undefined;
    const forward = () => { child.kill('SIGTERM'); };
    process.on('SIGINT', ignore);
    process.on('SIGTERM', forward);
    const settle = () => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', forward);
    };
    child.on('error', (error) => {
      settle();
      reject(new MostikError([diagnose('program-missing', { program: program.name, problem: error.message })]));
    });
    child.on('close', (code, signal) => {
      settle();
      // 128 + n is how shells tell of a signal.
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
