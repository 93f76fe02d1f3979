import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const fixed = ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false'];

/**
 * Runs Git without a shell; what fails (no Git, no repository, no such value) reads as an empty answer. Variables of a
 * surrounding Git (a hook sets GIT_DIR) would make it answer for another repository; a monitor named in the repository's
 * configuration is a program of somebody else.
 */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  return (await tryGit(cwd, ...args)) ?? '';
}

/** The same, with undefined for what failed. */
export async function tryGit(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', [...fixed, ...args], { cwd, env: gitEnv(), timeout: 10_000, maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

/** Starts Git with pipes for what it reads and writes; the caller ends it. */
export function startGit(cwd: string, args: string[]): ReturnType<typeof spawn> {
  return spawn('git', [...fixed, ...args], { cwd, env: gitEnv(), stdio: ['pipe', 'pipe', 'ignore'] });
}

function gitEnv(): NodeJS.ProcessEnv {
  const outer = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return { ...outer, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}
