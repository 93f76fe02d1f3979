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
type ImageCluster = Pick<Target, 'owned' | 'simulated' | 'clusterName'>;

/** The places of an embedded cluster with a real node. */
export function embeddedPlaces(cluster: string): ImagePlaces {
  return { load: nodeTarget(cluster), registry: embeddedRegistry(cluster) };
}

/** The places of a platform's own cluster: k3d takes images through its own command, and its registry is asked by its port. */
export function placesOf({ cluster: { provider, name, registry } }: Pick<ResolvedPlatform, 'cluster'>): ImagePlaces {
  return provider === 'k3d' ? { load: { kind: 'k3d', name }, registry: registry && placeOf(name, registry) } : embeddedPlaces(name);
}

/** The places of the cluster that a platform goes to; undefined where no container runs, or the cluster is not ours. */
function placesIn(platform: ResolvedPlatform, target: ImageCluster): ImagePlaces | undefined {
  if (!target.owned || target.simulated) return undefined;
  const isOwn = platform.cluster.provider === 'k3d' && target.clusterName === platform.cluster.name;
  return isOwn ? placesOf(platform) : embeddedPlaces(target.clusterName);
}

/** Makes sure that a cluster has, or can pull, what the platform builds: a node cannot get it from a registry of the world. */
export async function bringImages(platform: ResolvedPlatform, target: ImageCluster, options: Running): Promise<void> {
  if (platform.components.every(({ builds }) => builds.length === 0)) return;
  const places = placesIn(platform, target);
  if (!places) return;
  const { pushed, loaded } = byRegistry(declaredImages(platform), places.registry);
  if (pushed.length > 0) await deliverImages(places.registry!, pushed, options);
  if (loaded.length === 0) return;
  if (places.load.kind === 'node') await ensureImages(places.load, loaded, options);
  else await placeImages(places.load, loaded, options);
}

/** Loads into a real node, from archives kept on this machine, what the pods of a platform ask for and the node does not have. */
export async function loadKept(objects: Desired['objects'], place: { platform: ResolvedPlatform; target: ImageCluster }, { onProgress, signal }: Running): Promise<void> {
  const node = placesIn(place.platform, place.target)?.load;
  // k3d does not tell what it has: its nodes would be given everything each time.
  if (node?.kind !== 'node') return;
  const kept = keptImages();
  const asked = new Set(podsOf(objects).flatMap(containersOf).flatMap(({ container }) => asString(container['image']) ?? []).map(fullImageName));
  const known = [...asked].filter((name) => kept.has(name));
  if (known.length === 0) return;
  const there = new Set((await listNodeImages(node.record, signal)).map(({ name }) => name));
  for (const name of known.filter((one) => !there.has(one))) {
    onProgress?.({ type: 'step', text: `loading image ${shortImageName(name)} into ${node.name}` });
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
