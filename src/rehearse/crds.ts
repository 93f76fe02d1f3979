import { asDict, valueAt } from '../lib/read-unknown.js';
import { groupOf, type KubeObject, type ObjectRef } from '../model/index.js';

/** Tells whether a CRD asks a webhook to convert between its versions. */
export function convertsByWebhook(object: KubeObject): boolean {
  return object.kind === 'CustomResourceDefinition' && valueAt(object, 'spec', 'conversion', 'strategy') === 'Webhook';
}

/** The CRD, with nobody to convert between its versions. */
export function withoutConversion(crd: KubeObject): KubeObject {
  return { ...crd, spec: { ...asDict(crd['spec']), conversion: { strategy: 'None' } } };
}

/** A CRD that admits whatever an object of its kind says. */
export function openCrd({ apiVersion, kind, namespace }: ObjectRef): KubeObject {
  const singular = kind.toLowerCase();
  const plural = /(?:s|x|z|ch|sh)$/.test(singular) ? `${singular}es` : /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
  const group = groupOf(apiVersion);
  const approval = group.endsWith('.k8s.io') ? { annotations: { 'api-approved.kubernetes.io': 'unapproved, stands in for a rehearsal' } } : {};
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...approval },
    spec: {
      group,
      scope: namespace === undefined ? 'Cluster' : 'Namespaced',
      names: { kind, plural, singular },
      versions: [{ name: apiVersion.slice(group.length + 1), served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
    },
  };
}
