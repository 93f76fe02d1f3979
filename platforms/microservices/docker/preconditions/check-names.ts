import type { ObjectExpectation } from './expectations.js';
import { refused, type Check } from './finding.js';
import { textAt } from './read.js';

const API: Record<ObjectExpectation['kind'], string> = {
  Deployment: 'apis/apps/v1/namespaces/NAMESPACE/deployments',
  PersistentVolumeClaim: 'api/v1/namespaces/NAMESPACE/persistentvolumeclaims',
  Service: 'api/v1/namespaces/NAMESPACE/services',
  StatefulSet: 'apis/apps/v1/namespaces/NAMESPACE/statefulsets',
};

/** The chart's label for all that is its own. */
const PART_OF = ['metadata', 'labels', 'app.kubernetes.io/part-of'];

export function pathOf({ kind, name }: ObjectExpectation, namespace: string): string {
  return `/${API[kind].replace('NAMESPACE', namespace)}/${name}`;
}

/** A name that somebody else uses already; applying over it would change what is theirs. */
export const checkNames: Check = async (cluster, { objects, namespace }) => {
  const found = await Promise.all(objects.map(async (object) => ({ ...object, live: await cluster.get(pathOf(object, namespace)) })));
  return found
    .filter(({ live }) => live !== undefined && textAt(live, ...PART_OF) !== 'microservices')
    .map(({ kind, name }) =>
      refused(`${kind} ${namespace}/${name} exists already and does not belong to this chart. Rename or remove it, or install into another namespace.`),
    );
};
