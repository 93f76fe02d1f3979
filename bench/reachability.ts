import { createNetwork, podEndpoint } from '../src/network/index.js';
import type { KubeObject } from '../src/model/index.js';

/** Seconds to answer who reaches whom, for every pair of that many pods under that many policies in ten namespaces. */
export function reachability({ policies, pods }: { policies: number; pods: number }): number {
  const spaces = Array.from({ length: 10 }, (_, i) => `space-${i}`);
  const endpoints = Array.from({ length: pods }, (_, i) =>
    podEndpoint(`pod-${i}`, spaces[i % 10]!, { labels: { app: `app-${i % 40}`, tier: `tier-${i % 3}` }, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }),
  );
  const objects = Array.from({ length: policies }, (_, i): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `policy-${i}`, namespace: spaces[i % 10]! },
    spec: {
      podSelector: { matchLabels: { app: `app-${i % 40}` } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { tier: `tier-${i % 3}` } } }, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': spaces[(i + 1) % 10] } } }], ports: [{ port: 'http' }] }],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 5432 }] }, { to: [{ podSelector: {} }] }],
    },
  }));
  const started = performance.now();
  const network = createNetwork({ namespaces: Object.fromEntries(spaces.map((name) => [name, {}])), endpoints, policies: objects });
  let open = 0;
  for (const from of network.endpoints) for (const to of network.endpoints) if (network.open(from, to).certain.TCP.length > 0) open++;
  const seconds = (performance.now() - started) / 1000;
  if (open === 0 || open === pods * pods) throw new Error(`${open} of ${pods * pods} pairs are open: the bench asks nothing`);
  return seconds;
}
