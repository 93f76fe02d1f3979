import { diagnose, MostikError } from '../diagnostics/index.js';
import { fullImageName, shortImageName } from '../lib/image-name.js';
import type { ResolvedPlatform } from '../model/index.js';
import { buildImages, type BuildOptions, type DeclaredImage } from './images-build.js';
import { reasonIn } from './images-builder.js';
import { byRegistry, deliverImages, requireRegistry } from './registry-images.js';

/** An image, and the name under which a registry has it. */
export interface PushedImage {
  image: string;
  pushed: string;
  /** False when the registry had it under this name; absent where that was not asked. */
  changed?: boolean;
  digest?: string;
}

/** Builds what has changed and pushes it, to the registry in the name of each image, or below `to` (`registry.example.org/team`). */
export async function pushImages(images: readonly DeclaredImage[], to: string | undefined, options: BuildOptions): Promise<PushedImage[]> {
  const { builder, images: built } = await buildImages(images, options);
  const pushed: PushedImage[] = [];
  for (const { image } of built) {
    const target = to === undefined ? image : fullImageName(`${to.replace(/\/+$/, '')}/${image.slice(image.indexOf('/') + 1).replace(/^library\//, '')}`);
    options.onProgress?.({ type: 'step', text: `pushing ${shortImageName(target)}` });
    if (target !== image) await builder.tag(image, target);
    const { code, output } = await builder.push(target, { signal: options.signal });
    options.signal?.throwIfAborted();
    if (code !== 0) throw new MostikError([diagnose('image-push-failed', { image: target, reason: reasonIn(output) })]);
    pushed.push({ image, pushed: target });
  }
  return pushed;
}

/** Pushes to the registry that the platform declares: what names it or no registry at all; the others go where their names say. */
export async function pushToRegistry(platform: ResolvedPlatform, images: readonly DeclaredImage[], options: BuildOptions & { signal: AbortSignal }): Promise<PushedImage[]> {
  const place = requireRegistry(platform);
  const own = byRegistry(images, place).pushed.concat(images.filter(({ image }) => image.startsWith('docker.io/')));
  const others = images.filter((image) => !own.includes(image));
  const delivered = await deliverImages(place, own, options);
  const pushed = delivered.map(({ image, pushed: name, digest, outcome }) => ({ image, pushed: name, digest, changed: outcome !== 'unchanged' }));
  return others.length === 0 ? pushed : [...pushed, ...(await pushImages(others, undefined, options))];
}
