import type { Kube } from '../kube/index.js';
import { fullImageName } from '../lib/image-name.js';
import { asDict, asList, asString, isDict, valueAt } from '../lib/read-unknown.js';
import type { KubeObject, ResolvedPlatform } from '../model/index.js';
import { readObjects, readState, stateKindLabel, stateLabel } from '../plan/index.js';
import { renderOnly } from '../pipeline.js';
import { declaredImages, type BuildOptions } from './images-build.js';

/** What images are needed for: full names, as objects ask for them, and what pods say that they run. */
export interface ImageUse {
  names: Set<string>;
  /** `sha256:...` of an image's configuration, or `NAME@sha256:...`. */
  running: Set<string>;
}

/** The kinds whose objects make pods again when theirs are gone. */
const workloads = [['apps/v1', 'Deployment'], ['apps/v1', 'StatefulSet'], ['apps/v1', 'DaemonSet'], ['batch/v1', 'CronJob'], ['batch/v1', 'Job'], ['v1', 'ReplicationController']] as const;

/**
 * Finds what images are used: by pods that have not ended, by workloads though they are scaled to zero, by the last generations of
 * every platform that was applied here, and by the platform of these files, applied or not.
 */
export async function readImageUse(kube: Kube, platform: ResolvedPlatform | undefined, options: BuildOptions & { signal: AbortSignal }): Promise<ImageUse> {
  const [pods, lists, recorded, rendered] = await Promise.all([
    kube.list('v1', 'Pod', { signal: options.signal }),
    Promise.all(workloads.map(async ([apiVersion, kind]) => (await kube.list(apiVersion, kind, { signal: options.signal })).items)),
    recordedObjects(kube, options.signal),
    platform ? renderOnly(platform, { signal: options.signal }) : undefined,
  ]);
  const alive = pods.items.filter((pod) => !['Succeeded', 'Failed'].includes(asString(valueAt(pod, 'status', 'phase')) ?? ''));
  const lasting = lists.flat().filter((object) => valueAt(object, 'status', 'completionTime') === undefined);
  const names = [...alive, ...lasting, ...recorded, ...(rendered?.desired.objects ?? []).map(({ object }) => object)].flatMap(imagesIn);
  const built = platform ? declaredImages(platform).flatMap(({ image, content }) => [image, content]) : [];
  return { names: new Set([...names.map(fullImageName), ...built]), running: new Set(alive.flatMap(runningIn)) };
}

/** The objects of the last generation of each platform, and of the last one that succeeded. */
async function recordedObjects(kube: Kube, signal: AbortSignal): Promise<KubeObject[]> {
  const { items } = await kube.list('v1', 'Secret', { labelSelector: `${stateKindLabel}=head`, signal });
  const lists = await Promise.all(items.map(async ({ metadata }) => {
    const [platform, namespace] = [metadata.labels?.[stateLabel] ?? '', metadata.namespace ?? ''];
    const { last, succeeded } = await readState(kube, platform, namespace);
    const generations = [...new Set([last, succeeded])].flatMap((generation) => generation ?? []);
    return Promise.all(generations.map((generation) => readObjects(kube, generation, namespace)));
  }));
  return lists.flat(2).map(({ object }) => object);
}

/** Every image that an object names, whatever its kind: what stands under `image`, in volumes under `image.reference`. */
export function imagesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isDict(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'image' ? (asString(inner) ?? asString(asDict(inner)['reference']) ?? imagesIn(inner)) : imagesIn(inner)));
}

function runningIn(pod: KubeObject): string[] {
  const statuses = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'].flatMap((field) => asList(valueAt(pod, 'status', field)));
  // Some runtimes put what kind of name it is before it, as in a URL.
  return statuses.flatMap((status) => asString(asDict(status)['imageID'])?.replace(/^[a-z-]+:\/\//, '') ?? []);
}
