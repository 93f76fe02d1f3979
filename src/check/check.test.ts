import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { implicitAnnotation, type Hook, type KubeObject, type ResolvedPlatform } from '../model/index.js';
import { platformOf, workloadOf } from '../render/platform.fixture.js';
import { claims } from './claims.js';
import { envInGit } from './env-in-git.js';
import { everydaySecrets } from './everyday-secrets.js';
import { exposure } from './exposure.js';
import { check } from './index.js';
import { missingReferences } from './missing-references.js';
import { deployment, desired, lines, object } from './objects.fixture.js';
import { hostPorts, nodePorts } from './ports.js';
import { serviceSelectors } from './service-selectors.js';

const platform = platformOf({ web: { source: { kind: 'manifests', paths: [] } }, db: { source: { kind: 'manifests', paths: [] } } });

describe('missing references', () => {
  const hungry = deployment('web', {
    serviceAccountName: 'runner',
    imagePullSecrets: [{ name: 'pull' }],
    initContainers: [{ name: 'first', envFrom: [{ secretRef: { name: 'all' } }, { configMapRef: { name: 'maybe', optional: true } }] }],
    containers: [
      {
        name: 'c',
        env: [
          { name: 'A', valueFrom: { secretKeyRef: { name: 'web-secret', key: 'pasword' } } },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'web-config', key: 'host' } } },
          { name: 'C', valueFrom: { secretKeyRef: { name: 'web-secrt', key: 'password' } } },
          { name: 'D', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
      },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'config', configMap: { name: 'web-config', items: [{ key: 'host', path: 'h' }, { key: 'prot', path: 'p' }] } },
      { name: 'all', projected: { sources: [{ secret: { name: 'absent' } }, { configMap: { name: 'kube-root-ca.crt' } }, { serviceAccountToken: { path: 't' } }] } },
    ],
  });
  const there = [object('Secret', 'web-secret', { data: { password: 'eA==' } }), object('ConfigMap', 'web-config', { data: { host: 'h' }, binaryData: { port: 'eA==' } })];

  test('are named with their place and the nearest right name', () => {
    expect(lines(missingReferences(platform, desired(hungry, ...there)))).toEqual([
      'warning reference-missing Deployment/shop/web: spec.template.spec.serviceAccountName: ServiceAccount runner is not in this platform (namespace shop) (if the cluster has it, say so in spec.cluster.provides: ServiceAccount/shop/runner)',
      'warning reference-missing Deployment/shop/web: spec.template.spec.imagePullSecrets[0]: Secret pull is not in this platform (namespace shop) (if the cluster has it, say so in spec.cluster.provides: Secret/shop/pull)',
      'warning reference-missing Deployment/shop/web: spec.template.spec.volumes[data]: PersistentVolumeClaim data is not in this platform (namespace shop) (if the cluster has it, say so in spec.cluster.provides: PersistentVolumeClaim/shop/data)',
      'error reference-key-missing Deployment/shop/web: spec.template.spec.volumes[config]: ConfigMap web-config has no key prot: it has host, port (did you mean port?)',
      'warning reference-missing Deployment/shop/web: spec.template.spec.volumes[all]: Secret absent is not in this platform (namespace shop) (if the cluster has it, say so in spec.cluster.provides: Secret/shop/absent)',
      'warning reference-missing Deployment/shop/web: spec.template.spec.initContainers[first].envFrom[0]: Secret all is not in this platform (namespace shop) (if the cluster has it, say so in spec.cluster.provides: Secret/shop/all)',
      'error reference-key-missing Deployment/shop/web: spec.template.spec.containers[c].env[A]: Secret web-secret has no key pasword: it has password (did you mean password?)',
      'warning reference-missing Deployment/shop/web: spec.template.spec.containers[c].env[C]: Secret web-secrt is not in this platform (namespace shop) (did you mean web-secret? if the cluster has it, say so in spec.cluster.provides: Secret/shop/web-secrt)',
    ]);
  });

  test('are certain where this platform makes the namespace, but not where it only fills a gap or where others keep it', () => {
    const severities = (namespace: KubeObject, of: ResolvedPlatform = platform) => new Set(missingReferences(of, desired(namespace, hungry, ...there)).filter(({ code }) => code === 'reference-missing').map(({ severity }) => severity));
    const plain = object('Namespace', 'shop', {}, '');
    const external = platformOf({ web: { source: workloadOf(), external: ['Namespace/shop'] } });
    expect([...severities(plain)]).toEqual(['error']);
    expect([...severities(object('Namespace', 'shop', { metadata: { annotations: { [implicitAnnotation]: 'true' } } }, ''))]).toEqual(['warning']);
    expect([...severities(plain, external)]).toEqual(['warning']);
  });

  test('are not reported where the cluster, an operator or Kubernetes has them', () => {
    const wants = (name: string) => deployment(name, { imagePullSecrets: [{ name }], serviceAccountName: 'default' });
    const provides = platformOf({}, { cluster: { ...platform.cluster, provides: ['Secret/shop/given', 'ClusterIssuer/le', 'keda'] } });
    const operators = [
      object('cert-manager.io/v1 Certificate', 'x', { spec: { secretName: 'from-certificate' } }),
      object('external-secrets.io/v1 ExternalSecret', 'from-external'),
      object('bitnami.com/v1alpha1 SealedSecret', 'from-sealed'),
      object('networking.k8s.io/v1 Ingress', 'i', { metadata: { annotations: { 'cert-manager.io/cluster-issuer': 'le' } }, spec: { tls: [{ secretName: 'from-ingress' }] } }),
    ];
    const workloads = ['given', 'from-certificate', 'from-external', 'from-sealed', 'from-ingress'].map(wants);
    expect(missingReferences(provides, desired(...workloads, ...operators))).toEqual([]);
  });

  test('a hook before the first install cannot use what that install makes', () => {
    const job = (events: Hook['events']) => ({ of: object('batch/v1 Job', 'check', { spec: { template: { spec: { containers: [{ name: 'c', envFrom: [{ secretRef: { name: 's' } }] }] } } } }), hook: { events } });
    const secret = object('Secret', 's');
    expect(lines(missingReferences(platform, desired(job(['pre-install']), secret)))).toEqual([
      'error reference-too-late Job/shop/check: spec.template.spec.containers[c].envFrom[0]: Secret s is made by web after this hook has run (make s a pre-install hook with a lower weight, or move it into a component that web needs)',
    ]);
    expect(missingReferences(platform, desired(job(['post-install']), secret))).toEqual([]);
    expect(missingReferences(platform, desired(job(['pre-install']), { of: secret, hook: { events: ['pre-install'] } }))).toEqual([]);
    expect(missingReferences(platform, desired(job(['pre-install']), { of: secret, component: 'db' }))).toEqual([]);
  });
});

