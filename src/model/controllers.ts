import type { ClusterSpec } from './schema.js';

/** A controller that is in the cluster already: where its pods run, and how they are labelled. */
export interface Controller {
  name: string;
  namespace: string;
  pods: Record<string, string>;
  /** Ingress classes that it serves; none for what lets no traffic in. */
  classes: string[];
}

/** Where well-known controllers run and what their pods are labelled when they are installed as their makers say. */
export const wellKnownControllers: Readonly<Record<string, Omit<Controller, 'name'>>> = {
  'ingress-nginx': { namespace: 'ingress-nginx', pods: { 'app.kubernetes.io/name': 'ingress-nginx' }, classes: ['nginx'] },
  'nginx-ingress': { namespace: 'nginx-ingress', pods: { 'app.kubernetes.io/name': 'nginx-ingress' }, classes: ['nginx'] },
  traefik: { namespace: 'traefik', pods: { 'app.kubernetes.io/name': 'traefik' }, classes: ['traefik'] },
  'haproxy-ingress': { namespace: 'ingress-controller', pods: { 'app.kubernetes.io/name': 'haproxy-ingress' }, classes: ['haproxy'] },
  // Contour configures, Envoy carries the traffic.
  contour: { namespace: 'projectcontour', pods: { app: 'envoy' }, classes: ['contour'] },
  kong: { namespace: 'kong', pods: { 'app.kubernetes.io/name': 'kong' }, classes: ['kong'] },
  istio: { namespace: 'istio-system', pods: { istio: 'ingressgateway' }, classes: ['istio'] },
  'envoy-gateway': { namespace: 'envoy-gateway-system', pods: { 'app.kubernetes.io/managed-by': 'envoy-gateway' }, classes: ['envoy-gateway'] },
  keda: { namespace: 'keda', pods: { app: 'keda-operator' }, classes: [] },
  'cert-manager': { namespace: 'cert-manager', pods: { 'app.kubernetes.io/instance': 'cert-manager' }, classes: [] },
  prometheus: { namespace: 'monitoring', pods: { 'app.kubernetes.io/name': 'prometheus' }, classes: [] },
  'kube-prometheus-stack': { namespace: 'monitoring', pods: { 'app.kubernetes.io/name': 'prometheus' }, classes: [] },
};

type Provided = ClusterSpec['provides'][number];

/** The names among what a cluster provides: APIs, objects, classes, controllers. */
export function providedNames(provides: readonly Provided[]): string[] {
  return provides.map((entry) => (typeof entry === 'string' ? entry : entry.name));
}

/** The controllers among what a cluster provides; what an entry leaves out comes from the table of well-known ones. */
export function providedControllers(provides: readonly Provided[]): Controller[] {
  return provides.flatMap((entry): Controller[] => {
    const { name, ...given } = typeof entry === 'string' ? { name: entry } : entry;
    const known = Object.hasOwn(wellKnownControllers, name) ? wellKnownControllers[name] : undefined;
    if (!known && typeof entry === 'string') return [];
    return [{ name, namespace: name, pods: {}, classes: [], ...known, ...given }];
  });
}
