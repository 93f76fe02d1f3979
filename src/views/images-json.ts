import type { NodeImage } from '../cluster/index.js';
import type { PlacedImage } from '../operate/images-load.js';
import type { HeldImages } from './images-human.js';
import type { Prunable } from '../operate/images-prune.js';
import type { PushedImage } from '../operate/images-push.js';

/** The published form of the images of a node, and of the registry in its cluster's keeping. */
export function imagesJson(cluster: string, images: readonly NodeImage[], registry?: HeldImages): object {
  return { version: 1, cluster, images, ...(registry ? { registry } : {}) };
}

/** The published form of what was built. */
export function builtJson(images: readonly PlacedImage[]): object {
  return { version: 1, images: images.map(({ component, image, content, outcome, seconds, loaded, pushed }) => ({ component, image, content, outcome, seconds, loaded, ...(pushed === undefined ? {} : { pushed }) })) };
}

/** The published form of what was loaded. */
export function loadedJson(cluster: string, images: readonly string[]): object {
  return { version: 1, cluster, images };
}

/** The published form of what was pushed. */
export function pushedJson(images: readonly PushedImage[]): object {
  return { version: 1, images };
}

/** The published form of what nothing used; `removed` is false after a dry run. */
export function prunedJson({ images, cached }: Prunable, { cluster, done }: { cluster: string; done: boolean }): object {
  return { version: 1, cluster, removed: done, images, ...(cached ? { builder: { name: cached.builder.name, images: cached.images } } : {}) };
}
