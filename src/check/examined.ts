import { valueAt } from '../lib/read-unknown.js';
import { keyOf, type Desired, type KubeObject, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { examine, examineCache, type ObjectExamined, type ObjectProblem } from '../render/index.js';
import type { CheckContext } from './index.js';

/** What Kubernetes' own code says of the objects of a platform. */
export interface ExaminedPlatform {
  /** Undefined for what it was not asked about. */
  of(rendered: RenderedObject): ObjectExamined | undefined;
  /** The object with Kubernetes' own defaults, or as it is where nobody knows them. */
  defaulted(rendered: RenderedObject): KubeObject;
  /** Why the API server would not accept a ValidatingAdmissionPolicy, by its name. */
  policies: ReadonlyMap<string, ObjectProblem[]>;
}

const known = new WeakMap<Desired, Promise<ExaminedPlatform>>();

/** Asks Kubernetes' own code about all objects, once for all checks. Without an engine it knows nothing and says nothing. */
export function examined(platform: ResolvedPlatform, desired: Desired, context: CheckContext): Promise<ExaminedPlatform> {
  let result = known.get(desired);
  if (!result) known.set(desired, (result = ask(platform, desired, context)));
  return result;
}

async function ask(platform: ResolvedPlatform, desired: Desired, { engine, signal }: CheckContext): Promise<ExaminedPlatform> {
  // Definitions of custom resources are large, and nothing here is said of them.
  const asked = desired.objects.filter(({ ref }) => ref.kind !== 'CustomResourceDefinition');
  const nothing: ExaminedPlatform = { of: () => undefined, defaulted: ({ object }) => object, policies: new Map() };
  if (engine.path === '' || asked.length === 0) return nothing;
  const request = { kubeVersion: platform.kubernetes, objects: asked.map(({ object }) => object), policies: policiesIn(desired), namespaces: [] };
  const answer = await examine(request, { path: engine.path, signal }, examineCache(platform, desired.secrets));
  const results = new Map(asked.map((rendered, i) => [rendered, answer.objects[i]!]));
  return {
    of: (rendered) => results.get(rendered),
    defaulted: (rendered) => results.get(rendered)?.defaulted ?? rendered.object,
    policies: new Map(answer.policies.map(({ policy, invalid }) => [policy, invalid])),
  };
}

/** The policies that the platform would bring into its cluster, its own manifests' among them, each with its bindings. */
function policiesIn({ objects }: Desired): { policy: KubeObject; binding: KubeObject; params: KubeObject[] }[] {
  const ofKind = (kind: string): RenderedObject[] => objects.filter(({ ref }) => ref.kind === kind && ref.apiVersion.startsWith('admissionregistration.k8s.io/'));
  const policies = new Map(ofKind('ValidatingAdmissionPolicy').map(({ object }) => [object.metadata.name, object]));
  return ofKind('ValidatingAdmissionPolicyBinding').flatMap(({ object: binding }) => {
    const policy = policies.get(String(valueAt(binding, 'spec', 'policyName')));
    if (!policy) return [];
    const kind = { apiVersion: String(valueAt(policy, 'spec', 'paramKind', 'apiVersion')), kind: String(valueAt(policy, 'spec', 'paramKind', 'kind')) };
    const params = objects.filter(({ ref }) => keyOf({ ...ref, name: '', namespace: '' }) === keyOf({ ...kind, name: '', namespace: '' }));
    return [{ policy, binding, params: params.map(({ object }) => object) }];
  });
}
