import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ClusterRecord } from '../record.js';
import { imageNamespace, realLayout } from './layout.js';

/** An image that a real node has. */
export interface NodeImage {
  /** Full name with its tag. */
  name: string;
  digest: string;
  /** As containerd writes it, such as `78.4 MiB`. */
  size: string;
}

/** The images of a running real node, by name; names that are digests are left out. */
export async function listNodeImages(record: ClusterRecord, signal?: AbortSignal): Promise<NodeImage[]> {
  return (await listNames(record, signal)).filter(({ name }) => !name.startsWith('sha256:')).map(({ name, digest, amount, unit }) => ({ name, digest, size: `${amount} ${unit}` }));
}

/** Every name in the image store, names that are digests among them. */
async function listNames(record: ClusterRecord, signal?: AbortSignal): Promise<{ name: string; digest: string; amount: string; unit: string }[]> {
  return (await ctr(record, ['images', 'ls'], signal)).split('\n').slice(1).flatMap((line) => {
    const [name = '', , digest = '', amount = '', unit = ''] = line.trim().split(/\s+/);
    return name === '' ? [] : [{ name, digest, amount, unit }];
  });
}

/** What a real node keeps under one digest, whatever its names. */
export interface StoredImage {
  digest: string;
  /** Every name, those that are digests among them: an image is gone when all are. */
  names: string[];
  /** Bytes, as far as containerd tells; layers that images share are counted in each. */
  bytes: number;
}

/** Everything in the image store of a running real node, by digest. */
export async function listStoredImages(record: ClusterRecord, signal?: AbortSignal): Promise<StoredImage[]> {
  const stored = new Map<string, StoredImage>();
  for (const { name, digest, amount, unit } of await listNames(record, signal)) {
    if (!digest.startsWith('sha256:')) continue;
    const one = stored.get(digest) ?? { digest, names: [], bytes: bytesOf(amount, unit) };
    one.names.push(name);
    stored.set(digest, one);
  }
  return [...stored.values()];
}

function bytesOf(amount: string, unit: string): number {
  const power = ['B', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
  return power < 0 ? 0 : Math.round(Number(amount) * 1024 ** power);
}

/** Takes names away from a running real node, and what only they kept, before it returns. */
export async function removeNodeImages(record: ClusterRecord, names: readonly string[], signal?: AbortSignal): Promise<void> {
  await ctr(record, ['images', 'rm', '--sync', ...names], signal);
}

/** Loads an archive of images (as `docker save` or OCI write it) into a running real node; returns their names. */
export async function loadNodeImages(record: ClusterRecord, file: string, signal?: AbortSignal): Promise<string[]> {
  const text = await ctr(record, ['images', 'import', file], signal);
  return [...text.matchAll(/^unpacking (\S+)/gm)].map(([, name = '']) => name);
}

/** Gives an image of a running real node another name too. */
export async function tagNodeImage(record: ClusterRecord, from: string, to: string): Promise<void> {
  await ctr(record, ['images', 'tag', '--force', from, to]);
}

async function ctr({ folder, real }: ClusterRecord, args: readonly string[], signal?: AbortSignal): Promise<string> {
  if (!real) throw new Error('the cluster has no real node');
  const { stdout } = await promisify(execFile)(real.programs.ctr, ['--address', realLayout(folder).socket, '--namespace', imageNamespace, ...args], { maxBuffer: 16 << 20, ...(signal ? { signal } : {}) });
  return stdout;
}
