import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { diagnose, MostikError } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { refOf, type KubeObject } from '../model/index.js';

/** A container to copy from or to. */
export interface CopyContainer {
  kube: Kube;
  pod: KubeObject;
  container: string;
  signal: AbortSignal;
}

/** What stands at a path in a container, and what the container can do. */
export interface Probed {
  kind: 'folder' | 'file' | 'missing' | 'unknown';
  parent: boolean;
  executable: boolean;
  /** A program of its own, or a word that only its shell knows, as busybox has it. */
  tar: 'program' | 'shell' | 'none';
  sh: boolean;
}

const probe = `k=missing; if [ -d "$1" ]; then k=folder; elif [ -e "$1" ]; then k=file; fi
p=no; [ -d "$2" ] && p=yes; x=no; [ -x "$1" ] && x=yes; t=none; if command -v tar >/dev/null 2>&1; then t=shell; case "$(command -v tar)" in /*) t=program; esac; fi
echo "$k $p $x $t"`;

/** Asks a container what stands at a path. Without a shell nothing is known, and `tar` is hoped for. */
export async function probePath(at: CopyContainer, path: string): Promise<Probed> {
  const { code, stdout } = await collect(at, ['sh', '-c', probe, 'sh', path, posix.dirname(stripped(path))]);
  const [kind, parent, executable, tar] = stdout.toString('utf8').trim().split(' ');
  if (code !== 0 || (kind !== 'folder' && kind !== 'file' && kind !== 'missing')) return { kind: 'unknown', parent: true, executable: false, tar: 'program', sh: false };
  return { kind, parent: parent === 'yes', executable: executable === 'yes', tar: tar === 'program' || tar === 'shell' ? tar : 'none', sh: true };
}

/** A path without slashes at its end. */
export function stripped(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}

/** Runs a small command to its end. */
async function collect({ kube, pod, container, signal }: CopyContainer, command: readonly string[]): Promise<{ code: number | undefined; stdout: Buffer }> {
  const session = await kube.exec(refOf(pod), { container, command, signal });
  session.stdin.on('error', () => undefined).end();
  const [{ code }, stdout] = await Promise.all([session.exit, whole(session.stdout), whole(session.stderr)]);
  return { code, stdout };
}

/** All that a stream gives. */
export async function whole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The error for a source that is not there. */
export function missing(path: string): MostikError {
  return new MostikError([diagnose('copy-source-missing', { path })]);
}

/** The error for a copy that stopped on its way. */
export function failed(path: string, problem: string, hint = ''): MostikError {
  return new MostikError([diagnose('copy-failed', { path, problem: problem.trim().split('\n').slice(-3).join('; '), hint })]);
}

/** Tells whether a path of this machine is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
