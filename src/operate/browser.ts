import { spawn, spawnSync } from 'node:child_process';

/** Programs that open an address, by system; each is started without a shell. */
const openers: Partial<Record<NodeJS.Platform, readonly (readonly [string, ...string[]])[]>> = {
  darwin: [['open']],
  win32: [['rundll32', 'url.dll,FileProtocolHandler']],
  linux: [['xdg-open'], ['wslview'], ['sensible-browser'], ['gio', 'open'], ['x-www-browser'], ['firefox'], ['chromium'], ['google-chrome']],
};

/** Opens an http or https address in a browser. Returns the program, or why there is none. */
export async function openInBrowser(url: string, env: NodeJS.ProcessEnv = process.env): Promise<{ program: string } | { problem: string }> {
  const { protocol, href } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return { problem: `${url} is no address of a web page` };
  const candidates = candidatesOf(env);
  for (const [program, ...args] of candidates) {
    if (!isThere(program, env)) continue;
    // The address is parsed and written anew, and is one argument: no shell reads it, and it cannot be taken for an option.
    const child = spawn(program, [...args, href], { stdio: 'ignore', detached: true, env });
    const started = await new Promise<boolean>((resolve) => {
      child.once('spawn', () => { resolve(true); });
      child.once('error', () => { resolve(false); });
    });
    child.unref();
    if (started) return { program };
  }
  return { problem: `none of ${candidates.map(([program]) => program).join(', ')} is on this machine` };
}

/** The program that would open an address; undefined where there is none. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return candidatesOf(env).map(([program]) => program).find((program) => isThere(program, env));
}

function candidatesOf(env: NodeJS.ProcessEnv): readonly (readonly [string, ...string[]])[] {
  const named = env['BROWSER'];
  return named !== undefined && named !== '' && !/\s|%/.test(named) ? [[named]] : (openers[process.platform] ?? openers.linux ?? []);
}

function isThere(program: string, env: NodeJS.ProcessEnv): boolean {
  if (program.includes('/') || process.platform === 'win32') return true;
  return spawnSync('which', [program], { env, stdio: 'ignore' }).status === 0;
}
