import { asDict, asList, isDict, valueAt } from '../lib/read-unknown.js';
import { groupOf, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { podEndpoint, type Endpoint } from './endpoint.js';

const label = 'acme.cert-manager.io/http01-solver';

/**
 * The pods that cert-manager makes beside an exposed component to answer an ACME challenge: the ingress controller must reach them, or no
 * certificate is issued. One endpoint for each namespace with an Ingress whose issuer asks so, or is not known.
 */
export function acmeSolvers({ components }: ResolvedPlatform, objects: readonly RenderedObject[]): Endpoint[] {
  const exposed = new Set(components.filter(({ expose }) => expose).map(({ name }) => name));
  const namespaces = objects.filter(({ component, object }) => exposed.has(component) && asksForChallenge(object, objects)).map(({ ref }) => ref.namespace ?? '');
  return [...new Set(namespaces)].map((namespace) => podEndpoint(`pods/${namespace}/acme-http01-solver`, namespace, { labels: { [label]: 'true' }, ports: [{ port: 8089, protocol: 'TCP' }] }));
}

/** Tells whether an endpoint is one of those. */
export function isSolver({ labels, component }: Endpoint): boolean {
  return component === undefined && labels[label] === 'true';
}

function asksForChallenge({ apiVersion, kind, metadata }: RenderedObject['object'], objects: readonly RenderedObject[]): boolean {
  if (kind !== 'Ingress' || groupOf(apiVersion) !== 'networking.k8s.io') return false;
  const { 'cert-manager.io/cluster-issuer': cluster, 'cert-manager.io/issuer': local } = metadata.annotations ?? {};
  const name = cluster ?? local;
  if (name === undefined) return false;
  const wanted = cluster === undefined ? 'Issuer' : 'ClusterIssuer';
  const issuer = objects.find(({ ref }) => ref.kind === wanted && ref.name === name && (wanted === 'ClusterIssuer' || ref.namespace === metadata.namespace));
  if (!issuer) return true;
  const solvers = asList(valueAt(issuer.object, 'spec', 'acme', 'solvers'));
  return solvers.some((solver) => isDict(asDict(solver)['http01']));
}
