import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ClusterEvent } from '../cluster/index.js';
import { fullImageName, shortImageName } from '../lib/image-name.js';
import type { ImageBuild } from '../model/index.js';
import { archiveNames } from './archive-names.js';
import type { Builder } from './images-builder.js';

/** Where archives of images lie that are used before any registry is asked: `MOSTIK_IMAGE_DIR`, else a folder of the cache. */
export function keptFolder(): string {
  return process.env['MOSTIK_IMAGE_DIR'] || join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mostik', 'images', 'archives');
}

/** The archives there by the full names of their images; of two with one image the newer counts. */
export function keptImages(): Map<string, string> {
  const folder = keptFolder();
  const files = namesIn(folder).filter((name) => /\.(tar|oci)$/.test(name)).map((name) => join(folder, name));
  const dated = files.flatMap((file) => {
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    return written === undefined ? [] : [{ file, written }];
  });
  return new Map(dated.sort((a, b) => a.written - b.written).flatMap(({ file }) => archiveNames(file).map((name) => [name, file] as const)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Gives a builder, from archives kept on this machine, the images that a Dockerfile stands on and the builder does not have. */
export async function loadBases(builder: Builder, builds: readonly ImageBuild[], { onProgress, signal }: { onProgress?: ((event: ClusterEvent) => void) | undefined; signal?: AbortSignal | undefined }): Promise<void> {
  const kept = keptImages();
  if (kept.size === 0) return;
  const bases = new Set(builds.flatMap((build) => baseImages(readFileSync(build.file, 'utf8'), build.args)));
  for (const name of bases) {
    const file = kept.get(name);
    if (file === undefined || builder.has(name)) continue;
    onProgress?.({ type: 'step', text: `loading image ${shortImageName(name)} into ${builder.name}` });
    // What cannot be loaded is missed by the build, which says so with its own words.
    await builder.load(file, signal);
  }
}

/** The full names of the images that a Dockerfile begins with or copies from; its own stages are none. */
export function baseImages(dockerfile: string, args: Readonly<Record<string, string>>): string[] {
  const values = new Map<string, string>();
  const stages = new Set(['scratch']);
  const found = new Set<string>();
  const add = (written: string): void => {
    const name = written.replace(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (_, braced?: string, otherwise?: string, plain?: string) => values.get(braced ?? plain ?? '') ?? otherwise ?? '');
    if (name !== '' && !stages.has(name.toLowerCase()) && !/^\d+$/.test(name)) found.add(fullImageName(name));
  };
  for (const line of dockerfile.replace(/\\\r?\n/g, ' ').split('\n')) {
    const [, arg, fallback = ''] = /^\s*ARG\s+(\w+)(?:=["']?([^"'\s]*))?/i.exec(line) ?? [];
    if (arg !== undefined) values.set(arg, args[arg] ?? fallback);
    const [, image, stage] = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (image !== undefined) add(image);
    if (stage !== undefined) stages.add(stage.toLowerCase());
    const [, from] = /^\s*(?:COPY|RUN)\s.*--(?:from=|mount=\S*\bfrom=)([^\s,]+)/i.exec(line) ?? [];
    if (from !== undefined) add(from);
  }
  return [...found];
}
