import { describe, expect, test } from 'vitest';
import { shippedPolicies } from '../catalog/policies.js';
import { MostikError } from '../diagnostics/index.js';
import { providedControllers, type ComponentSource, type Desired, type Edge, type KubeObject, type PolicyRule, type ResolvedComponent, type ResolvedPlatform } from '../model/index.js';
import { platformOf } from '../render/platform.fixture.js';
import { matrixText, pathsText } from '../views/network-human.js';
import { matrixJson, pathsJson } from '../views/network-json.js';
import { plainLook } from '../views/look.js';
import { networkDns } from './network-dns.js';
import { networkEdges } from './network-edges.js';
import { networkExpose } from './network-expose.js';
import { networkPaths } from './network-paths.js';
import { reportMatrix, reportPaths } from './network-report.js';
import { desired, lines, object } from './objects.fixture.js';

/** Three components in namespace shop: gateway uses orchestrator on 8000, orchestrator uses database on postgres. */
const edges: Record<string, Edge[]> = {
  gateway: [{ kind: 'component', from: 'gateway', to: 'orchestrator', ports: [8000], use: 0 }],
  orchestrator: [{ kind: 'component', from: 'orchestrator', to: 'database', ports: ['postgres'], use: 0 }],
};

function shop({ action = 'enforce', own = {}, ...options }: { action?: PolicyRule['action'] | 'off'; own?: Record<string, Partial<ResolvedComponent>> } & Partial<ResolvedPlatform> = {}): ResolvedPlatform {
  const policy = shippedPolicies().get('tr-k8s-7')!.policy;
  const rules: PolicyRule[] = action === 'off' ? [] : [{ id: 'tr-k8s-7', action, policy, file: 'tr-k8s-7.yaml', own: false }];
  const part = (name: string): Partial<ResolvedComponent> & { source: ComponentSource } => ({ namespace: 'shop', edges: edges[name] ?? [], ...own[name], source: { kind: 'manifests', paths: [] } });
  return platformOf({ gateway: part('gateway'), orchestrator: part('orchestrator'), database: part('database') }, { policies: { rules, exceptions: [] }, ...options });
}

