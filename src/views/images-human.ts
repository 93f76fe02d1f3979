import type { NodeImage, StoredImage } from '../cluster/index.js';
import { contentTag, shortImageName } from '../lib/image-name.js';
import type { PlacedImage } from '../operate/images-load.js';
import type { Prunable } from '../operate/images-prune.js';
import type { PushedImage } from '../operate/images-push.js';
import type { RegistryImage } from '../operate/registry-client.js';
import type { Look } from './look.js';
import { table } from './table.js';
import { plural } from './text.js';

/** What a registry in the cluster's keeping holds. */
export interface HeldImages {
  /** As image names have it. */
  name: string;
  images: readonly RegistryImage[];
}

/** Lists the images of a node, and those of the cluster's registry. */
export function imagesText(images: readonly NodeImage[], look: Look, registry?: HeldImages): string {
  const rows = images.map(({ name, size, digest }) => [shortImageName(name), size, digest.replace(/^sha256:/, '').slice(0, 12)]);
  return table([{ title: 'IMAGE', flexible: true }, { title: 'SIZE', right: true }, { title: 'DIGEST' }], rows, look).concat(registry ? ['', ...registryLines(registry, look)] : []).join('\n');
}

function registryLines({ name, images }: HeldImages, look: Look): string[] {
  if (images.length === 0) return [`registry ${name} holds no images: mostik image push`];
  const rows = images.map(({ repository, tag, digest, size }) => [`${name}/${repository}:${tag}`, size === undefined ? '' : mebibytes(size), digest.replace(/^sha256:/, '').slice(0, 12)]);
  return table([{ title: 'IN THE REGISTRY', flexible: true }, { title: 'SIZE', right: true }, { title: 'DIGEST' }], rows, look);
}

/** Says what was built and what was loaded. */
export function builtText(images: readonly PlacedImage[], look: Look): string {
  const rows = images.map(({ image, component, outcome, seconds, loaded, pushed }) => {
    const words = [outcome === 'built' ? `built in ${seconds} s` : 'unchanged', ...(loaded ? ['loaded'] : []), ...(pushed ? ['pushed'] : [])].join(', ');
    return [shortImageName(image), component, outcome === 'built' || loaded || pushed ? { text: words, style: look.style.good } : words];
  });
  return table([{ title: 'IMAGE' }, { title: 'COMPONENT' }, { title: 'WHAT HAPPENED', flexible: true }], rows, look).join('\n');
}

/** Says what was loaded. */
export function loadedText(cluster: string, images: readonly string[]): string {
  return `${plural(images.length, 'image')} loaded into ${cluster}: ${images.map(shortImageName).join(', ')}`;
}

/** Lists what nothing uses. */
export function prunableText({ images, cached }: Prunable, look: Look): string {
  const rows = images.map((image) => [shownName(image), mebibytes(image.bytes), 'node']);
  const others = (cached?.images ?? []).map(({ name, size }) => [shortImageName(name), size, cached!.builder.name]);
  return table([{ title: 'IMAGE', flexible: true }, { title: 'SIZE', right: true }, { title: 'KEPT BY' }], [...rows, ...others], look).join('\n');
}

/** Says how much it is; layers that images share are counted in each. */
export function prunedText({ images, cached }: Prunable, { cluster, done }: { cluster: string; done: boolean }): string {
  const count = images.length + (cached?.images.length ?? 0);
  if (count === 0) return `nothing to remove: every image of ${cluster} is used`;
  const room = images.length === 0 ? '' : `, at most ${mebibytes(images.reduce((sum, { bytes }) => sum + bytes, 0))} on the node of ${cluster}`;
  return `${plural(count, 'image')} ${done ? 'removed' : 'would be removed'}${room}`;
}

/** The name that people gave it, else that of its content, else its digest. */
function shownName({ names, digest }: StoredImage): string {
  const given = names.filter((name) => !name.startsWith('sha256:') && !name.includes('@'));
  const best = given.filter((name) => !contentTag.test(name));
  return (best.length > 0 ? best : given.length > 0 ? given : [digest]).map(shortImageName).join(', ');
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Says what was pushed, and under which name. */
export function pushedText(images: readonly PushedImage[]): string {
  const words = ({ image, pushed, changed }: PushedImage): string => `${changed === false ? 'is there already' : 'pushed'}${image === pushed ? '' : ` as ${pushed}`}`;
  return images.map((image) => `${shortImageName(image.image)} ${words(image)}`).join('\n');
}
