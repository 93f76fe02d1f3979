import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/model/index.js';
import { addressEndpoint, createNetwork, podEndpoint, type Endpoint } from '../../src/network/index.js';

/**
 * The well-known recipes for NetworkPolicies (ahmetb/kubernetes-network-policy-recipes and the Kubernetes documentation): what each is
 * for, in policies of our own, and who then reaches whom.
 */
const pods: Record<string, Endpoint> = {
  shop: podEndpoint('shop', 'default', { labels: { app: 'shop', role: 'api' }, ports: [{ name: 'http', port: 80, protocol: 'TCP' }, { name: 'admin', port: 5000, protocol: 'TCP' }] }),
  cart: podEndpoint('cart', 'default', { labels: { app: 'shop', role: 'cart' } }),
  report: podEndpoint('report', 'default', { labels: { app: 'shop', role: 'report' } }),
  other: podEndpoint('other', 'default', { labels: { app: 'other' } }),
  ops: podEndpoint('ops', 'ops', { labels: { type: 'monitor' } }),
  opsTool: podEndpoint('opsTool', 'ops', { labels: { type: 'tool' } }),
  stage: podEndpoint('stage', 'stage', { labels: { app: 'shop', role: 'api' }, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }),
  dns: podEndpoint('dns', 'kube-system', { labels: { 'k8s-app': 'kube-dns' }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] }),
  internet: addressEndpoint('internet', ['203.0.113.10']),
};
const namespaces = { default: { purpose: 'production' }, ops: { team: 'operations' }, stage: { purpose: 'testing' }, 'kube-system': {} };

function reached(policies: string): (path: string) => boolean {
  const objects = parseAllDocuments(policies).map((document, i): KubeObject => {
    const { namespace = 'default', ...spec } = document.toJS() as { namespace?: string };
    return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `recipe-${i}`, namespace }, spec };
  });
  const network = createNetwork({ namespaces, endpoints: Object.values(pods), policies: objects });
  return (path) => {
    const [, from = '', to = '', port = '80', protocol = 'TCP'] = /^(\w+) > (\w+)(?::(\d+))?(?:\/(UDP|TCP))?$/.exec(path) ?? [];
    return network.verdict(pods[from]!, pods[to]!, { port: Number(port), protocol: protocol === 'UDP' ? 'UDP' : 'TCP' }).state === 'open';
  };
}

interface Recipe {
  name: string;
  policies: string;
  open: string[];
  closed: string[];
}