function workload(name: string, ports: object[] = [], spec: object = {}): KubeObject {
  return object('apps/v1 Deployment', name, { spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i', ports }], ...spec } } } });
}

const parts: { of: KubeObject; component: string }[] = [
  { component: 'gateway', of: workload('gateway', [{ name: 'http', containerPort: 8080 }]) },
  { component: 'orchestrator', of: workload('orchestrator', [{ name: 'http', containerPort: 8000 }, { name: 'metrics', containerPort: 9090 }]) },
  { component: 'database', of: workload('database', [{ name: 'sql', containerPort: 5432 }]) },
  { component: 'gateway', of: object('Service', 'gateway', { spec: { selector: { app: 'gateway' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } }) },
  { component: 'orchestrator', of: object('Service', 'orchestrator', { spec: { selector: { app: 'orchestrator' }, ports: [{ name: 'http', port: 8000, targetPort: 'http' }] } }) },
  { component: 'database', of: object('Service', 'database', { spec: { selector: { app: 'database' }, ports: [{ name: 'postgres', port: 15432, targetPort: 'sql' }] } }) },
];

function policy(name: string, spec: object): { of: KubeObject; component: string } {
  return { component: 'gateway', of: object('networking.k8s.io/v1 NetworkPolicy', name, { spec }) };
}
const pods = (app: string): object => ({ podSelector: { matchLabels: { app } } });
const denyAll = policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const dns = policy('dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }], ports: [{ port: 53, protocol: 'UDP' }] }] });
const toOrchestrator = policy('gateway-out', { ...pods('gateway'), policyTypes: ['Egress'], egress: [{ to: [pods('orchestrator')], ports: [{ port: 8000 }] }] });
const intoOrchestrator = policy('orchestrator-in', { ...pods('orchestrator'), ingress: [{ from: [pods('gateway')], ports: [{ port: 'http' }] }] });
const toDatabase = policy('orchestrator-out', { ...pods('orchestrator'), policyTypes: ['Egress'], egress: [{ to: [pods('database')], ports: [{ port: 5432 }] }] });
const intoDatabase = policy('database-in', { ...pods('database'), ingress: [{ from: [pods('orchestrator')], ports: [{ port: 5432 }] }] });
const good = [...parts, denyAll, dns, toOrchestrator, intoOrchestrator, toDatabase, intoDatabase];
const without = (...gone: object[]): Desired => desired(...good.filter((each) => !gone.includes(each)));

function found(platform: ResolvedPlatform, objects: Desired): string[] {
  return lines([networkEdges, networkExpose, networkPaths, networkDns].flatMap((each) => each(platform, objects)));
}

describe('policies of a platform\'s own', () => {
  test('that open the declared edges and nothing else pass', () => {
    expect(found(shop(), desired(...good))).toEqual([]);
  });

  test('fail when the default deny is taken out', () => {
    expect(found(shop(), without(denyAll))).toEqual([
      // What other policies select stays closed; the gateway's ingress was closed by the default deny alone.
      'error path-open gateway: Deployment/shop/gateway can be reached from pods of other namespaces on all ports, which no edge declares: no NetworkPolicy selects its pods for ingress (close it: network.policies: generated, or a default deny and rules for what is declared)',
    ]);
    expect(found(shop({ action: 'warn' }), without(denyAll))[0]).toMatch(/^warning path-open/);
    expect(found(shop({ action: 'off' }), without(denyAll))).toEqual([]);
  });

  test('that open too much are named with their rule', () => {
    const wide = policy('wide', { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }], policyTypes: ['Ingress', 'Egress'], egress: [{ to: [pods('database')] }] });
    expect(found(shop(), desired(...good, wide))).toEqual([
      'error path-open database: Deployment/shop/database can be reached from gateway on all ports, which no edge declares: spec.ingress[0] of NetworkPolicy/shop/wide lets them in (declare it (uses: [database] of gateway), or close it: network.policies: generated, or a default deny and rules for what is declared)',
    ]);
  });

  test('are told once, whatever the number of pods', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ component: 'database', of: workload(`replica-${i}`) }));
    const told = found(shop(), desired(...parts, ...many));
    expect(told.filter((line) => line.includes('database:'))).toHaveLength(1);
    expect(told[0]).toContain('no NetworkPolicy selects its pods');
    expect(told).toHaveLength(3);
  });

  test('may open what an exception names', () => {
    const exceptions = [{ rule: 'tr-k8s-7', object: 'Deployment/shop/gateway', reason: 'moved next month', until: '2999-01-01' }];
    const platform = shop();
    expect(found({ ...platform, policies: { ...platform.policies, exceptions } }, without(denyAll))).toEqual([]);
  });
});

