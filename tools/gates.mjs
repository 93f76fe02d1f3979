// Runs programs side by side and collects what they print.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Runs a program to its end; resolves with its exit code, its output and its seconds. `onLine` gets each line as it comes. */
export function run(command, args, { onLine, ...options } = {}) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      if (onLine) createInterface({ input: stream }).on('line', onLine);
      else stream.on('data', (data) => (output += data));
    }
    child.once('error', (error) => resolve({ code: 127, output: `${command}: ${error.code}`, seconds: 0 }));
    child.once('close', (code) => resolve({ code: code ?? 1, output, seconds: (Date.now() - started) / 1000 }));
  });
}

/** Runs a program with its output on ours; resolves with its exit code. */
export function runVisibly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      console.error(`${command}: ${error.code}`);
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The file of a tool that is installed in node_modules, to be run by this Node. */
export function tool(path) {
  return fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
}
