import { listStoredImages, removeNodeImages, type StoredImage } from '../cluster/index.js';
import { MostikError } from '../diagnostics/index.js';
import { contentTag, fullImageName } from '../lib/image-name.js';
import { connect } from '../kube/index.js';
import type { ResolvedPlatform } from '../model/index.js';
import { declaredImages, type BuildOptions } from './images-build.js';
import { findBuilder, type Builder } from './images-builder.js';
import type { ImageTarget } from './images-load.js';
import { readImageUse, type ImageUse } from './images-use.js';

/** An image that a builder keeps under a tag of its content. */
export interface CachedImage {
  name: string;
  /** As the builder writes it. */
  size: string;
}

/** What nothing uses: images of a node, and older contents of the platform's own images in the builder. */
export interface Prunable {
  images: StoredImage[];
  cached: { builder: Builder; images: CachedImage[] } | undefined;
}

/** Names that are there for the node itself. */
const ownImage = /^mostik\.local\//;

/** Finds what can go; removes nothing. Without a platform the builder is left alone: its images may be anybody's. */
export async function findPrunable(target: ImageTarget & { kind: 'node' }, platform: ResolvedPlatform | undefined, options: BuildOptions & { signal: AbortSignal }): Promise<Prunable> {
  const kube = await connect({ kubeconfig: target.record.kubeconfig, signal: options.signal });
  try {
    const use = await readImageUse(kube, platform, options);
    return { images: unusedImages(await listStoredImages(target.record, options.signal), use), cached: platform && (await oldContents(platform, options)) };
  } finally {
    kube.close();
  }
}

/** Removes what was found; returns what of it is gone. */
export async function prune(target: ImageTarget & { kind: 'node' }, { images, cached }: Prunable, signal: AbortSignal): Promise<Prunable> {
  if (images.length > 0) await removeNodeImages(target.record, images.flatMap(({ names }) => names), signal);
  const gone: CachedImage[] = [];
  for (const image of cached?.images ?? []) {
    // One that a container of the builder still stands on stays.
    if ((await cached!.builder.remove(image.name)).code === 0) gone.push(image);
    signal.throwIfAborted();
  }
  return { images, cached: cached && { ...cached, images: gone } };
}

/** The images none of whose names is used, and which no pod runs. An image with one name in use keeps all: the others take no room. */
export function unusedImages(stored: readonly StoredImage[], { names, running }: ImageUse): StoredImage[] {
  const digests = new Set([...names, ...running].flatMap((name) => /@(sha256:[0-9a-f]+)$/.exec(name)?.[1] ?? []));
  const isUsed = (image: StoredImage): boolean => digests.has(image.digest) || image.names.some((name) => ownImage.test(name) || names.has(name) || running.has(name));
  return stored.filter((image) => !isUsed(image));
}

/** What the builder keeps of the platform's images under tags of other contents than today's. */
async function oldContents(platform: ResolvedPlatform, options: BuildOptions): Promise<Prunable['cached']> {
  const today = new Set(declaredImages(platform).map(({ content }) => content));
  if (today.size === 0) return undefined;
  const repositories = new Set([...today].map((name) => name.replace(contentTag, '')));
  try {
    const builder = findBuilder('what is left of older builds', options.builder);
    const images = (await builder.list()).filter(({ name }) => contentTag.test(fullImageName(name)));
    return { builder, images: images.filter(({ name }) => !today.has(fullImageName(name)) && repositories.has(fullImageName(name).replace(contentTag, ''))) };
  } catch (error) {
    if (options.builder === undefined && error instanceof MostikError && error.diagnostics.some(({ code }) => code === 'image-builder-missing')) return undefined;
    throw error;
  }
}
