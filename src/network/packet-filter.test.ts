import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/index.js';
import { packetFilter } from './packet-filter.js';

function pod(name: string, address: string, more: { labels?: Record<string, string>; ports?: object[]; hostNetwork?: boolean; phase?: string } = {}): KubeObject {
  const { labels = { app: name }, ports = [], hostNetwork = false, phase = 'Running' } = more;
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels }, spec: { hostNetwork, containers: [{ name: 'c', ports }] }, status: { podIP: address, phase } };
}

function policy(spec: object): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'rules', namespace: 'shop' }, spec };
}

function filterOf(pods: KubeObject[], policies: KubeObject[] = []): string {
  return packetFilter({ namespaces: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }], pods, policies, podRange: '10.126.0.0/16' }, 'rules');
}

const web = pod('web', '10.126.0.2');
const db = pod('db', '10.126.0.3', { ports: [{ name: 'sql', containerPort: 5432 }] });

describe('the rules of a node', () => {
  test('without policies let everything pass', () => {
    expect(filterOf([web, db])).toBe(`table ip rules {}
delete table ip rules
table ip rules {
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
  }
  chain input {
    type filter hook input priority filter; policy accept;
    ct state established,related accept
  }
}
`);
  });

  test('open what a policy opens, to the pod that it selects, and refuse the rest', () => {
    const rules = filterOf([web, db], [policy({ podSelector: { matchLabels: { app: 'db' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'sql' }] }] })]);
    expect(rules).toContain(`  chain in-10.126.0.3 {
    comment "Pod/shop/db"
    ip saddr 10.126.0.3 return
    ip saddr { 10.126.0.2 } tcp dport { 5432 } return
    meta l4proto tcp reject with tcp reset
    reject with icmp type admin-prohibited
  }`);
    expect(rules).toContain('    ip daddr vmap { 10.126.0.3 : jump in-10.126.0.3 }');
    expect(rules).not.toContain('out-');
  });

  test('hold what leaves a pod also on its way to the node', () => {
    const rules = filterOf([web, db], [policy({ podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] })]);
    expect(rules.match(/ip saddr vmap \{ 10\.126\.0\.2 : jump out-10\.126\.0\.2 \}/g)).toHaveLength(2);
  });

  test('a block gives its addresses without its exceptions', () => {
    const rules = filterOf([web], [policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.8/30'] } }], ports: [{ port: 443 }, { port: 8000, endPort: 8010 }] }] })]);
    expect(rules).toContain('    ip daddr 203.0.113.0-203.0.113.255 ip daddr != { 203.0.113.8-203.0.113.11 } tcp dport { 443, 8000-8010 } return');
  });

  test('a port by name means the number that each pod gives it, also where a block covers the pod', () => {
    const other = pod('other', '10.126.0.4', { ports: [{ name: 'sql', containerPort: 6432 }] });
    const rules = filterOf([web, db, other], [policy({ podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 'sql' }] }] })]);
    expect(rules).toContain('ip daddr { 10.126.0.3 } tcp dport { 5432 } return');
    expect(rules).toContain('ip daddr { 10.126.0.4 } tcp dport { 6432 } return');
  });

  test('leave out pods that have ended, and those in the network of the node', () => {
    const rules = filterOf([pod('ended', '10.126.0.8', { phase: 'Succeeded' }), pod('host', '10.127.255.1', { hostNetwork: true })], [policy({ podSelector: {}, policyTypes: ['Ingress'] })]);
    expect(rules).not.toMatch(/10\.126\.0\.8|10\.127\.255\.1/);
  });

  test('lead ports of the node on to their pods, from outside and from the node itself', () => {
    const rules = filterOf([pod('web', '10.126.0.2', { ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '10.127.255.1' }] })]);
    expect(rules.match(/fib daddr type local tcp dport 8080 dnat to 10\.126\.0\.2:80/g)).toHaveLength(2);
    expect(rules).toContain('ip daddr 10.127.255.1 udp dport 53 dnat to 10.126.0.2:53');
  });
});
