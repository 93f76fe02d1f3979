import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { at, chartFolder, helm, helmMissing, refusal, set, template } from './helm.js';

const read = (name: string): string => readFileSync(join(chartFolder, name), 'utf8');
const defaults: unknown = parse(read('values.yaml'));
const schema: unknown = JSON.parse(read('values.schema.json'));

/** Every path of the values that holds no further keys, with its value. */
function leaves(value: unknown, path: string[] = []): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** The schema of one path, with references followed. */
function schemaAt(path: string): unknown {
  return path.split('.').reduce<unknown>((parent, key) => follow(at(at(parent, 'properties'), key)), schema);
}

function follow(part: unknown): unknown {
  const reference = at(part, '$ref');
  return typeof reference === 'string' ? at(schema, reference.slice(2).replaceAll('/', '.')) : part;
}

describe('the values and their schema', () => {
  test('the defaults are those of the values model', () => {
    const service = (n: 1 | 2): object => ({
      enabled: true,
      webApp: {
        image: { repository: `microservice${n}`, tag: 'latest', pullPolicy: 'IfNotPresent' },
        service: { type: 'ClusterIP', port: 80, targetPort: 5000 + n, nodePort: null },
        replicas: 1,
        liveReload: false,
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
      },
      postgres: {
        enabled: true,
        image: { repository: 'postgres', tag: '15', pullPolicy: 'IfNotPresent' },
        service: { port: 5432 },
        persistence: { enabled: true, size: '1Gi', storageClass: '' },
        auth: { database: `service${n}_db`, username: `service${n}_user`, password: '', existingSecret: '' },
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
      },
    });
    expect(defaults).toEqual({
      global: { namespace: 'default', labels: {} },
      microservice1: service(1),
      microservice2: service(2),
      preconditions: { enabled: true, image: { repository: '', tag: '', pullPolicy: 'IfNotPresent' } },
    });
  });

  test('every setting has a title and a description, and every map is closed', () => {
    for (const [path] of leaves(defaults)) {
      expect(schemaAt(path), path).toMatchObject({ title: expect.any(String), description: expect.any(String) });
      for (let parent = path; parent.includes('.'); ) {
        parent = parent.slice(0, parent.lastIndexOf('.'));
        expect(schemaAt(parent), parent).toMatchObject({ type: 'object', additionalProperties: false, title: expect.any(String) });
      }
    }
  });

  test('the chart’s README lists every setting with its default', () => {
    const rows = new Map([...read('README.md').matchAll(/^\| `([\w.]+)` \| `(.*?)` \|/gm)].map(([, path, value]) => [path, value]));
    const listed = leaves(defaults).filter(([path]) => !path.startsWith('microservice2.')).map(([path, value]) => [path, JSON.stringify(value)]);
    expect([...rows]).toEqual(listed);
  });
});

describe.skipIf(helmMissing)(`values that Helm refuses (${helmMissing ?? 'real Helm'})`, { timeout: 60_000 }, () => {
  test.each<[string, unknown, string]>([
    ['microservice1.webApp.replcas', 2, "at '/microservice1/webApp': additional properties 'replcas' not allowed"],
    ['microservice3.enabled', true, "additional properties 'microservice3' not allowed"],
    ['global.region', 'eu', "at '/global': additional properties 'region' not allowed"],
    ['microservice1.enabled', 'yes', "at '/microservice1/enabled': got string, want boolean"],
    ['microservice1.webApp.replicas', '3', "at '/microservice1/webApp/replicas': got string, want integer"],
    ['microservice1.webApp.replicas', -1, "at '/microservice1/webApp/replicas': minimum"],
    ['microservice1.webApp.replicas', 1.5, 'got number, want integer'],
    ['microservice1.webApp.service.type', 'ExternalName', "value must be one of 'ClusterIP', 'NodePort', 'LoadBalancer'"],
    ['microservice1.webApp.service.port', 70000, "at '/microservice1/webApp/service/port': maximum"],
    ['microservice1.webApp.service.targetPort', 80, "at '/microservice1/webApp/service/targetPort': minimum"],
    ['microservice1.webApp.service.nodePort', 80, "at '/microservice1/webApp/service/nodePort': minimum"],
    ['microservice1.webApp.image.pullPolicy', 'Sometimes', "value must be one of 'IfNotPresent', 'Always', 'Never'"],
    ['microservice1.webApp.image.repository', 'Not A Name', "'Not A Name' does not match pattern"],
    ['microservice1.postgres.image.tag', 15, "at '/microservice1/postgres/image/tag': got number, want string"],
    ['microservice1.postgres.image.tag', '-15', "'-15' does not match pattern"],
    ['microservice1.postgres.persistence.size', '1 GB', "'1 GB' does not match pattern"],
    ['microservice1.postgres.persistence.size', '100', "'100' does not match pattern"],
    ['microservice1.postgres.persistence.storageClass', 'Fast', "'Fast' does not match pattern"],
    ['microservice1.postgres.auth.database', 'service1-db', "'service1-db' does not match pattern"],
    ['microservice1.postgres.auth.username', 'Робот', 'does not match pattern'],
    ['microservice1.webApp.resources.limits.cpu', 1, "at '/microservice1/webApp/resources/limits/cpu': got number, want string"],
    ['microservice1.webApp.resources.limits.cpu', '100mm', "'100mm' does not match pattern"],
    ['microservice1.webApp.resources.limits.memory', '100mb', "'100mb' does not match pattern"],
    ['microservice1.webApp.resources.limits.gpu', '1', "additional properties 'gpu' not allowed"],
    ['global.namespace', 'My_Namespace', "'My_Namespace' does not match pattern"],
    ['global.labels', { 'app.kubernetes.io/name': 'mine' }, "invalid propertyName 'app.kubernetes.io/name'"],
    ['global.labels', { team: 5 }, 'got number, want string'],
    ['preconditions.image.tag', '!', "'!' does not match pattern"],
  ])('%s: %j', (path, value, message) => {
    expect(refusal(...set({ [path]: value }))).toContain(message);
  });

  test('a password that is refused is not shown', () => {
    const { stderr } = helm('template', 'demo', chartFolder, ...set({ 'microservice1.postgres.auth.password': 'sécret-value' }));
    expect(stderr).toContain('microservice1.postgres.auth.password has a character that is not printable ASCII');
    expect(stderr).not.toContain('sécret-value');
  });

  test.each<[string, unknown]>([
    ['microservice1.webApp.replicas', 0],
    ['microservice1.webApp.resources', { limits: { memory: '1.5Gi' } }],
    ['microservice1.webApp.image.repository', 'localhost:5000/team/micro_service.one'],
    ['microservice1.postgres.persistence.size', '0.5Gi'],
    ['microservice1.postgres.persistence.storageClass', 'kubernetes.io-fast.v2'],
    ['global.labels', { 'example.org/Team': 'A_b.c', plain: '' }],
    ['preconditions.image.repository', 'registry.example.org/tools'],
  ])('%s may be %j', (path, value) => {
    expect(() => template(...set({ [path]: value }))).not.toThrow();
  });
});
