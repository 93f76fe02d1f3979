import type { NodeImage } from '../cluster/index.js';
import { shortImageName } from '../lib/image-name.js';
import type { PlacedImage } from '../operate/images-load.js';
import type { PushedImage } from '../operate/images-push.js';
import type { Look } from './look.js';
import { table } from './table.js';
import { plural } from './text.js';

/** Lists the images of a node. */
export function imagesText(images: readonly NodeImage[], look: Look): string {
  const rows = images.map(({ name, size, digest }) => [shortImageName(name), size, digest.replace(/^sha256:/, '').slice(0, 12)]);
  return table([{ title: 'IMAGE', flexible: true }, { title: 'SIZE', right: true }, { title: 'DIGEST' }], rows, look).join('\n');
}

/** Says what was built and what was loaded. */
export function builtText(images: readonly PlacedImage[], look: Look): string {
  const rows = images.map(({ image, component, outcome, seconds, loaded }) => {
    const words = [outcome === 'built' ? `built in ${seconds} s` : 'unchanged', ...(loaded ? ['loaded'] : [])].join(', ');
    return [shortImageName(image), component, outcome === 'built' || loaded ? { text: words, style: look.style.good } : words];
  });
  return table([{ title: 'IMAGE' }, { title: 'COMPONENT' }, { title: 'WHAT HAPPENED', flexible: true }], rows, look).join('\n');
}

/** Says what was loaded. */
export function loadedText(cluster: string, images: readonly string[]): string {
  return `${plural(images.length, 'image')} loaded into ${cluster}: ${images.map(shortImageName).join(', ')}`;
}

/** Says what was pushed, and under which name. */
export function pushedText(images: readonly PushedImage[]): string {
  return images.map(({ image, pushed }) => (image === pushed ? `${shortImageName(image)} pushed` : `${shortImageName(image)} pushed as ${pushed}`)).join('\n');
}
