import { createWriteStream } from 'node:fs';
import { copyFile, lstat, mkdir, realpath, rm, symlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { placeOf, staysInside } from './tar-safety.js';

/** What came out of an archive. */
export interface Extracted {
  files: number;
  bytes: number;
  /** Entries that were not written, each with its reason. */
  leftOut: string[];
}

interface Target {
  /** A folder, or the one file that is wanted. */
  path: string;
  /** Name of the only entry that is taken, as the file at `path`. */
  only?: string | undefined;
  onProgress?: ((done: { files: number; bytes: number }) => void) | undefined;
}

/** Writes the entries of a tar stream below a folder. An entry that would leave it ends everything with a Diagnostic; nothing is written through links. */
export async function extractTar(from: Readable, { path, only, onProgress }: Target): Promise<Extracted> {
  await mkdir(only === undefined ? path : dirname(path), { recursive: true });
  const root = only === undefined ? await realpath(path) : join(await realpath(dirname(path)), basename(path));
  const done: Extracted = { files: 0, bytes: 0, leftOut: [] };
  const links: { at: string[]; target: string }[] = [];
  const count = (bytes: number): void => {
    done.bytes += bytes;
    onProgress?.(done);
  };
  const take = async (entry: ReadEntry): Promise<void> => {
    const place = placeOf(entry.path);
    if ('problem' in place) throw refused(path, entry.path, place.problem);
    if (only !== undefined && place.at.join('/') !== only) throw refused(path, entry.path, `only ${only} was asked for`);
    const at = only === undefined ? place.at : [];
    const file = join(root, ...at);
    switch (entry.type) {
      case 'Directory':
        await makeFolder({ root, at, shown: path, mode: entry.mode });
        break;
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        if (only === undefined) await makeFolder({ root, at: at.slice(0, -1), shown: path });
        await writeEntry(entry, file, count);
        done.files++;
        return;
      case 'Link': {
        const source = placeOf(entry.linkpath ?? '');
        if ('problem' in source || only !== undefined) throw refused(path, entry.path, 'it is a link to a file outside');
        await makeFolder({ root, at: at.slice(0, -1), shown: path });
        await copyLinked({ root, source: source.at, file, shown: path, entry });
        done.files++;
        break;
      }
      case 'SymbolicLink':
        if (staysInside(at, entry.linkpath ?? '')) links.push({ at, target: entry.linkpath ?? '' });
        else done.leftOut.push(`${entry.path}: a link to ${entry.linkpath ?? 'nothing'}, which is outside`);
        break;
      default:
        done.leftOut.push(`${entry.path}: neither a file nor a folder`);
    }
    entry.resume();
  };
  await parse(from, take);
  // Last, so that no entry is written through one of them.
  for (const link of links) await makeLink(link, { root, shown: path, done });
  return done;
}

/** Hands over entry after entry; waits for each before the next is read. */
async function parse(from: Readable, take: (entry: ReadEntry) => Promise<void>): Promise<void> {
  let failed: Error | undefined;
  let wake = (): void => undefined;
  let work = Promise.resolve();
  const fail = (error: unknown): void => {
    failed ??= error instanceof Error ? error : new Error(String(error));
    wake();
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      work = work.then(async () => {
        if (failed) entry.resume();
        else await take(entry);
      }).catch((error: unknown) => {
        fail(error);
        entry.resume();
      });
    },
  });
  parser.on('error', fail);
  const ended = new Promise<void>((resolve) => parser.on('end', resolve));
  for await (const chunk of from) {
    if (failed) break;
    if (parser.write(chunk as Buffer)) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
      parser.once('drain', resolve);
      if (failed) resolve();
    });
  }
  if (!failed) {
    parser.end();
    await Promise.race([ended, new Promise<void>((resolve) => { wake = resolve; if (failed) resolve(); })]);
  }
  await work;
  if (failed) throw failed;
}

interface Folder {
  root: string;
  at: readonly string[];
  /** The target in messages. */
  shown: string;
  mode?: number | undefined;
}

/** Makes a folder below the root, part by part: a part that is a link would lead elsewhere. */
async function makeFolder({ root, at, shown, mode }: Folder): Promise<void> {
  let path = root;
  for (const [i, part] of at.entries()) {
    path = join(path, part);
    const there = await lstat(path).catch(() => undefined);
    if (there?.isSymbolicLink()) throw refused(shown, at.join('/'), `${at.slice(0, i + 1).join('/')} is a link`);
    if (there && !there.isDirectory()) throw refused(shown, at.join('/'), `${at.slice(0, i + 1).join('/')} is a file`);
    if (!there) await mkdir(path, { mode: i === at.length - 1 && mode !== undefined ? (mode & 0o777) | 0o700 : 0o777 });
  }
}

async function writeEntry(entry: ReadEntry, file: string, count: (bytes: number) => void): Promise<void> {
  await rm(file, { force: true });
  // `wx` fails on anything that is there, links included.
  const out = createWriteStream(file, { flags: 'wx', mode: (entry.mode ?? 0o644) & 0o777 });
  const written = finished(out);
  written.catch(() => entry.resume());
  entry.on('data', (chunk: Buffer) => {
    count(chunk.length);
    if (!out.write(chunk)) {
      entry.pause();
      out.once('drain', () => entry.resume());
    }
  });
  entry.on('end', () => out.end());
  await written;
  if (entry.mtime) await utimes(file, entry.mtime, entry.mtime).catch(() => undefined);
}

interface Linked {
  root: string;
  source: string[];
  file: string;
  shown: string;
  entry: ReadEntry;
}

/** A second name of a file becomes a copy of what this archive has written before. */
async function copyLinked({ root, source, file, shown, entry }: Linked): Promise<void> {
  await makeFolder({ root, at: source.slice(0, -1), shown });
  const from = join(root, ...source);
  const there = await lstat(from).catch(() => undefined);
  if (!there?.isFile()) throw refused(shown, entry.path, `it is a link to ${entry.linkpath ?? ''}, which the archive has not`);
  await rm(file, { force: true });
  await copyFile(from, file);
}

async function makeLink({ at, target }: { at: string[]; target: string }, { root, shown, done }: { root: string; shown: string; done: Extracted }): Promise<void> {
  await makeFolder({ root, at: at.slice(0, -1), shown });
  const path = join(root, ...at);
  const there = await lstat(path).catch(() => undefined);
  if (there?.isDirectory()) return void done.leftOut.push(`${at.join('/')}: a folder is there already`);
  await rm(path, { force: true });
  await symlink(target, path);
}

function refused(destination: string, entry: string, problem: string): MostikError {
  return new MostikError([diagnose('copy-entry-outside', { destination, entry: JSON.stringify(entry), problem })]);
}
