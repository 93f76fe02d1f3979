import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asString, valueAt } from '../lib/read-unknown.js';

const run = promisify(execFile);

/** Asks the programs of a cluster which release of Kubernetes they are, such as `v1.36.3`. */
export async function releaseOf(name: string, binary: string): Promise<string> {
  let out: string;
  try {
    out = (await run(binary, ['version'], { timeout: 30_000 })).stdout;
  } catch (error) {
    throw new MostikError([diagnose('cluster-program-missing', { name, path: binary, reason: firstLine(error) })], { cause: error });
  }
  const release = asString(valueAt(parse(out), 'kubernetes'));
  if (release === undefined || !/^v\d+\.\d+\.\d+/.test(release)) {
    throw new MostikError([diagnose('cluster-program-missing', { name, path: binary, reason: 'it does not say which Kubernetes it is' })]);
  }
  return release;
}

/** The minor versions one release can serve: its own and the three before it, newest first. */
export function supportedBy(release: string): string[] {
  const { major, minor } = parseMinor(release.slice(1));
  return [0, 1, 2, 3].map((back) => `${major}.${minor - back}`);
}

/** Chooses the minor version a new cluster serves, or says which ones it could. */
export function chooseKubernetes(name: string, release: string, asked: string | undefined): string {
  const supported = supportedBy(release);
  if (asked === undefined) return supported[0]!;
  const { major, minor } = parseMinor(asked.replace(/^v/, ''));
  const wanted = `${major}.${minor}`;
  if (supported.includes(wanted)) return wanted;
  throw new MostikError([diagnose('cluster-kubernetes-unsupported', { name, asked, release, supported: supported.join(', ') })]);
}

function parseMinor(version: string): { major: number; minor: number } {
  const [major, minor] = version.split('.').map(Number);
  return { major: major ?? Number.NaN, minor: minor ?? Number.NaN };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}