describe('a declared edge that is cut', () => {
  test('where it should leave', () => {
    expect(found(shop(), without(toOrchestrator))).toEqual([
      'error edge-closed gateway uses orchestrator: closed on 8000: NetworkPolicy/shop/default-deny, NetworkPolicy/shop/dns select Deployment/shop/gateway for egress, and no rule lets it reach Deployment/shop/orchestrator on 8000 (missing: egress to pods app=orchestrator on 8000 for Deployment/shop/gateway)',
    ]);
  });

  test('where it should come in, and by a rule that has another port', () => {
    const wrong = policy('database-in', { ...pods('database'), ingress: [{ from: [pods('orchestrator')], ports: [{ port: 15432 }] }] });
    expect(found(shop(), desired(...good.filter((each) => each !== intoDatabase), wrong))).toEqual([
      'error edge-closed orchestrator uses database: closed on 5432: NetworkPolicy/shop/default-deny, NetworkPolicy/shop/database-in select Deployment/shop/database for ingress, and no rule lets Deployment/shop/orchestrator on 5432 in (spec.ingress[0] of NetworkPolicy/shop/database-in has the peer but not port 5432) (missing: ingress from pods app=orchestrator on 5432 for Deployment/shop/database)',
    ]);
  });

  test('points at its entry of uses', () => {
    const [diagnostic] = networkEdges(shop(), without(toOrchestrator));
    expect(diagnostic?.at).toEqual({ file: 'platform.yaml#gateway.uses.0' });
  });

  test('is a warning where some of the Service ports of an edge without ports are open', () => {
    const vague = shop({ own: { gateway: { edges: [{ kind: 'component', from: 'gateway', to: 'orchestrator', use: 0 }] } } });
    const twoPorts = { component: 'orchestrator', of: object('Service', 'orchestrator', { spec: { selector: { app: 'orchestrator' }, ports: [{ name: 'http', port: 8000, targetPort: 'http' }, { name: 'metrics', port: 9090 }] } }) };
    const objects = desired(...good.filter((each) => each.of.metadata.name !== 'orchestrator' || each.of.kind !== 'Service'), twoPorts);
    expect(found(vague, objects)).toEqual([expect.stringMatching(/^warning edge-closed gateway uses orchestrator: closed on 9090: /)]);
  });

  test('to a pod on the host network, where no label finds it', () => {
    const objects = desired(...good.filter((each) => each.of.kind !== 'Deployment' || each.of.metadata.name !== 'database'), { component: 'database', of: workload('database', [{ name: 'sql', containerPort: 5432 }], { hostNetwork: true }) });
    expect(found(shop(), objects)[0]).toContain('Deployment/shop/database runs on the host network, where no label finds it');
  });

  test('to addresses and to the API server', () => {
    const outside: Edge[] = [{ kind: 'cidr', from: 'gateway', cidr: '198.51.100.0/24', ports: [443], use: 0 }, { kind: 'kubernetes-api', from: 'gateway', use: 1 }];
    const platform = shop({ own: { gateway: { edges: [...edges['gateway']!, ...outside] } } });
    expect(found(platform, desired(...good)).map((line) => line.slice(0, 65))).toEqual([expect.stringContaining('edge-closed gateway uses 198.51.100.0/24: closed on 443'), expect.stringContaining('edge-closed gateway uses kubernetes-api')]);
    // One address is enough for an API server whose address nobody knows; a part of a network is not enough for the whole of it.
    const opened = policy('out', { ...pods('gateway'), policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ port: 443 }] }, { to: [{ ipBlock: { cidr: '198.51.100.0/25' } }] }] });
    expect(found(platform, desired(...good, opened))).toEqual([expect.stringContaining('lets through only some of the addresses that 198.51.100.0/24 may have')]);
  });

  test('between the scaler and the queue whose length it reads', () => {
    const scaled = { component: 'orchestrator', of: object('keda.sh/v1alpha1 ScaledObject', 'orchestrator', { spec: { triggers: [{ type: 'postgresql' }, { type: 'cpu' }] } }) };
    const platform = shop();
    platform.cluster.controllers = providedControllers(['keda']);
    expect(found(platform, desired(...good, scaled))).toEqual([expect.stringContaining('edge-closed keda reads database to scale orchestrator: closed on 5432')]);
  });
});

