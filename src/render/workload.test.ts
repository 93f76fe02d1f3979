import { expect, test } from 'vitest';
import { asDict, valueAt } from '../lib/read-unknown.js';
import { platformOf, workloadOf } from './platform.fixture.js';
import { workloadDrafts } from './workload.js';

const secrets = new Map([['db', 'S3cr3tValue'], ['mostik-seed', 'abc']]);

function made(given: Parameters<typeof workloadOf>[0], more: object = {}, table = secrets) {
  const platform = platformOf({ web: { source: workloadOf(given), ...more } }, { name: 'shop' });
  const { drafts, diagnostics } = workloadDrafts(platform, platform.components[0]!, table);
  return { objects: drafts.map(({ object }) => object), diagnostics };
}

test('an image alone is a Deployment', () => {
  const { objects } = made({});
  expect(objects).toEqual([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'shop' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'shop' } },
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'shop' } },
          spec: {
            automountServiceAccountToken: false,
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            containers: [{ name: 'web', image: 'nginx:1.27', securityContext: { allowPrivilegeEscalation: false } }],
          },
        },
      },
    },
  ]);
});

test('a port gets a Service on 80, exposure an Ingress, a health path a readiness probe', () => {
  const { objects, diagnostics } = made(
    { port: 8000, healthPath: '/health', resources: { requests: { cpu: 0.25, memory: '64Mi' }, limits: { cpu: 2 } }, command: ['run'], args: ['-x'] },
    { expose: { host: 'a.example.org', path: '/', class: 'nginx', tlsSecret: 'tls' } },
  );
  expect(diagnostics).toEqual([]);
  expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'Deployment', 'Ingress']);
  expect(valueAt(objects[0], 'spec', 'ports')).toEqual([{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }]);
  expect(valueAt(objects[1], 'spec', 'template', 'spec', 'containers', 0)).toEqual({
    name: 'web',
    image: 'nginx:1.27',
    command: ['run'],
    args: ['-x'],
    ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 5, timeoutSeconds: 3 },
    resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { cpu: '2' } },
    securityContext: { allowPrivilegeEscalation: false },
  });
  expect(objects[2]!['spec']).toEqual({
    ingressClassName: 'nginx',
    tls: [{ hosts: ['a.example.org'], secretName: 'tls' }],
    rules: [{ host: 'a.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }],
  });
});

test('a secret in env is a Secret of its own, and its change restarts the pods', () => {
  const env = { PASSWORD: { secret: 'db' }, COUNT: 3, ON: true, NAME: 'x' };
  const { objects } = made({ env });
  expect(objects[0]).toMatchObject({ kind: 'Secret', metadata: { name: 'web-env' }, data: { PASSWORD: Buffer.from('S3cr3tValue').toString('base64') } });
  expect(valueAt(objects[1], 'spec', 'template', 'spec', 'containers', 0, 'env')).toEqual([
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'web-env', key: 'PASSWORD' } } },
    { name: 'COUNT', value: '3' },
    { name: 'ON', value: 'true' },
    { name: 'NAME', value: 'x' },
  ]);
  const checksum = (table: Map<string, string>) => asDict(valueAt(made({ env }, {}, table).objects[1], 'spec', 'template', 'metadata', 'annotations'))['mostik.dev/env-checksum'];
  expect(checksum(secrets)).toMatch(/^[0-9a-f]{32}$/);
  expect(checksum(secrets)).toBe(checksum(new Map(secrets)));
  expect(checksum(new Map([...secrets, ['db', 'other']]))).not.toBe(checksum(secrets));
  expect(checksum(new Map([...secrets, ['mostik-seed', 'other']]))).not.toBe(checksum(secrets));
});

test('pods get a token of the API only where an edge says that they talk to it', () => {
  const { objects } = made({}, { edges: [{ kind: 'kubernetes-api', from: 'web', use: 0 }] });
  expect(valueAt(objects[0], 'spec', 'template', 'spec', 'automountServiceAccountToken')).toBe(true);
});

test('an exposure without a port, or to another port, is refused', () => {
  const expose = { host: 'a', path: '/' };
  expect(made({}, { expose }).diagnostics.map(({ code }) => code)).toEqual(['expose-no-port']);
  expect(made({ port: 8000 }, { expose: { ...expose, port: 9000 } }).diagnostics.map(({ message }) => message)).toEqual([
    "web.expose.port: got 9000, expected 8000 (the workload's port), 80 (its Service's) or nothing",
  ]);
  expect(made({ port: 8000 }, { expose: { ...expose, port: 8000 } }).diagnostics).toEqual([]);
});