describe('ports', () => {
  const onHost = (name: string, ...ports: object[]) => deployment(name, { containers: [{ name: 'c', ports }] });

  test('of nodes that two workloads want', () => {
    const found = hostPorts(
      platform,
      desired(
        onHost('a', { containerPort: 1, hostPort: 80 }, { containerPort: 2, hostPort: 53, protocol: 'UDP', hostIP: '10.0.0.1' }),
        onHost('b', { containerPort: 1, hostPort: 80, hostIP: '10.0.0.2' }, { containerPort: 2, hostPort: 53 }),
        onHost('c', { containerPort: 2, hostPort: 53, protocol: 'UDP', hostIP: '10.0.0.2' }),
        deployment('d', { hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 53 }] }] }),
      ),
    );
    expect(found.map(({ message }) => message)).toEqual([
      'Deployment/shop/b: port 80/TCP of the node is also taken by Deployment/shop/a',
      'Deployment/shop/d: port 53/TCP of the node is also taken by Deployment/shop/b',
    ]);
  });

  test('of nodes that two Services want, whatever their namespace', () => {
    const service = (name: string, nodePort: number, protocol: string | undefined, namespace: string) => object('Service', name, { spec: { ports: [{ port: 1, nodePort, ...(protocol ? { protocol } : {}) }] } }, namespace);
    const found = nodePorts(platform, desired(service('a', 30080, undefined, 'x'), service('b', 30080, 'TCP', 'y'), service('c', 30080, 'UDP', 'x')));
    expect(found.map(({ message, severity }) => `${severity} ${message}`)).toEqual(['error Service/y/b: nodePort 30080/TCP is also taken by Service/x/a']);
  });
});

describe('selectors of Services', () => {
  const service = (selector: object | undefined, fields: object = {}) => object('Service', 's', { spec: { selector, ...fields } });

  test('that fit pods of two components', () => {
    const other = { of: deployment('db', {}, { app: 'shared' }), component: 'db' };
    const found = serviceSelectors(platform, desired(service({ app: 'shared' }), deployment('web', {}, { app: 'shared' }), other));
    expect(found.map(({ message }) => message)).toEqual(['Service/shop/s: its selector (app=shared) also fits the pods of Deployment/shop/db of db']);
    expect(serviceSelectors(platform, desired(service({ app: 'shared' }), other))).toEqual([]);
  });

  test('that fit none, unless an operator may make the pods', () => {
    const near = deployment('web', {}, { app: 'web', tier: 'front' });
    expect(lines(serviceSelectors(platform, desired(service({ app: 'web', tier: 'frnt' }), near)))).toEqual([
      'warning service-selects-none Service/shop/s: its selector (app=web, tier=frnt) fits no pods of this platform (the pods of Deployment/shop/web come nearest: app=web, tier=front)',
    ]);
    expect(serviceSelectors(platform, desired(service({ app: 'x' }), object('example.org/v1 Database', 'd')))).toEqual([]);
    expect(serviceSelectors(platform, desired(service(undefined), service({ a: 'b' }, { type: 'ExternalName' })))).toEqual([]);
  });
});

