import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asList, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { FetchError, fetchFile } from './fetch-file.js';
import type { Job } from './job.js';
import { target, type Place } from './place.js';
import { extractMember } from './tar-member.js';

/** An official program of the control plane, as `engine/cluster/downloads.json` lists it. */
interface Program {
  name: string;
  url: string;
  /** Undefined as long as nobody has pinned it. */
  sha256: string | undefined;
  /** The file inside the archive, when `url` names a .tar.gz. */
  member: string | undefined;
}

interface DownloadTable {
  /** Such as `{ kubernetes: "v1.36.3" }`. */
  versions: Record<string, string>;
  programs: Program[];
}

/** The table of an engine for this system; undefined where there are no official downloads. */
export function downloadTable(place: Place): DownloadTable | undefined {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(join(place.module, 'downloads.json'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const rows = asList(valueAt(data, 'targets', target));
  if (rows.length === 0) return undefined;
  const programs = rows.map((row) => ({
    name: asString(valueAt(row, 'name')) ?? '',
    url: asString(valueAt(row, 'url')) ?? '',
    sha256: asString(valueAt(row, 'sha256')),
    member: asString(valueAt(row, 'member')),
  }));
  return { versions: asStrings(valueAt(data, 'versions')), programs };
}

/** Says why an engine cannot be downloaded here; undefined when it can. */
export function whyNoDownload(place: Place): MostikError | undefined {
  const { file } = place;
  if (place.name !== 'cluster') return new MostikError([diagnose('engine-no-download', { file, reason: 'it is Mostik\'s own code, there is no official download' })]);
  const table = downloadTable(place);
  if (!table) return new MostikError([diagnose('engine-no-download', { file, reason: `official control-plane downloads are for Linux on amd64 and arm64 only, not for ${target}` })]);
  const unpinned = table.programs.filter((program) => program.sha256 === undefined).map((program) => program.name);
  if (unpinned.length > 0) return new MostikError([diagnose('engine-no-checksum', { file, files: unpinned.join(', ') })]);
  return undefined;
}

/** Downloads the official programs into the job's folder, with a launcher that runs them by name. Throws MostikError. */
export async function downloadPrograms(job: Job): Promise<void> {
  const problem = whyNoDownload(job.place);
  if (problem) throw problem;
  const table = downloadTable(job.place)!;
  const stop = new AbortController();
  const signal = AbortSignal.any([job.signal, stop.signal]);
  const onBytes = byteCounter(job, table.programs.length);
  let first: unknown;
  await Promise.all(
    table.programs.map(async (program) => {
      try {
        await fetchProgram(program, job, { signal, onBytes: onBytes(program.name) });
      } catch (error) {
        first ??= error;
        stop.abort();
      }
    }),
  );
  if (first !== undefined) throw job.signal.aborted ? first : explain(first);
  await writeFile(join(job.folder, job.place.file), launcher(table.versions), { mode: 0o755 });
}

async function fetchProgram(
  program: Program,
  job: Job,
  options: { signal: AbortSignal; onBytes: (bytes: number, total: number | undefined) => void },
): Promise<void> {
  const file = join(job.folder, program.name);
  const part = `${file}.part`;
  await fetchFile(atMirror(program.url, job.place.env), part, { ...options, sha256: program.sha256 ?? '' });
  if (program.member === undefined) await rename(part, file);
  else {
    await extractMember(part, program.member, file);
    await rm(part);
  }
  await chmod(file, 0o755);
}

/** Where a file is fetched from: a mirror keeps it under the original host's name. */
export function atMirror(url: string, env: NodeJS.ProcessEnv): string {
  const base = env.MOSTIK_DOWNLOAD_BASE;
  if (!base) return url;
  const { host, pathname } = new URL(url);
  return `${base.replace(/\/+$/, '')}/${host}${pathname}`;
}

/** Adds up the bytes of all files; the total is known once every server has told its part. */
function byteCounter(job: Job, files: number): (name: string) => (bytes: number, total: number | undefined) => void {
  const started = Date.now();
  const parts = new Map<string, { bytes: number; total: number | undefined }>();
  let told = 0;
  return (name) => (bytes, total) => {
    parts.set(name, { bytes, total });
    const now = Date.now();
    const all = [...parts.values()];
    const sum = all.reduce((n, part) => n + part.bytes, 0);
    const totals = all.map((part) => part.total).filter((n) => n !== undefined);
    const whole = totals.length === files ? totals.reduce((n, part) => n + part, 0) : undefined;
    if (now - told < 200 && sum !== whole) return;
    told = now;
    job.emit({ type: 'downloading', engine: job.place.name, bytes: sum, total: whole, seconds: Math.floor((now - started) / 1000) });
  };
}

function explain(error: unknown): unknown {
  if (!(error instanceof FetchError)) return error;
  const code = error.kind === 'checksum' ? 'engine-checksum-mismatch' : 'engine-download-failed';
  return new MostikError([diagnose(code, { reason: error.message })], { cause: error });
}

/** Gives single files the face of `mostik-cluster`: the first argument names the program. */
function launcher(versions: Record<string, string>): string {
  return `#!/bin/sh
# Runs the program named by the first argument from the folder of this file.
if [ "$1" = version ]; then
  echo '${JSON.stringify(versions)}'
  exit 0
fi
program="\${0%/*}/$1"
if [ $# -eq 0 ] || [ ! -x "$program" ]; then
  echo "usage: mostik-cluster PROGRAM [ARGUMENT]..." >&2
  exit 3
fi
shift
exec "$program" "$@"
`;
}
