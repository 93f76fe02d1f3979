import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterState, listNodeImages, loadNodeImages, readCluster, tagNodeImage, type ClusterRecord, type NodeImage } from '../cluster/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { contentTag, fullImageName, shortImageName } from '../lib/image-name.js';
import { buildImages, type BuildOptions, type BuiltImage, type DeclaredImage } from './images-build.js';
import { findBuilder, reasonIn, runProgram, type Builder, type BuilderName } from './images-builder.js';

/** Where images are loaded: a real node of an embedded cluster, or a cluster of k3d or kind. */
export type ImageTarget = { kind: 'node'; name: string; record: ClusterRecord } | { kind: 'k3d' | 'kind'; name: string };

/** The real node of an embedded cluster that runs. */
export function nodeTarget(cluster: string): ImageTarget & { kind: 'node' } {
  const record = readCluster(cluster);
  if (!record) throw new MostikError([diagnose('cluster-unknown', { name: cluster })]);
  if (!record.real) throw new MostikError([diagnose('image-no-real-node', { cluster })]);
  if (clusterState(cluster) === 'stopped') throw new MostikError([diagnose('cluster-stopped', { cluster })]);
  return { kind: 'node', name: cluster, record };
}

/** A cluster of k3d or kind by the context that these tools write into the kubeconfig. */
export function contextTarget(context: string): ImageTarget {
  const [, kind, name] = /^(k3d|kind)-(.+)$/.exec(context) ?? [];
  if (name === undefined) throw new MostikError([diagnose('image-cannot-load', { context })]);
  return { kind: kind === 'k3d' ? 'k3d' : 'kind', name };
}

/** Images as the node has them, tags of content left out. */
export async function nodeImages({ record }: ImageTarget & { kind: 'node' }, signal?: AbortSignal): Promise<NodeImage[]> {
  return (await listNodeImages(record, signal)).filter(({ name }) => !contentTag.test(name));
}

/** Loads archives and images of the builder into a cluster; returns the names that are there then. */
export async function loadImages(target: ImageTarget, what: readonly string[], { builder, signal }: { builder?: BuilderName | undefined; signal: AbortSignal }): Promise<string[]> {
  const loaded: string[] = [];
  for (const one of what) {
    if (existsSync(one)) loaded.push(...(await loadArchive(target, one, { shown: one, signal })));
    else loaded.push(...(await loadFromBuilder(target, one, { builder: findBuilder(`image ${one}`, builder), signal })));
  }
  return loaded;
}

async function loadFromBuilder(target: ImageTarget, name: string, { builder, signal }: { builder: Builder; signal: AbortSignal }): Promise<string[]> {
  const image = fullImageName(name);
  if (!builder.has(image)) throw new MostikError([diagnose('image-unknown', { image: name, builder: builder.name })]);
  const folder = mkdtempSync(join(tmpdir(), 'mostik-image-'));
  try {
    const file = join(folder, 'image.tar');
    const { code, output } = await builder.save(image, file, signal);
    if (code !== 0) throw failed(target, name, reasonIn(output));
    await loadArchive(target, file, { shown: shortImageName(image), signal });
    return [image];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadArchive(target: ImageTarget, file: string, { shown, signal }: { shown: string; signal: AbortSignal }): Promise<string[]> {
  if (target.kind === 'node') {
    try {
      return await loadNodeImages(target.record, file, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw failed(target, shown, reasonIn(error instanceof Error ? error.message : String(error)));
    }
  }
  const args = target.kind === 'k3d' ? ['image', 'import', '--cluster', target.name, file] : ['load', 'image-archive', '--name', target.name, file];
  const { code, output } = await runProgram(target.kind, args, { signal }).catch((error: unknown) => ({ code: 1, output: error instanceof Error ? error.message : String(error) }));
  if (code !== 0) throw failed(target, shown, reasonIn(output));
  return [shown];
}

function failed(target: ImageTarget, image: string, reason: string): MostikError {
  const hint = /no space left/i.test(reason) ? 'free some space' : 'is it an archive of `docker save`, or of OCI?';
  return new MostikError([diagnose('image-load-failed', { image, cluster: target.name, reason, hint })]);
}

/** What a platform's images came to in a cluster. */
export interface PlacedImage extends BuiltImage {
  loaded: boolean;
  /** Whether the cluster's registry got it; absent where it goes to no registry. */
  pushed?: boolean;
}

/** Builds images and loads those that the cluster does not have in this content. */
export async function placeImages(target: ImageTarget, images: readonly DeclaredImage[], options: BuildOptions & { signal: AbortSignal }): Promise<PlacedImage[]> {
  const { builder, images: built } = await buildImages(images, options);
  const there = target.kind === 'node' ? await listNodeImages(target.record, options.signal) : [];
  const placed: PlacedImage[] = [];
  for (const image of built) {
    const has = there.some(({ name }) => name === image.content) && image.outcome !== 'built';
    if (!has) {
      options.onProgress?.({ type: 'step', text: `loading image ${shortImageName(image.image)} into ${target.name}` });
      await loadFromBuilder(target, target.kind === 'node' ? image.content : image.image, { builder, signal: options.signal });
    }
    if (target.kind === 'node') await tagNodeImage(target.record, image.content, image.image);
    placed.push({ ...image, loaded: !has });
  }
  return placed;
}

/** Makes sure that a real node has the images that a platform builds, in the content of today; asks no builder when it has. */
export async function ensureImages(target: ImageTarget & { kind: 'node' }, images: readonly DeclaredImage[], options: BuildOptions & { signal: AbortSignal }): Promise<void> {
  const there = new Map((await listNodeImages(target.record, options.signal)).map(({ name, digest }) => [name, digest]));
  const missing = images.filter(({ content }) => !there.has(content));
  for (const { content, image } of images) if (there.has(content) && there.get(content) !== there.get(image)) await tagNodeImage(target.record, content, image);
  if (missing.length === 0) return;
  try {
    await placeImages(target, missing, options);
  } catch (error) {
    const problem = error instanceof MostikError ? error.diagnostics.find(({ code }) => code === 'image-builder-missing') : undefined;
    if (problem === undefined || !missing.every(({ image }) => there.has(image))) throw error;
    const reason = 'nothing builds images here, and its files have changed since it was loaded, or it was loaded by hand';
    for (const { image } of missing) options.onProgress?.({ type: 'warning', diagnostic: diagnose('image-stale', { image: shortImageName(image), reason, hint: problem.hint ?? '' }) });
  }
}
