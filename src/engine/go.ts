import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asStrings } from '../lib/read-unknown.js';
import type { Place } from './place.js';

/** The Go command of this machine. */
export interface Go {
  /** Such as `1.26.8`. */
  version: string;
  proxy: string;
  /** Environment for every call of it. */
  env: NodeJS.ProcessEnv;
}

/** Go 1.21 was the first that can fetch a newer toolchain by itself. */
const firstSwitching = '1.21';
const connectMs = 3_000;

/** Finds a Go that can build the engine. Throws MostikError when there is none or it is too old. */
export async function checkGo(place: Place, signal: AbortSignal): Promise<Go> {
  const needed = neededGo(place.module);
  const go = await readGo(place.env, signal);
  if (!go) throw new MostikError([diagnose('engine-go-missing', { file: place.file, go: needed })]);
  if (compareVersions(go.version, needed) >= 0) return { ...go, env: { ...go.env, GOTOOLCHAIN: 'local' } };
  const mayFetch = compareVersions(go.version, firstSwitching) >= 0 && !go.toolchain.startsWith('local');
  if (!mayFetch) throw new MostikError([diagnose('engine-go-too-old', { file: place.file, needed, found: go.version })]);
  return go;
}

/** Version and settings of `go` in PATH; undefined when there is none. */
export async function readGo(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<(Go & { toolchain: string }) | undefined> {
  // GOFLAGS, a workspace or a switch of toolchains in the surroundings must not decide what the engine is.
  const clean: NodeJS.ProcessEnv = { ...env, GOFLAGS: '', GOWORK: 'off' };
  try {
    const asked = ['env', '-json', 'GOVERSION', 'GOPROXY', 'GOTOOLCHAIN'];
    const { stdout } = await run('go', asked, { cwd: tmpdir(), env: clean, signal });
    const first = asStrings(JSON.parse(stdout));
    const local = await run('go', ['env', 'GOVERSION'], { cwd: tmpdir(), env: { ...clean, GOTOOLCHAIN: 'local' }, signal });
    const version = local.stdout.trim().replace(/^go/, '').split(' ')[0] ?? '';
    return { version, proxy: first.GOPROXY ?? '', toolchain: env.GOTOOLCHAIN ?? first.GOTOOLCHAIN ?? 'local', env: clean };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The version of the `go` line in go.mod. */
export function neededGo(module: string): string {
  try {
    return /^go (\S+)/m.exec(readFileSync(join(module, 'go.mod'), 'utf8'))?.[1] ?? firstSwitching;
  } catch {
    return firstSwitching;
  }
}

/** Negative, zero or positive, as the first of two versions of Go is older, equal or newer. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string): number[] => (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Tells whether Go would have to fetch modules before it can build. */
export async function missingModules(place: Place, go: Go, signal: AbortSignal): Promise<boolean> {
  try {
    await run('go', ['list', '-deps', '.'], { cwd: place.module, env: { ...go.env, CGO_ENABLED: '0', GOPROXY: 'off' }, signal });
    return false;
  } catch {
    signal.throwIfAborted();
    return true;
  }
}

/** How many packages are not in Go's cache yet: about two seconds for all of Kubernetes. Undefined when Go cannot say. */
export async function stalePackages(place: Place, go: Go, signal: AbortSignal): Promise<number | undefined> {
  try {
    const args = ['list', '-deps', '-trimpath', '-f', '{{if .Stale}}x{{end}}', '.'];
    const { stdout } = await run('go', args, { cwd: place.module, env: { ...go.env, CGO_ENABLED: '0' }, signal });
    return stdout.split('\n').filter((line) => line !== '').length;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * Notices within seconds that the module proxy cannot be reached; Go itself would try for minutes. Looks only where a
 * plain connection tells something: not through an HTTP proxy, not at `direct` or a folder.
 */
export async function reachProxy(place: Place, go: Go, signal: AbortSignal): Promise<void> {
  const first = go.proxy.split(/[,|]/)[0] ?? '';
  const throughProxy = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY'].some((name) => place.env[name]);
  if (throughProxy || !/^https?:/.test(first)) return;
  const url = new URL(first);
  const reason = await connectFails(url.hostname, Number(url.port || (url.protocol === 'https:' ? 443 : 80)), signal);
  if (reason !== undefined) {
    throw new MostikError([diagnose('engine-modules-unreachable', { file: place.file, proxy: url.origin, reason })]);
  }
}

function connectFails(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    const end = (reason: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason);
    };
    const timer = setTimeout(() => end(`no connection within ${connectMs / 1000} s`), connectMs);
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(error);
      else end(error.code ?? error.message);
    });
  });
}

function run(command: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined }): Promise<{ stdout: string }> {
  const { signal, ...rest } = options;
  return promisify(execFile)(command, args, { ...rest, ...(signal && { signal }), maxBuffer: 64 << 20 });
}