const recipes: Recipe[] = [
  {
    name: 'without a policy everything is open',
    policies: 'namespace: elsewhere\npodSelector: {}',
    open: ['cart > shop', 'ops > shop', 'internet > shop', 'shop > internet'],
    closed: [],
  },
  {
    name: 'deny all traffic to an application',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: []',
    open: ['shop > shop', 'shop > cart', 'cart > other', 'cart > stage', 'shop > internet'],
    closed: ['cart > shop', 'ops > shop', 'internet > shop', 'stage > shop'],
  },
  {
    name: 'limit traffic to an application to pods of the same one',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ from: [{ podSelector: { matchLabels: { app: shop } } }] }]',
    open: ['cart > shop', 'report > shop:5000'],
    // A pod selector alone speaks of the policy's own namespace.
    closed: ['other > shop', 'stage > shop', 'internet > shop'],
  },
  {
    name: 'deny all traffic of a namespace that no other policy allows',
    policies: 'podSelector: {}\npolicyTypes: [Ingress]',
    open: ['shop > stage', 'shop > internet', 'cart > ops'],
    closed: ['cart > shop', 'shop > other', 'ops > cart', 'internet > report'],
  },
  {
    name: 'allow all traffic to an application beats a denial beside it, because policies add up',
    policies: 'podSelector: {}\ningress: []\n---\npodSelector: { matchLabels: { role: api } }\ningress: [{}]',
    open: ['cart > shop', 'ops > shop:5000', 'internet > shop', 'stage > shop'],
    closed: ['shop > cart', 'ops > cart'],
  },
  {
    name: 'keep other namespaces out',
    policies: 'podSelector: {}\ningress: [{ from: [{ podSelector: {} }] }]',
    open: ['cart > shop', 'other > shop', 'shop > stage'],
    closed: ['ops > shop', 'stage > cart', 'internet > shop', 'dns > shop'],
  },
  {
    name: 'allow traffic to an application from all namespaces',
    policies: 'podSelector: {}\ningress: []\n---\npodSelector: { matchLabels: { role: api } }\ningress: [{ from: [{ namespaceSelector: {} }] }]',
    open: ['ops > shop', 'stage > shop', 'cart > shop'],
    closed: ['internet > shop', 'ops > cart'],
  },
  {
    name: 'allow traffic from one kind of namespace',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ from: [{ namespaceSelector: { matchLabels: { purpose: production } } }] }]',
    open: ['cart > shop', 'other > shop'],
    closed: ['stage > shop', 'ops > shop', 'internet > shop'],
  },
  {
    name: 'allow traffic from a namespace by the name label that Kubernetes sets',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: stage } } }] }]',
    open: ['stage > shop'],
    closed: ['cart > shop', 'ops > shop'],
  },
  {
    name: 'allow traffic from some pods of another namespace: both selectors in one peer',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ from: [{ namespaceSelector: { matchLabels: { team: operations } }, podSelector: { matchLabels: { type: monitor } } }] }]',
    open: ['ops > shop'],
    closed: ['opsTool > shop', 'cart > shop', 'stage > shop'],
  },
  {
    name: 'two peers instead of one mean either, which is wider',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ from: [{ namespaceSelector: { matchLabels: { team: operations } } }, { podSelector: { matchLabels: { type: monitor } } }] }]',
    open: ['ops > shop', 'opsTool > shop'],
    closed: ['cart > shop'],
  },
  {
    name: 'allow traffic from outside of the cluster',
    policies: 'podSelector: {}\ningress: []\n---\npodSelector: { matchLabels: { role: api } }\ningress: [{ from: [] }]',
    open: ['internet > shop', 'ops > shop'],
    closed: ['internet > cart'],
  },
  {
    name: 'allow traffic to one port only',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ ports: [{ port: 5000 }], from: [{ podSelector: { matchLabels: { role: cart } } }] }]',
    open: ['cart > shop:5000'],
    closed: ['cart > shop:80', 'cart > shop:5000/UDP', 'report > shop:5000'],
  },
  {
    name: 'name the port as the container does',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ ports: [{ port: admin }] }]',
    open: ['cart > shop:5000', 'internet > shop:5000'],
    closed: ['cart > shop:80', 'cart > shop:5001'],
  },
  {
    name: 'open a range of ports',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ ports: [{ port: 5000, endPort: 5010 }] }]',
    open: ['cart > shop:5000', 'cart > shop:5010'],
    closed: ['cart > shop:4999', 'cart > shop:5011'],
  },
  {
    name: 'allow traffic from pods with any of several labels',
    policies: 'podSelector: { matchLabels: { role: api } }\ningress: [{ from: [{ podSelector: { matchLabels: { role: cart } } }, { podSelector: { matchExpressions: [{ key: role, operator: In, values: [report, search] }] } }] }]',
    open: ['cart > shop', 'report > shop'],
    closed: ['other > shop', 'stage > shop'],
  },
  {
    name: 'deny an application to send anything',
    policies: 'podSelector: { matchLabels: { role: api } }\npolicyTypes: [Egress]\negress: []',
    open: ['cart > shop', 'internet > shop', 'shop > shop'],
    closed: ['shop > cart', 'shop > internet', 'shop > dns:53/UDP'],
  },
  {
    name: 'an egress rule alone makes a policy deny what comes in, too',
    policies: 'podSelector: { matchLabels: { role: api } }\negress: [{}]',
    open: ['shop > cart', 'shop > internet'],
    closed: ['cart > shop'],
  },
  {
    name: 'let an application ask for names and nothing else',
    policies: 'podSelector: { matchLabels: { role: api } }\npolicyTypes: [Egress]\negress: [{ ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }] }]',
    open: ['shop > dns:53/UDP', 'shop > dns:53/TCP', 'shop > internet:53/UDP', 'cart > shop'],
    closed: ['shop > dns:80', 'shop > cart', 'shop > internet'],
  },
  {
    name: 'let nothing of a namespace leave it',
    policies: 'podSelector: {}\npolicyTypes: [Egress]\negress: [{ to: [{ podSelector: {} }] }]',
    open: ['shop > cart', 'stage > shop'],
    closed: ['shop > stage', 'shop > dns:53/UDP', 'shop > internet'],
  },
  {
    name: 'let an application reach the cluster and not the internet',
    policies: 'podSelector: { matchLabels: { role: api } }\npolicyTypes: [Egress]\negress: [{ to: [{ namespaceSelector: {} }] }]',
    open: ['shop > cart', 'shop > stage', 'shop > dns:53/UDP'],
    closed: ['shop > internet'],
  },
  {
    name: 'let an application reach a network but for a part of it',
    policies: 'podSelector: { matchLabels: { role: api } }\npolicyTypes: [Egress]\negress: [{ to: [{ ipBlock: { cidr: 203.0.113.0/24, except: [203.0.113.64/26] } }] }]',
    open: ['shop > internet'],
    closed: ['shop > cart', 'shop > stage'],
  },
  {
    name: 'the part left out stays closed',
    policies: 'podSelector: { matchLabels: { role: api } }\npolicyTypes: [Egress]\negress: [{ to: [{ ipBlock: { cidr: 203.0.113.0/24, except: [203.0.113.0/28] } }] }]',
    open: [],
    closed: ['shop > internet'],
  },
  {
    name: 'deny everything both ways',
    policies: 'podSelector: {}\npolicyTypes: [Ingress, Egress]',
    open: ['shop > shop', 'ops > stage'],
    closed: ['cart > shop', 'shop > dns:53/UDP', 'ops > shop', 'shop > ops'],
  },
];

describe('recipes of NetworkPolicies', () => {
  test.each(recipes)('$name', ({ policies, open, closed }) => {
    const reaches = reached(policies);
    expect(open.filter((path) => !reaches(path)), 'should be open').toEqual([]);
    expect(closed.filter(reaches), 'should be closed').toEqual([]);
  });
});
