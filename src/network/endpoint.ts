/** Protocols that a NetworkPolicy knows. */
export const protocols = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof protocols)[number];

/** A port that a container declares; policies may speak of it by its name. */
export interface EndpointPort {
  name?: string;
  port: number;
  protocol: Protocol;
}

/** Something that sends or receives: a pod (or all alike pods of a workload), or what has an address alone. */
export interface Endpoint {
  /** What a person calls it: `Deployment/shop/web`, `ingress`, `203.0.113.7`. */
  id: string;
  kind: 'pod' | 'address';
  /** Of a pod. */
  namespace: string;
  labels: Record<string, string>;
  ports: EndpointPort[];
  /** Addresses or CIDRs in which its address lies. None where that is not known. */
  addresses: string[];
  /** A pod on the host network is its node to a policy: labels do not reach it, and nothing that selects it counts. */
  hostNetwork: boolean;
  /** The component it belongs to. */
  component?: string;
}

/** A pod of a namespace. */
export function podEndpoint(id: string, namespace: string, more: Partial<Endpoint> = {}): Endpoint {
  return { id, kind: 'pod', namespace, labels: {}, ports: [], addresses: [], hostNetwork: false, ...more };
}

/** A place that has an address and no labels. */
export function addressEndpoint(id: string, addresses: string[]): Endpoint {
  return { id, kind: 'address', namespace: '', labels: {}, ports: [], addresses, hostNetwork: false };
}

/** Tells whether policies see labels of it: a pod with an address of its own. */
export function hasLabels({ kind, hostNetwork }: Endpoint): boolean {
  return kind === 'pod' && !hostNetwork;
}
