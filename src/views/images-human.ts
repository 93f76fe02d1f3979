import type { NodeImage } from '../cluster/index.js';
import { shortImageName } from '../lib/image-name.js';
import type { PlacedImage } from '../operate/images-load.js';
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
  const rows = images.map(({ repository, tag, digest, size }) => [`${name}/${repository}:${tag}`, size === undefined ? '' : `${(size / 1024 / 1024).toFixed(1)} MiB`, digest.replace(/^sha256:/, '').slice(0, 12)]);
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

/** Says what was pushed, and under which name. */
export function pushedText(images: readonly PushedImage[]): string {
  const words = ({ image, pushed, changed }: PushedImage): string => `${changed === false ? 'is there already' : 'pushed'}${image === pushed ? '' : ` as ${pushed}`}`;
  return images.map((image) => `${shortImageName(image.image)} ${words(image)}`).join('\n');
}
