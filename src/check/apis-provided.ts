import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { formatRef, groupOf, kindOfCrd, type Desired, type ResolvedPlatform } from '../model/index.js';
import { isBuiltInGroup } from './past-apis.js';
import { operatorOf, providesApi } from './provided.js';

/** Finds custom resources whose CustomResourceDefinition nobody brings; said once a kind. */
export function apisProvided(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const declared = new Set(desired.objects.filter(({ ref }) => ref.kind === 'CustomResourceDefinition').map(({ object }) => kindOfCrd(object)));
  const external = new Set(platform.components.flatMap((component) => component.external));
  const seen = new Set<string>();
  return desired.objects.flatMap(({ ref, at }) => {
    const group = groupOf(ref.apiVersion);
    const id = `${group}/${ref.kind}`;
    if (isBuiltInGroup(group) || declared.has(id) || seen.has(id) || providesApi(platform, ref)) return [];
    seen.add(id);
    // An external CRD is named by its plural, which begins like the kind.
    if ([...external].some((entry) => entry.startsWith(`CustomResourceDefinition/${ref.kind.toLowerCase().slice(0, -1)}`) && entry.endsWith(`.${group}`))) return [];
    const operator = operatorOf(group);
    const how = `if the cluster has it, say so in spec.cluster.provides: ${operator ?? `${ref.apiVersion}/${ref.kind}`}`;
    return [diagnose('api-not-provided', { object: formatRef(ref), kind: ref.kind, apiVersion: ref.apiVersion, how }, at)];
  });
}
