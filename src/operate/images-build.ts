import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ClusterEvent } from '../cluster/index.js';
import { diagnose, MostikError, type Diagnostic } from '../diagnostics/index.js';
import { fullImageName, shortImageName } from '../lib/image-name.js';
import type { ImageBuild, ResolvedPlatform } from '../model/index.js';
import { findBuilder, reasonIn, type Builder, type BuilderName } from './images-builder.js';
import { contentTag } from './images-content.js';
import { loadBases } from './images-kept.js';

/** An image that a component declares to be built. */
export interface DeclaredImage {
  component: string;
  build: ImageBuild;
  /** Full name, as pods ask for it. */
  image: string;
  /** Full name by content. */
  content: string;
}

/** What became of it. */
export interface BuiltImage extends DeclaredImage {
  /** `unchanged`: the builder has an image of this content already. */
  outcome: 'built' | 'unchanged';
  seconds: number;
}

export interface BuildOptions {
  builder?: BuilderName | undefined;
  /** Build also what is there. */
  force?: boolean;
  onProgress?: ((event: ClusterEvent) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** The images that these components declare; all of the platform without names. */
export function declaredImages(platform: ResolvedPlatform, names: readonly string[] = []): DeclaredImage[] {
  const having = platform.components.filter(({ builds }) => builds.length > 0).map(({ name }) => name);
  const strangers = names.filter((name) => !having.includes(name));
  if (strangers.length > 0) {
    const hint = having.length === 0 ? 'no component of the platform does' : `these do: ${having.join(', ')}`;
    throw new MostikError(strangers.map((component) => diagnose('image-not-declared', { component, hint })));
  }
  const chosen = platform.components.filter(({ name }) => names.length === 0 || names.includes(name));
  return chosen.flatMap(({ name, builds }) => builds.map((build) => ({ component: name, build, image: fullImageName(build.image), content: contentTag(build) })));
}

/** Builds images side by side, under their names and under tags of their content; what has not changed is not built again. */
export async function buildImages(images: readonly DeclaredImage[], options: BuildOptions = {}): Promise<{ builder: Builder; images: BuiltImage[] }> {
  const builder = findBuilder(images.length === 1 ? `image ${shortImageName(images[0]!.image)}` : `${images.length} images`, options.builder);
  const problems: Diagnostic[] = [];
  // Two components may share an image.
  const distinct = [...new Map(images.map((image) => [image.content + image.image, image])).values()];
  const due = options.force === true ? distinct : distinct.filter(({ content }) => !builder.has(content));
  if (due.length > 0) await loadBases(builder, due.map(({ build }) => build), options);
  const built = await Promise.all(distinct.map(async (image) => {
    const result = await buildOne(image, builder, { ...options, isDue: due.includes(image) });
    if ('code' in result) problems.push(result);
    return result;
  }));
  if (problems.length > 0) throw new MostikError(problems);
  return { builder, images: built.filter((one): one is BuiltImage => !('code' in one)) };
}

async function buildOne(image: DeclaredImage, builder: Builder, { isDue, onProgress, signal }: BuildOptions & { isDue: boolean }): Promise<BuiltImage | Diagnostic> {
  const started = Date.now();
  const name = shortImageName(image.image);
  const done = (outcome: BuiltImage['outcome']): BuiltImage => ({ ...image, outcome, seconds: Math.round((Date.now() - started) / 1000) });
  if (!isDue) {
    await builder.tag(image.content, image.image);
    return done('unchanged');
  }
  onProgress?.({ type: 'step', text: `building image ${name} with ${builder.name}` });
  const log = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'mostik', 'builds', `${name.replace(/[^\w.-]+/g, '-')}.log`);
  const { code, output } = await builder.build(image.build, [image.content, image.image], { log, signal });
  signal?.throwIfAborted();
  return code === 0 ? done('built') : diagnose('image-build-failed', { image: name, builder: builder.name, reason: reasonIn(output), log });
}
