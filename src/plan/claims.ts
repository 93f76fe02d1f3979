import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { parseQuantity } from '../lib/quantity.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, refOf, type KubeObject, type PlannedChange, type RenderedObject } from '../model/index.js';

/** Tells whether an object is a claim: the data behind it are lost with it. */
export function isClaim(ref: { apiVersion: string; kind: string }): boolean {
  return ref.kind === 'PersistentVolumeClaim' && ref.apiVersion === 'v1';
}

/** Refuses, by name and before any write, a claim that would shrink, or grow on a class that cannot expand (MS-4). */
export function checkClaimSizes(changes: readonly PlannedChange[], storageClasses: ReadonlyMap<string, KubeObject>): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const { rendered, live } of changes) {
    if (!rendered || !live || !isClaim(rendered.ref)) continue;
    const from = asString(valueAt(live, 'spec', 'resources', 'requests', 'storage')) ?? '';
    const to = asString(valueAt(rendered.object, 'spec', 'resources', 'requests', 'storage')) ?? '';
    const before = parseQuantity(from);
    const after = parseQuantity(to);
    if (before === undefined || after === undefined || before === after) continue;
    const params = { claim: formatRef(rendered.ref), component: rendered.component, from, to };
    const at = rendered.at;
    if (after < before) problems.push(diagnose('claim-shrinks', params, at));
    else {
      const name = asString(valueAt(live, 'spec', 'storageClassName')) ?? '';
      if (storageClasses.get(name)?.['allowVolumeExpansion'] !== true) problems.push(diagnose('claim-cannot-grow', { ...params, class: name }, at));
    }
  }
  return problems;
}

/** Says which claims ask for a storage class that the cluster does not have, or for a default where there is none (MS-8). */
export function checkStorageClasses(created: readonly RenderedObject[], storageClasses: ReadonlyMap<string, KubeObject>): Diagnostic[] {
  const hasDefault = [...storageClasses.values()].some(
    (object) => object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
  );
  const problems: Diagnostic[] = [];
  for (const { object, component, at } of created) {
    for (const claim of claimsOf(object)) {
      const name = valueAt(claim, 'spec', 'storageClassName');
      const claimName = formatRef(refOf(object));
      if (name === undefined && !hasDefault) problems.push(diagnose('storage-class-default-missing', { claim: claimName, component }, at));
      if (typeof name === 'string' && name !== '' && !storageClasses.has(name)) {
        const classes = [...storageClasses.keys()].sort().join(', ') || 'none';
        problems.push(diagnose('storage-class-missing', { claim: claimName, component, class: name, classes }, at));
      }
    }
  }
  return problems;
}

/** The claims an object asks for: itself, or its claim templates. */
function claimsOf(object: KubeObject): unknown[] {
  if (isClaim(object)) return [object];
  return object.kind === 'StatefulSet' ? asList(valueAt(object, 'spec', 'volumeClaimTemplates')) : [];
}

/** Tells whether a claim came from a StatefulSet's template: Kubernetes names it TEMPLATE-SET-ORDINAL and never removes it. */
export function isClaimOfSet(claim: KubeObject, set: KubeObject): boolean {
  if (claim.metadata.namespace !== set.metadata.namespace) return false;
  return asList(valueAt(set, 'spec', 'volumeClaimTemplates')).some((template) => {
    const prefix = `${asString(asDict(asDict(template)['metadata'])['name']) ?? ''}-${set.metadata.name}-`;
    return claim.metadata.name.startsWith(prefix) && /^\d+$/.test(claim.metadata.name.slice(prefix.length));
  });
}
