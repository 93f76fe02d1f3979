import { closeSync, openSync, readSync } from 'node:fs';
import { fullImageName } from '../lib/image-name.js';
import { asDict, asList, asString } from '../lib/read-unknown.js';

const block = 512;
/** A list of images is small; what is larger is none. */
const largestList = 4 << 20;

/**
 * The full names of the images in an archive of `docker save` (manifest.json) or of OCI (index.json); none where it is something else.
 * Only headers are read: an archive holds gigabytes of layers, and the list mostly stands behind them.
 */
export function archiveNames(file: string): string[] {
  try {
    const lists = readMembers(file, ['manifest.json', 'index.json']);
    const names = [...asList(lists['manifest.json']).flatMap(dockerNames), ...asList(asDict(lists['index.json'])['manifests']).flatMap(ociNames)];
    return [...new Set(names.map(fullImageName))];
  } catch {
    return [];
  }
}

function dockerNames(entry: unknown): string[] {
  return asList(asDict(entry)['RepoTags']).flatMap((tag) => asString(tag) ?? []);
}

/** The annotation of containerd holds the whole name; the one of OCI may hold a tag alone, which names nothing. */
function ociNames(entry: unknown): string[] {
  const annotations = asDict(asDict(entry)['annotations']);
  const whole = asString(annotations['io.containerd.image.name']);
  const reference = asString(annotations['org.opencontainers.image.ref.name']);
  return whole !== undefined ? [whole] : reference?.includes('/') ? [reference] : [];
}

/** The members of a tar with these names, as JSON. */
function readMembers(file: string, wanted: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(block);
    for (let at = 0; readSync(descriptor, header, 0, block, at) === block && header[0] !== 0;) {
      const [name, size] = [textOf(header, 0, 100).replace(/^\.\//, ''), sizeOf(header)];
      // A header that is none (a file that is no tar) must not be followed.
      if (textOf(header, 257, 5) !== 'ustar' || !Number.isSafeInteger(size)) break;
      if (wanted.includes(name) && size <= largestList) {
        const content = Buffer.alloc(size);
        readSync(descriptor, content, 0, size, at + block);
        found[name] = JSON.parse(content.toString('utf8'));
      }
      at += block + Math.ceil(size / block) * block;
    }
  } finally {
    closeSync(descriptor);
  }
  return found;
}

function textOf(header: Buffer, from: number, length: number): string {
  const text = header.toString('utf8', from, from + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** In octal digits, or, from 8 GiB on, as a number of GNU's base 256. */
function sizeOf(header: Buffer): number {
  return (header[124]! & 0x80) !== 0 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(textOf(header, 124, 12).trim() || '0', 8);
}
