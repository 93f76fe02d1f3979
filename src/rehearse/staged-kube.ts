import { isAlreadyExists, type ApplyOptions, type Kube } from '../kube/index.js';
import { valueAt } from '../lib/read-unknown.js';
import { groupOf, keyOf, labels, refOf, type KubeObject } from '../model/index.js';
import { convertsByWebhook, withoutConversion } from './crds.js';
import { producedSecret } from './produced.js';

/** Field manager of what a rehearsal adds that nobody declared. */
export const stageManager = 'mostik-rehearsal';

/**
 * The throw-away cluster as plan and apply see it. What calls a backend that does not run there is kept inactive: API
 * services are left out (one without a backend would keep namespaces from ending), CRDs convert by themselves. Both
 * look to the plan as if they were stored, so that it is the plan of the real cluster. Custom resources whose
 * controller would make Secrets get these.
 */
export function stagedKube(kube: Kube): Kube {
  const leftOut = new Map<string, KubeObject>();
  const isLeftOut = (object: KubeObject): boolean => isApiService(object) && valueAt(object, 'spec', 'service') !== undefined;
  return {
    ...kube,
    async apply(object, options = {}) {
      if (isLeftOut(object)) {
        const answer = await kube.apply(object, withoutUid({ ...options, dryRun: true }));
        if (options.dryRun !== true) leftOut.set(keyOf(refOf(object)), answer);
        return answer;
      }
      const answer = await kube.apply(convertsByWebhook(object) ? withoutConversion(object) : object, options);
      if (options.dryRun !== true) await makeProduced(kube, object);
      return answer;
    },
    get: async (ref, options) => leftOut.get(keyOf(ref)) ?? (await kube.get(ref, options)),
    list: async (apiVersion, kind, options = {}) => {
      const listed = await kube.list(apiVersion, kind, options);
      const more = [...leftOut.values()].filter((object) => object.kind === kind && (options.labelSelector ?? '').startsWith(`${labels.platform}=`) && object.metadata.labels?.[labels.platform] === options.labelSelector?.split('=')[1]);
      return { ...listed, items: [...listed.items, ...more] };
    },
    delete: async (ref, options) => {
      const object = leftOut.get(keyOf(ref));
      if (options?.dryRun !== true && leftOut.delete(keyOf(ref))) return object;
      return object ?? kube.delete(ref, options);
    },
  };
}

/** An API service that another program answers for. */
export function isApiService({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return kind === 'APIService' && groupOf(apiVersion) === 'apiregistration.k8s.io';
}

function withoutUid({ uid: _uid, ...options }: ApplyOptions): ApplyOptions {
  return options;
}

async function makeProduced(kube: Kube, object: KubeObject): Promise<void> {
  const secret = producedSecret(object);
  if (!secret || (await kube.get(refOf(secret), { metadataOnly: true }))) return;
  try {
    await kube.create(secret, { fieldManager: stageManager });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
