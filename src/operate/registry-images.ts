import { clusterState, keptRegistry, readCluster } from '../cluster/index.js';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { contentTag, shortImageName } from '../lib/image-name.js';
import { isOfRegistry, registryHost, type Registry, type ResolvedPlatform } from '../model/index.js';
import { buildImages, type BuildOptions, type DeclaredImage } from './images-build.js';
import { reasonIn, type Builder } from './images-builder.js';
import { openRegistry, type RegistryClient, type RegistryImage } from './registry-client.js';

/** A registry in a cluster's keeping that runs: how image names have it, and where this machine finds it. */
export interface RegistryPlace {
  cluster: string;
  registry: Registry;
  /** `k3d-ml-registry:5050`, which need not resolve here. */
  host: string;
  /** `127.0.0.1:5050`. */
  address: string;
}

/** What became of an image on its way into a registry. */
export interface DeliveredImage extends DeclaredImage {
  /** Full name under which the registry has it. */
  pushed: string;
  digest: string;
  /** How long building and pushing took; 0 for what was there. */
  seconds: number;
  /** `pushed`: its layers went there; `tagged`: it was there under its content; `unchanged`: under this name already. */
  outcome: 'pushed' | 'tagged' | 'unchanged';
}

type Running = BuildOptions & { signal: AbortSignal };

/** Where this machine finds a registry; its name need not resolve here. */
export function placeOf(cluster: string, registry: Registry): RegistryPlace {
  return { cluster, registry, host: registryHost(registry), address: `127.0.0.1:${registry.port}` };
}

/** The registry that runs in an embedded cluster's keeping; undefined where there is none. */
export function embeddedRegistry(cluster: string): RegistryPlace | undefined {
  const record = readCluster(cluster);
  const registry = record && keptRegistry(record);
  return registry && clusterState(cluster) !== 'stopped' ? placeOf(cluster, registry) : undefined;
}

/** The registry of a platform's cluster, or a Diagnostic that says why it is not there. */
export function requireRegistry({ cluster: { provider, name, registry } }: Pick<ResolvedPlatform, 'cluster'>): RegistryPlace {
  const place = provider === 'k3d' && registry ? placeOf(name, registry) : embeddedRegistry(name);
  if (place) return place;
  const record = readCluster(name);
  const [problem, hint] = !record
    ? ['the cluster is not there', 'mostik up makes it']
    : !record.real
      ? ['its nodes are simulated and pull no images', '`mostik up --nodes real` gives it a real node']
      : record.registry
        ? ['the cluster is stopped', `mostik cluster start ${name}`]
        : ['the cluster was made before it was declared', '`mostik up` starts it'];
  throw new MostikError([diagnose('registry-not-there', { registry: registry ? registryHost(registry) : '', cluster: name, problem, hint })]);
}

/** Everything that a registry holds, tags of content left out. */
export async function listRegistry(place: RegistryPlace, signal: AbortSignal): Promise<RegistryImage[]> {
  return (await openRegistry(place.address, { name: place.host, signal }).list()).filter(({ tag }) => !contentTag.test(`:${tag}`));
}

/**
 * Makes sure that a registry has these images in the content of today, under their names; those that name no registry come below
 * it. What it has in this content is neither built nor pushed, and no builder is asked for it.
 */
export async function deliverImages(place: RegistryPlace, images: readonly DeclaredImage[], options: Running): Promise<DeliveredImage[]> {
  const client = openRegistry(place.address, { name: place.host, signal: options.signal });
  const parcels = images.map((image) => parcelOf(place, image));
  const delivered = new Map<Parcel, DeliveredImage>();
  if (options.force !== true) {
    await Promise.all(parcels.map(async (parcel) => {
      const found = await findContent(client, parcel);
      if (found) delivered.set(parcel, found);
    }));
  }
  const missing = parcels.filter((parcel) => !delivered.has(parcel));
  if (missing.length > 0) {
    const started = Date.now();
    const { builder } = await buildImages(missing.map(({ image }) => image), options).catch((error: unknown) => staleOrThrow(error, { client, missing, options }));
    if (!builder) return [...delivered.values()];
    for (const parcel of missing) delivered.set(parcel, await push(parcel, { client, builder, options, started }));
  }
  return parcels.map((parcel) => delivered.get(parcel)!);
}

/** An image, and what it is in the registry. */
interface Parcel {
  image: DeclaredImage;
  place: RegistryPlace;
  repository: string;
  tag: string;
  /** Tag by content. */
  content: string;
}

function parcelOf(place: RegistryPlace, image: DeclaredImage): Parcel {
  const [, repository = '', tag = 'latest'] = /^[^/]+\/(?:library\/)?(.+?):([^:/]+)$/.exec(image.image) ?? [];
  return { image, place, repository, tag, content: image.content.slice(image.content.lastIndexOf(':') + 1) };
}

const nameOf = ({ place, repository, tag }: Parcel): string => `${place.host}/${repository}:${tag}`;

async function findContent(client: RegistryClient, parcel: Parcel): Promise<DeliveredImage | undefined> {
  const { repository, tag, content, image } = parcel;
  const [digest, named] = await Promise.all([client.digest(repository, content), client.digest(repository, tag)]);
  if (digest === undefined) return undefined;
  if (digest !== named) await client.retag(repository, content, tag);
  return { ...image, pushed: nameOf(parcel), digest, seconds: 0, outcome: digest === named ? 'unchanged' : 'tagged' };
}

async function push(parcel: Parcel, { client, builder, options, started }: { client: RegistryClient; builder: Builder; options: Running; started: number }): Promise<DeliveredImage> {
  const { image, place, repository, tag, content } = parcel;
  const name = nameOf(parcel);
  options.onProgress?.({ type: 'step', text: `pushing image ${name}` });
  const { code, output } = await builder.pushPlain(image.content, `${place.address}/${repository}:${tag}`, { signal: options.signal });
  options.signal.throwIfAborted();
  const digest = code === 0 ? await client.digest(repository, tag) : undefined;
  if (digest === undefined) throw new MostikError([diagnose('image-push-failed', { image: name, reason: code === 0 ? 'the registry does not have it afterwards' : reasonIn(output) })]);
  await client.retag(repository, tag, content);
  return { ...image, pushed: name, digest, seconds: Math.round((Date.now() - started) / 1000), outcome: 'pushed' };
}

/** Where nothing builds images, a platform goes on with those of these names that are there, and says so. */
async function staleOrThrow(error: unknown, { client, missing, options }: { client: RegistryClient; missing: readonly Parcel[]; options: Running }): Promise<{ builder?: undefined }> {
  const problem = error instanceof MostikError ? error.diagnostics.find(({ code }) => code === 'image-builder-missing') : undefined;
  if (problem === undefined) throw error;
  const there = await Promise.all(missing.map(({ repository, tag }) => client.digest(repository, tag)));
  if (there.includes(undefined)) throw error;
  const reason = 'nothing builds images here, and its files have changed since it was pushed, or it was pushed by hand';
  for (const parcel of missing) options.onProgress?.({ type: 'warning', diagnostic: diagnose('image-stale', { image: shortImageName(nameOf(parcel)), reason, hint: problem.hint ?? '' }) });
  return {};
}

/** Splits images into those of a registry, and the others. */
export function byRegistry(images: readonly DeclaredImage[], place: RegistryPlace | undefined): { pushed: DeclaredImage[]; loaded: DeclaredImage[] } {
  const isPushed = ({ image }: DeclaredImage): boolean => place !== undefined && isOfRegistry(image, place.registry);
  return { pushed: images.filter(isPushed), loaded: images.filter((image) => !isPushed(image)) };
}