describe('an edge', () => {
  test('may not name a port that its target lacks', () => {
    const platform = shop({ own: { gateway: { edges: [{ kind: 'component', from: 'gateway', to: 'orchestrator', ports: [8081, 'htp'], use: 0 }] } } });
    expect(found(platform, desired(...parts))).toContainEqual('error edge-port-unknown gateway uses orchestrator on 8081, htp, which orchestrator does not have: it has 8000 (http) (name a port of one of its Services, by number or by name)');
  });

  test('to what has no port is an order alone', () => {
    const platform = shop({ own: { database: { edges: [{ kind: 'component', from: 'database', to: 'gateway', use: 0 }] } } });
    const job = [...good.filter((each) => !(each.component === 'gateway' && each.of.kind !== 'NetworkPolicy')), { component: 'gateway', of: object('batch/v1 Job', 'gateway', { spec: { template: { metadata: { labels: { app: 'gateway' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } } }) }];
    expect(found(platform, desired(...job))).toContainEqual(expect.stringContaining('warning edge-portless database uses gateway'));
  });

  test('to a host name needs its addresses beside it', () => {
    const external = { component: 'database', of: object('Service', 'database', { spec: { type: 'ExternalName', externalName: 'db.example.org' } }) };
    const objects = desired(...good.filter((each) => each.component !== 'database'), external);
    const use = { kind: 'component' as const, from: 'orchestrator', to: 'database', use: 0 };
    expect(found(shop({ own: { orchestrator: { edges: [use] } } }), objects)).toEqual([expect.stringContaining('warning edge-outside orchestrator uses database, which stands for db.example.org')]);
    const opened = policy('out', { ...pods('orchestrator'), policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/28' } }] }] });
    const named = shop({ own: { orchestrator: { edges: [use, { kind: 'cidr', from: 'orchestrator', cidr: '192.0.2.0/28', ports: [5432], use: 1 }] } } });
    expect(found(named, desired(...objects.objects.map(({ object: of, component }) => ({ of, component })), opened))).toEqual([]);
  });
});

describe('an exposed component', () => {
  const exposed = { own: { gateway: { expose: { host: 'shop.example.org', path: '/', class: 'nginx' } } } };
  test('needs a controller that is known', () => {
    expect(found(shop(exposed), desired(...good))).toEqual([expect.stringContaining('error expose-closed gateway: exposed, but closed: nothing says where the pods of the ingress controller run')]);
  });

  test('must let the controller of its class in', () => {
    const platform = shop(exposed);
    platform.cluster.controllers = providedControllers(['traefik', { name: 'edge', namespace: 'edge', pods: { app: 'edge' }, classes: ['nginx'] }]);
    expect(found(platform, desired(...good))).toEqual([expect.stringContaining('expose-closed gateway: exposed, but closed: edge does not reach Deployment/shop/gateway on 8080')]);
    const letIn = policy('in', { ...pods('gateway'), ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } }], ports: [{ port: 8080 }] }] });
    expect(found(platform, desired(...good, letIn))).toEqual([]);
  });

  test('alone is open to the controller', () => {
    const platform = shop();
    platform.cluster.controllers = providedControllers(['ingress-nginx']);
    const letIn = policy('in', { ...pods('database'), ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }] }] });
    expect(found(platform, desired(...good, letIn))).toEqual([expect.stringContaining('path-open database: Deployment/shop/database can be reached from ingress-nginx on all ports')]);
  });
});

test('pods that may send something need the DNS, those that may send nothing do not', () => {
  expect(found(shop(), without(dns))).toEqual(['gateway', 'orchestrator'].map((name): unknown => expect.stringMatching(new RegExp(`^warning dns-closed Deployment/shop/${name}: cannot ask for names`))));
});

