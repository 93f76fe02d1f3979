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
  const text = await ctr(record, ['images', 'ls'], signal);
  return text.split('\n').slice(1).flatMap((line) => {
    const [name = '', , digest = '', amount = '', unit = ''] = line.trim().split(/\s+/);
    return name === '' || name.startsWith('sha256:') ? [] : [{ name, digest, size: `${amount} ${unit}` }];
  });
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
