import { groupOf, operatorKinds, type ObjectRef, type ResolvedPlatform } from '../model/index.js';

/** What a word of `cluster.provides` stands for, beside the operators whose schemas are shipped. */
const words: Readonly<Record<string, { groups?: string[]; objects?: string[] }>> = {
  'cert-manager': { groups: ['cert-manager.io', 'acme.cert-manager.io'] },
  'external-secrets': { groups: ['external-secrets.io'] },
  'gateway-api': { groups: ['gateway.networking.k8s.io'] },
  'ingress-nginx': { objects: ['IngressClass/nginx'] },
  istio: { groups: ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io'], objects: ['IngressClass/istio'] },
  keda: { groups: ['keda.sh', 'eventing.keda.sh'] },
  'kube-prometheus-stack': { groups: ['monitoring.coreos.com'] },
  'prometheus-operator': { groups: ['monitoring.coreos.com'] },
  'sealed-secrets': { groups: ['bitnami.com'] },
  traefik: { groups: ['traefik.io', 'traefik.containo.us'], objects: ['IngressClass/traefik'] },
};

/** Whether the cluster is said to have this API: by `group/version`, by `group/version/Kind`, or by the operator's name. */
export function providesApi({ cluster }: ResolvedPlatform, { apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>): boolean {
  const group = groupOf(apiVersion);
  return cluster.provides.some((entry) => {
    const [api = ''] = entry.split(':');
    return api === apiVersion || api === `${apiVersion}/${kind}` || (words[entry]?.groups ?? groupsOf(entry)).includes(group);
  });
}

/** Whether the cluster is said to have an object: as `Kind/name`, `Kind/namespace/name`, or by what brings it. */
export function providesObject({ cluster }: ResolvedPlatform, { kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): boolean {
  const ids = [`${kind}/${name}`, ...(namespace === undefined ? [] : [`${kind}/${namespace}/${name}`])];
  return cluster.provides.some((entry) => ids.includes(entry) || words[entry]?.objects?.some((object) => ids.includes(object)) === true);
}

/** Names of a kind's objects that the cluster is said to have, for the nearest right name. */
export function providedNames({ cluster }: ResolvedPlatform, kind: string): string[] {
  const all = cluster.provides.flatMap((entry) => [entry, ...(words[entry]?.objects ?? [])]);
  return all.filter((entry) => entry.startsWith(`${kind}/`)).map((entry) => entry.slice(entry.lastIndexOf('/') + 1));
}

/** The operator that brings a group, as `cluster.provides` names it. */
export function operatorOf(group: string): string | undefined {
  return Object.entries(words).find(([, { groups }]) => groups?.includes(group))?.[0];
}

function groupsOf(operator: string): string[] {
  return [...new Set(Object.keys(operatorKinds[operator] ?? {}).map((id) => id.split('/')[0] ?? ''))];
}