describe('mostik check network', () => {
  test('says why a path is closed, and that it should be', () => {
    const paths = reportPaths(shop(), desired(...good), { from: 'gateway', to: 'database' });
    expect(pathsText(paths, plainLook)).toBe(
      [
        'Deployment/shop/gateway → Deployment/shop/database on 5432  ○ closed',
        '  ✓ nothing declares it',
        '  egress  ○ does not leave Deployment/shop/gateway',
        '            NetworkPolicy/shop/default-deny: allows nothing',
        '            NetworkPolicy/shop/dns: 1 rule, none for it',
        '            NetworkPolicy/shop/gateway-out: 1 rule, none for it',
        '  ingress ○ does not enter Deployment/shop/database',
        '            NetworkPolicy/shop/default-deny: allows nothing',
        '            NetworkPolicy/shop/database-in: 1 rule, none for it',
        '              · spec.ingress[0] from pods app=orchestrator on 5432 (another peer)',
        '',
        '✓ 1 path as declared',
      ].join('\n'),
    );
    expect(pathsJson(paths)).toMatchObject({ version: 1, agrees: true, paths: [{ from: 'Deployment/shop/gateway', port: 5432, state: 'closed', ingress: { policies: [{ rules: [] }, { rules: [{ missing: 'peer' }] }] } }] });
  });

  test('names the rule on each side of an open path, and what declares it', () => {
    const [path] = reportPaths(shop(), desired(...good), { from: 'Deployment/orchestrator', to: 'database', port: 'postgres' });
    expect(path).toMatchObject({ state: 'open', agrees: true, declared: { by: 'component', component: 'orchestrator' }, egress: { state: 'open' }, ingress: { state: 'open' } });
    expect(path?.egress.policies.at(-1)).toEqual({ policy: 'NetworkPolicy/shop/orchestrator-out', rules: [{ rule: 'spec.egress[0]', words: 'to pods app=database on 5432' }] });
  });

  test('takes the port of a Service for the port behind it', () => {
    const ports = (port: string): number[] => reportPaths(shop(), desired(...good), { from: 'gateway', to: 'database', port }).map((path) => path.port);
    expect([ports('15432'), ports('5432'), ports('postgres'), ports('sql')]).toEqual([[5432], [5432], [5432], [5432]]);
    expect(() => ports('mysql')).toThrow(MostikError);
  });

  test('does not agree with what is open and not declared, or declared and closed', () => {
    expect(reportPaths(shop(), desired(...parts), { from: 'gateway', to: 'database' }).map(({ agrees }) => agrees)).toEqual([false]);
    expect(reportPaths(shop(), without(toOrchestrator), { from: 'gateway', to: 'orchestrator', port: '8000' }).map(({ agrees }) => agrees)).toEqual([false]);
    expect(reportPaths(shop(), desired(...good), { from: 'gateway', to: '203.0.113.9' }).map(({ agrees, state }) => [agrees, state])).toEqual([[true, 'closed']]);
  });

  test('refuses an end that it does not know, with the nearest name', () => {
    const ask = (from: string): unknown => reportPaths(shop(), desired(...good), { from, to: 'dns' });
    expect(() => ask('gatway')).toThrow('--from gatway: no component, object or place has this name');
    expect(() => ask('ingress')).toThrow('the platform does not say where it runs');
  });

  test('shows who reaches whom', () => {
    const broken = desired(...good.filter((each) => each !== toOrchestrator && each !== intoDatabase), policy('database-in', { ...pods('database'), ingress: [{}] }), policy('gateway-out', { ...pods('gateway'), egress: [{ to: [pods('database')] }], policyTypes: ['Egress'] }));
    const matrix = reportMatrix(shop(), broken, {});
    expect(matrixText(matrix, plainLook)).toBe(
      [
        'from          to   1  2  3',
        'gateway            -  ✗  !',
        'orchestrator       ○  -  ●',
        'database           ○  ○  -',
        '',
        '  1 gateway',
        '  2 orchestrator',
        '  3 database',
        '',
        '● open   ○ closed   ✗ declared, but closed   ! open, but not declared   - itself',
        '',
        '✗ gateway → orchestrator  8000  declared, but closed',
        '! gateway → database  5432  not declared',
        '● orchestrator → database  5432',
      ].join('\n'),
    );
    expect(matrix.agrees).toBe(false);
    expect(reportMatrix(shop(), desired(...good), {}).agrees).toBe(true);
    expect(matrixJson(reportMatrix(shop(), desired(...good), { from: 'gateway' }))).toEqual({ version: 1, agrees: true, guarded: true, paths: [{ from: 'gateway', to: 'gateway', state: 'itself', ports: '' }, { from: 'gateway', to: 'orchestrator', state: 'open', ports: '8000' }, { from: 'gateway', to: 'database', state: 'closed', ports: '' }] });
  });
});
