import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout under test. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Why end-to-end tests cannot run here; undefined when they can. */
export const noEngine: string | undefined =
  process.env['MOSTIK_ENGINE_DIR'] && existsSync(join(process.env['MOSTIK_ENGINE_DIR'], 'mostik-cluster')) ? undefined : 'MOSTIK_ENGINE_DIR is not set or has no engines';

/** How a command ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** A user's home for one test file: own state, own cache, own platforms. */
export interface Home {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Runs `mostik ARGS` to its end. */
  mostik(args: string[], options?: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv }): Promise<Ended>;
  /** Starts `mostik ARGS` and leaves it running. */
  start(args: string[], options?: { cwd?: string }): ChildProcess;
  /** Copies a platform of the repository into the home. */
  copy(platform: string, name?: string): string;
  /** Writes a platform file and what it names. */
  write(name: string, files: Record<string, string>): string;
  /** Deletes every cluster made here, and the home. */
  remove(): Promise<void>;
}

/** Makes an empty home. */
export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'mostik-home-'));
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, 'state'), XDG_CACHE_HOME: join(folder, 'cache'), NO_COLOR: '1', KUBECONFIG: join(folder, 'no-kubeconfig') };
  delete env['FORCE_COLOR'];
  const bin = join(root, 'bin', 'mostik');
  const home: Home = {
    folder,
    env,
    mostik: (args, options = {}) =>
      new Promise((resolve) => {
        const child = execFile(process.execPath, [bin, ...args], { cwd: options.cwd ?? folder, env: { ...env, ...options.env }, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
          const code = error ? (typeof error.code === 'number' ? error.code : 255) : 0;
          resolve({ code, stdout, stderr });
        });
        // A command may end before it has read its input: how it ended is told above.
        child.stdin?.on('error', () => undefined).end(options.input ?? '');
      }),
    start: (args, options = {}) => spawn(process.execPath, [bin, ...args], { cwd: options.cwd ?? folder, env, stdio: ['ignore', 'pipe', 'pipe'] }),
    copy: (platform, name = platform) => {
      const target = join(folder, name);
      cpSync(join(root, 'platforms', platform), target, { recursive: true, filter: (path) => !/node_modules|\/dist$|\.env$/.test(path) });
      return target;
    },
    write: (name, files) => {
      const target = join(folder, name);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(target, path)), { recursive: true });
        writeFileSync(join(target, path), text);
      }
      return target;
    },
    remove: async () => {
      const { stdout } = await home.mostik(['cluster', 'list', '-o', 'json']);
      const clusters = stdout.trim() === '' ? [] : (JSON.parse(stdout) as { clusters: { name: string }[] }).clusters;
      for (const { name } of clusters) await home.mostik(['cluster', 'delete', name, '--yes']);
      // A process that was killed a moment ago may still write a last file.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
  return home;
}
