import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { ImageBuild } from '../model/index.js';

export const builderNames = ['docker', 'podman', 'nerdctl', 'buildah'] as const;
export type BuilderName = (typeof builderNames)[number];

/** A program of this machine that builds and keeps images, with the words it is asked in. */
export interface Builder {
  name: BuilderName;
  has(image: string): boolean;
  build(build: ImageBuild, tags: readonly string[], run: RunOptions): Promise<Ended>;
  tag(from: string, to: string): Promise<Ended>;
  /** Takes an archive as `save` writes it. */
  load(file: string, signal?: AbortSignal): Promise<Ended>;
  /** Writes an archive that container runtimes load. */
  save(image: string, file: string, signal?: AbortSignal): Promise<Ended>;
  push(image: string, run: RunOptions): Promise<Ended>;
  /** Every name that it keeps an image under, with its size in the builder's words. */
  list(): Promise<{ name: string; size: string }[]>;
  /** Takes a name away, and the image with its last one. */
  remove(image: string): Promise<Ended>;
  /** Pushes without TLS under another name, to an address of this machine: `127.0.0.1:5050/shop:1`. */
  pushPlain(image: string, name: string, run: RunOptions): Promise<Ended>;
}

export interface RunOptions {
  /** All output goes there too. */
  log?: string;
  onLine?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** How a program ended. */
export interface Ended {
  code: number;
  output: string;
}

/** Finds the program that builds images here: the one asked for, else the first that answers. */
export function findBuilder(what: string, asked?: BuilderName): Builder {
  const seen: string[] = [];
  for (const name of asked === undefined ? builderNames : [asked]) {
    const found = examine(name);
    if (typeof found !== 'string') return found;
    seen.push(`${name}: ${found}`);
  }
  throw new MostikError([diagnose('image-builder-missing', { what, seen: seen.join('; ') })]);
}

/** The builder, or why it does not work. */
function examine(name: BuilderName): Builder | string {
  const asks = name === 'docker' ? ['version', '--format', '{{.Server.Version}}'] : ['info'];
  const { status, error, stderr } = spawnSync(name, asks, { encoding: 'utf8', timeout: 15_000 });
  if (error) return 'code' in error && error.code === 'ENOENT' ? 'not installed' : error.message;
  if (status === 0) return name === 'buildah' ? buildah([]) : dockerLike(name);
  // Where no layered file system can be had, layers that are whole copies do.
  if (name === 'buildah' && spawnSync(name, ['--storage-driver', 'vfs', 'info'], { stdio: 'ignore', timeout: 15_000 }).status === 0) return buildah(['--storage-driver', 'vfs']);
  return reasonIn(stderr);
}

function buildArguments({ context, file, target, args }: ImageBuild, tags: readonly string[]): string[] {
  const options = [['--file', file], ...tags.map((tag) => ['--tag', tag]), ...(target === undefined ? [] : [['--target', target]]), ...Object.entries(args).map(([key, value]) => ['--build-arg', `${key}=${value}`])];
  return [...options.flat(), context];
}

function dockerLike(name: 'docker' | 'podman' | 'nerdctl'): Builder {
  const run = (args: readonly string[], options?: RunOptions): Promise<Ended> => runProgram(name, args, options);
  return {
    name,
    has: (image) => answers(name, ['image', 'inspect', image]),
    build: (build, tags, options) => run(['build', ...buildArguments(build, tags)], options),
    tag: (from, to) => run(['tag', from, to]),
    load: (file, signal) => run(['load', '--input', file], { signal }),
    save: (image, file, signal) => run(['save', '--output', file, image], { signal }),
    push: (image, options) => run(['push', image], options),
    list: async () => readList(await run(['images', '--format', '{{.Repository}}:{{.Tag}}\t{{.Size}}'])),
    remove: (image) => run(['rmi', image]),
    pushPlain: async (image, to, options) => {
      if (name === 'podman') return run(['push', '--tls-verify=false', image, `docker://${to}`], options);
      // Docker takes loopback addresses without TLS by itself.
      const tagged = await run(['tag', image, to], options);
      return tagged.code === 0 ? run(['push', ...(name === 'nerdctl' ? ['--insecure-registry'] : []), to], options) : tagged;
    },
  };
}

/** Buildah needs no daemon; in a chroot its steps run also where containers cannot be started. */
function buildah(storage: readonly string[]): Builder {
  const run = (args: readonly string[], options?: RunOptions): Promise<Ended> => runProgram('buildah', [...storage, ...args], options);
  const isolation = process.env['BUILDAH_ISOLATION'] === undefined ? ['--isolation', 'chroot'] : [];
  return {
    name: 'buildah',
    has: (image) => answers('buildah', [...storage, 'inspect', '--type', 'image', image]),
    // The format of Docker keeps health checks and shells, which OCI's has no place for.
    build: (build, tags, options) => run(['build', '--layers', '--format', 'docker', ...isolation, ...buildArguments(build, tags)], options),
    tag: (from, to) => run(['tag', from, to]),
    load: (file, signal) => run(['pull', '--quiet', `docker-archive:${file}`], { signal }),
    save: (image, file, signal) => run(['push', '--quiet', image, `docker-archive:${file}:${image}`], { signal }),
    push: (image, options) => run(['push', image, `docker://${image}`], options),
    list: async () => readList(await run(['images', '--format', '{{.Name}}:{{.Tag}}\t{{.Size}}'])),
    remove: (image) => run(['rmi', image]),
    pushPlain: (image, to, options) => run(['push', '--tls-verify=false', image, `docker://${to}`], options),
  };
}

/** Lines of a name and a size, some programs align them; what is no such line is a warning of the program. */
function readList({ output }: Ended): { name: string; size: string }[] {
  return output.split('\n').flatMap((line) => {
    const [, name, size] = /^([^\s<]+:[^\s<]+)\s+(.+)$/.exec(line) ?? [];
    return name === undefined || size === undefined ? [] : [{ name, size: size.trim() }];
  });
}

function answers(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Runs a program to its end; both of its streams are one output. */
export function runProgram(program: string, args: readonly string[], { log, onLine, signal }: RunOptions = {}): Promise<Ended> {
  if (log !== undefined) mkdirSync(dirname(log), { recursive: true });
  const file = log === undefined ? undefined : openSync(log, 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', file ?? 'pipe', file ?? 'pipe'], ...(signal ? { signal } : {}) });
    let output = '';
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-20_000);
      const line = chunk.toString('utf8').trim().split('\n').at(-1);
      if (line) onLine?.(line);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    const done = (): void => { if (file !== undefined) closeSync(file); };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code, killed) => {
      done();
      resolve({ code: code ?? (killed === null ? 1 : 128), output: log === undefined ? output : readFileSync(log, 'utf8').slice(-20_000) });
    });
  });
}

/** The line of an output that says what went wrong: the last one with a word for it, else the last. */
export function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return (lines.findLast((line) => /\b(error|fatal|failed|cannot|denied|no such|not found)\b/i.test(line)) ?? lines.at(-1) ?? 'it says nothing').slice(0, 400);
}
