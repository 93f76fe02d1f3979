import { listNodeImages } from '../cluster/index.js';
import { fullImageName, shortImageName } from '../lib/image-name.js';
import { asString } from '../lib/read-unknown.js';
import { containersOf, podsOf, type Desired, type ResolvedPlatform } from '../model/index.js';
import { declaredImages, type BuildOptions, type DeclaredImage } from './images-build.js';
import { keptImages } from './images-kept.js';
import { ensureImages, loadImages, nodeTarget, placeImages, type ImageTarget, type PlacedImage } from './images-load.js';
import { byRegistry, deliverImages, embeddedRegistry, placeOf, type RegistryPlace } from './registry-images.js';
import type { Target } from './target.js';

/** Where the images of a platform go: those that name the cluster's registry are pushed there, the others loaded. */
export interface ImagePlaces {
  load: ImageTarget;
  registry?: RegistryPlace | undefined;
}

type Running = BuildOptions & { signal: AbortSignal };

/** The places of an embedded cluster with a real node. */
export function embeddedPlaces(cluster: string): ImagePlaces {
  return { load: nodeTarget(cluster), registry: embeddedRegistry(cluster) };
}

/** The places of a platform's own cluster: k3d takes images through its own command, and its registry is asked by its port. */
export function placesOf({ cluster: { provider, name, registry } }: Pick<ResolvedPlatform, 'cluster'>): ImagePlaces {
  return provider === 'k3d' ? { load: { kind: 'k3d', name }, registry: registry && placeOf(name, registry) } : embeddedPlaces(name);
}

/** Makes sure that a cluster has, or can pull, what the platform builds: a node cannot get it from a registry of the world. */
export async function bringImages(platform: ResolvedPlatform, target: Pick<Target, 'owned' | 'simulated' | 'clusterName'>, options: Running): Promise<void> {
  if (!target.owned || target.simulated || platform.components.every(({ builds }) => builds.length === 0)) return;
  const isOwn = platform.cluster.provider === 'k3d' && target.clusterName === platform.cluster.name;
  const places = isOwn ? placesOf(platform) : embeddedPlaces(target.clusterName);
  const { pushed, loaded } = byRegistry(declaredImages(platform), places.registry);
  if (pushed.length > 0) await deliverImages(places.registry!, pushed, options);
  if (loaded.length === 0) return;
  if (places.load.kind === 'node') await ensureImages(places.load, loaded, options);
  else await placeImages(places.load, loaded, options);
}

/** Loads into a real node, from archives kept on this machine, what the pods of a platform ask for and the node does not have. */
export async function loadKept(objects: Desired['objects'], target: Pick<Target, 'owned' | 'simulated' | 'clusterName'>, { onProgress, signal }: Running): Promise<void> {
  if (!target.owned || target.simulated) return;
  const kept = keptImages();
  const asked = new Set(podsOf(objects).flatMap(containersOf).flatMap(({ container }) => asString(container['image']) ?? []).map(fullImageName));
  const known = [...asked].filter((name) => kept.has(name));
  if (known.length === 0) return;
  const node = nodeTarget(target.clusterName);
  const there = new Set((await listNodeImages(node.record, signal)).map(({ name }) => name));
  for (const name of known.filter((one) => !there.has(one))) {
    onProgress?.({ type: 'step', text: `loading image ${shortImageName(name)} into ${target.clusterName}` });
    await loadImages(node, [kept.get(name)!], { signal });
  }
}

/** Builds what has changed and puts it where it goes; tells what became of each image. */
export async function sendImages(places: ImagePlaces, images: readonly DeclaredImage[], options: Running): Promise<PlacedImage[]> {
  const { pushed, loaded } = byRegistry(images, places.registry);
  const delivered = pushed.length > 0 ? await deliverImages(places.registry!, pushed, options) : [];
  const placed = loaded.length > 0 ? await placeImages(places.load, loaded, options) : [];
  return [...delivered.map((image): PlacedImage => ({ ...image, outcome: image.outcome === 'pushed' ? 'built' : 'unchanged', loaded: false, pushed: image.outcome !== 'unchanged' })), ...placed];
}