describe('exposure', () => {
  const exposed = platformOf({ web: { source: { kind: 'chart', path: '/c' }, expose: { host: 'shop.example.org', path: '/' } }, native: { source: workloadOf(), expose: { host: 'x', path: '/' } } });
  const ingress = (...hosts: string[]) => object('networking.k8s.io/v1 Ingress', 'i', { spec: { rules: hosts.map((host) => ({ host })) } });
  const codes = (...objects: Parameters<typeof desired>) => exposure(exposed, desired(...objects)).map(({ code, message }) => `${code} ${message}`);

  test('of a chart needs an Ingress or route of its own for that host', () => {
    expect(codes()).toEqual(['expose-without-ingress web: exposed as shop.example.org, but it renders no Ingress or route']);
    expect(codes({ of: ingress('shop.example.org'), component: 'db' })).toHaveLength(1);
    expect(codes(ingress('a.example.org', 'b.example.org'))).toEqual(['expose-other-host web: exposed as shop.example.org, but its Ingress is for a.example.org, b.example.org']);
    expect(codes(ingress('*.shop.example.org'))).toHaveLength(1);
    expect(codes(ingress('a', 'shop.example.org'))).toEqual([]);
    expect(codes(ingress('*.example.org'))).toEqual([]);
    expect(codes(object('gateway.networking.k8s.io/v1 HTTPRoute', 'r', { spec: { hostnames: ['shop.example.org'] } }))).toEqual([]);
    expect(codes(object('traefik.io/v1alpha1 IngressRoute', 'r', { spec: { routes: [{ match: 'Host(`shop.example.org`) && PathPrefix(`/`)' }] } }))).toEqual([]);
    expect(codes(object('traefik.io/v1alpha1 IngressRoute', 'r', { spec: { routes: [{ match: 'Host(`other.example.org`)' }] } }))).toHaveLength(1);
  });
});

test('claims need access modes and a size', () => {
  const claim = (name: string, spec: object) => object('PersistentVolumeClaim', name, { spec });
  const good = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const set = object('apps/v1 StatefulSet', 'db', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { ...good, accessModes: [] } }] } });
  expect(claims(platform, desired(claim('good', good), claim('bare', {}), claim('zero', { ...good, resources: { requests: { storage: '0' } } }), set)).map(({ message }) => message)).toEqual([
    'PersistentVolumeClaim/shop/bare: spec.accessModes: got nothing, expected at least one of ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod',
    'PersistentVolumeClaim/shop/bare: spec.resources.requests.storage: got nothing, expected a size above 0 such as 1Gi',
    'PersistentVolumeClaim/shop/zero: spec.resources.requests.storage: got "0", expected a size above 0 such as 1Gi',
    'StatefulSet/shop/db: spec.volumeClaimTemplates[data].spec.accessModes: got an empty list, expected at least one of ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod',
  ]);
});

test('a .env that Git has is an error, one that it would take a warning', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mostik-env-'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'pipe' });
  const codes = () => envInGit(platformOf({}, { dir }), desired()).map(({ code, severity }) => `${severity} ${code}`);
  try {
    expect(codes()).toEqual([]);
    await writeFile(join(dir, '.env'), 'A=1\n');
    expect(codes()).toEqual([]);
    git('init', '-q');
    expect(codes()).toEqual(['warning env-not-ignored']);
    await writeFile(join(dir, '.gitignore'), '.env\n');
    expect(codes()).toEqual([]);
    git('add', '-f', '.env');
    expect(codes()).toEqual(['error env-in-git']);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('a secret whose value everybody can read somewhere is named, its value is not', () => {
  const objects = desired(deployment('web', { containers: [{ name: 'c', image: 'registry/postgres:15' }] }, { app: 'web' }), object('ConfigMap', 'admin', { metadata: { labels: { tier: 'gold' } } }));
  const secrets = new Map([['db', 'postgres'], ['user', 'admin'], ['label', 'gold'], ['good', 'x7Kp2mQ9'], ['part', 'adm'], ['generated/web/0', 'postgres']]);
  expect(everydaySecrets(platform, { ...objects, secrets }).map(({ message }) => message)).toEqual([
    'secret db: its value also stands in containers[c].image of Deployment/shop/web, where everybody can read it',
    'secret user: its value also stands in name of ConfigMap/shop/admin, where everybody can read it',
    'secret label: its value also stands in label tier of ConfigMap/shop/admin, where everybody can read it',
  ]);
});

test('a good platform has no findings', async () => {
  const secret = object('Secret', 's', { stringData: { a: 'x' } });
  const web = deployment('web', { containers: [{ name: 'c', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }] }] });
  const objects = desired(secret, web, object('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }));
  expect(await check(platform, objects, { engine: { path: '' } })).toEqual([]);
});
