import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at, containersOf, find, helmMissing, isHook, set, template, type Rendered } from '../../helm-chart/tests/helm.js';
import { apiServerMissing, createApiServer, type TestApiServer } from '../for-tests/api-server.js';
import { freePort } from '../for-tests/postgres.js';
import { isClusterWide, resourcePath } from '../for-tests/resource-paths.js';
import { connectInCluster, Unreachable } from '../preconditions/api-server.js';
import { checkPreconditions } from '../preconditions/check.js';
import { readExpectations } from '../preconditions/expectations.js';
import { runPreconditions } from '../preconditions/run.js';

const missing = helmMissing ?? apiServerMissing;

describe.skipIf(missing)(`preconditions on a real API server (${missing ?? 'with the rights that the chart gives'})`, { timeout: 120_000 }, () => {
  let server: TestApiServer;
  let namespace = '';
  let number = 0;
  let clusterWide: string[] = [];

  beforeAll(async () => {
    server = await createApiServer();
  }, 120_000);

  afterAll(async () => {
    await server?.remove();
  }, 60_000);

  beforeEach(async () => {
    number += 1;
    namespace = `test-${number}`;
    await server.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  });

  afterEach(async () => {
    for (const path of clusterWide.reverse()) await server.send('DELETE', path);
    clusterWide = [];
  });

  async function create(object: Rendered): Promise<void> {
    const path = resourcePath(object.kind, namespace);
    await server.send('POST', path, object);
    if (isClusterWide(object.kind)) clusterWide.push(`${path}/${object.metadata.name}`);
  }

  const storageClass = (name: string, more: object = {}, isDefault = false): Promise<void> =>
    create({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } }, provisioner: 'example.org/disk', ...more });

  /** What the chart makes apart from hooks, as it would be there after an installation. */
  async function install(values: Record<string, unknown>): Promise<void> {
    for (const object of template('--namespace', namespace, ...set(values)).filter((each) => !isHook(each))) await create(object);
  }

  /** Gives the rights of the hook, and waits until the server knows of them: it learns of roles a moment after they are written. */
  async function grant(rights: readonly Rendered[]): Promise<void> {
    for (const object of rights) await create(object);
    const user = `system:serviceaccount:${namespace}:demo-preconditions`;
    const mayDo = async (resourceAttributes: object): Promise<unknown> =>
      at(await server.send('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, resourceAttributes } }), 'status.allowed');
    for (const { kind, rules } of rights.map((object) => ({ kind: object.kind, rules: listAt(object, 'rules') }))) {
      for (const rule of rules) {
        const [group] = listAt(rule, 'apiGroups');
        for (const resource of listAt(rule, 'resources')) {
          for (const verb of listAt(rule, 'verbs')) {
            const [name] = listAt(rule, 'resourceNames');
            await expect.poll(() => mayDo({ group, resource, verb, ...(name === undefined ? {} : { name }), ...(kind === 'Role' ? { namespace } : {}) }), { interval: 20 }).toBe(true);
          }
        }
      }
    }
  }

  /** Runs the checks as the hook does: its own expectations, its own ServiceAccount and rights. */
  async function check(values: Record<string, unknown> = {}): Promise<string[]> {
    const objects = template('--namespace', namespace, ...set({ 'microservice2.enabled': false, ...values }));
    const rights = objects.filter((object) => isHook(object) && object.kind !== 'Job' && object.kind !== 'Pod');
    await grant(rights);
    const folder = await server.serviceAccountFolder(namespace, 'demo-preconditions');
    const [container] = containersOf(find(objects, 'Job/demo-preconditions'));
    const json = String(at(container, 'env.0.value'));
    const cluster = connectInCluster({ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) }, folder);
    const findings = await checkPreconditions(cluster, readExpectations(json));
    return findings.map(({ severity, message }) => `${severity}: ${message}`);
  }

  test('an empty cluster with a default class has all it needs, and the rights of the hook are enough to see it', async () => {
    await storageClass('standard', {}, true);
    expect(await check({ 'microservice2.enabled': true })).toEqual([]);
  });

  test('a service without persistence needs no class at all', async () => {
    expect(await check({ 'microservice1.postgres.persistence.enabled': false })).toEqual([]);
  });

  test('a second installation finds its own objects and is content', async () => {
    await storageClass('standard', {}, true);
    await install({ 'microservice2.enabled': false, 'microservice1.postgres.persistence.storageClass': 'standard' });
    expect(await check()).toEqual([]);
  });

  test('no default class is refused, with those that are there', async () => {
    await storageClass('slow');
    await storageClass('fast');
    expect(await check()).toEqual([
      'error: Claim postgres-service1-data: no StorageClass is marked as the default. There is: fast, slow. Name one in microservice1.postgres.persistence.storageClass, or set microservice1.postgres.persistence.enabled to false.',
    ]);
  });

  test('a class that does not exist is refused by name', async () => {
    expect(await check({ 'microservice1.postgres.persistence.storageClass': 'ssd' })).toEqual([
      'error: microservice1.postgres.persistence.storageClass: StorageClass "ssd" does not exist. The cluster has no StorageClass at all.',
    ]);
  });

  test('a class without a provisioner needs a free volume that is large enough', async () => {
    await storageClass('by-hand', { provisioner: 'kubernetes.io/no-provisioner' });
    const values = { 'microservice1.postgres.persistence': { storageClass: 'by-hand', size: '2Gi' } };
    expect(await check(values)).toEqual(['error: Claim postgres-service1-data: StorageClass "by-hand" makes no volumes by itself, and no free PersistentVolume of 2Gi or more is there for it.']);
  });

  test('a class without a provisioner is fine once such a volume is there', async () => {
    await storageClass('by-hand', { provisioner: 'kubernetes.io/no-provisioner' });
    const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' }, spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'by-hand', hostPath: { path: '/disk' } } };
    await create(volume);
    await server.send('PUT', '/api/v1/persistentvolumes/disk/status', { ...volume, status: { phase: 'Available' } });
    expect(await check({ 'microservice1.postgres.persistence': { storageClass: 'by-hand', size: '2Gi' } })).toEqual([]);
  });

  test('the program as a whole says what it found and ends with 0 or 1', async () => {
    const objects = template('--namespace', namespace, ...set({ 'microservice2.enabled': false }));
    await grant(objects.filter((each) => isHook(each) && each.kind !== 'Job' && each.kind !== 'Pod'));
    const serviceAccountFolder = await server.serviceAccountFolder(namespace, 'demo-preconditions');
    const [container] = containersOf(find(objects, 'Job/demo-preconditions'));
    const environment = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port), PRECONDITIONS: String(at(container, 'env.0.value')) };
    const run = async (): Promise<{ code: number; lines: string[] }> => {
      const lines: string[] = [];
      return { code: await runPreconditions({ environment, serviceAccountFolder, write: (line) => lines.push(line) }), lines };
    };
    const first = `Checking what release demo needs in namespace ${namespace}.`;
    expect(await run()).toEqual({ code: 1, lines: [first, expect.stringMatching(/^refused {2}Claim postgres-service1-data: no StorageClass/), '1 problem. Nothing was changed.'] });
    await storageClass('standard', {}, true);
    expect(await run()).toEqual({ code: 0, lines: [first, 'All preconditions are met.'] });
  });

  describe('with a claim of 2Gi that is there', () => {
    const claim = (values: Record<string, unknown> = {}): Promise<void> =>
      install({ 'microservice2.enabled': false, 'microservice1.postgres.persistence': { size: '2Gi', storageClass: 'standard' }, ...values });

    test('it cannot shrink', async () => {
      await storageClass('standard', { allowVolumeExpansion: true });
      await claim();
      expect(await check({ 'microservice1.postgres.persistence.size': '1Gi' })).toEqual([
        'error: microservice1.postgres.persistence.size: claim postgres-service1-data has 2Gi and cannot shrink to 1Gi. Ask for 2Gi or more.',
      ]);
    });

    test('it grows only where its class allows', async () => {
      await storageClass('standard');
      await claim();
      expect(await check({ 'microservice1.postgres.persistence.size': '3Gi' })).toEqual([
        'error: microservice1.postgres.persistence.size: claim postgres-service1-data has 2Gi and cannot grow to 3Gi, because StorageClass "standard" does not allow expansion. Keep 2Gi, or move the data to a new claim.',
      ]);
    });

    test('it grows where its class allows', async () => {
      await storageClass('standard', { allowVolumeExpansion: true });
      await claim();
      expect(await check({ 'microservice1.postgres.persistence.size': '3Gi' })).toEqual([]);
    });

    test('the same size in other words is no change', async () => {
      await storageClass('standard');
      await claim();
      expect(await check({ 'microservice1.postgres.persistence.size': '2048Mi' })).toEqual([]);
    });

    test('it cannot move to another class', async () => {
      await storageClass('standard');
      await storageClass('fast');
      await claim();
      expect(await check({ 'microservice1.postgres.persistence': { size: '2Gi', storageClass: 'fast' } })).toEqual([
        'error: microservice1.postgres.persistence.storageClass: claim postgres-service1-data is of class "standard" and cannot move to "fast". Leave the class as it is, or move the data to a new claim.',
      ]);
    });
  });

  test('a quota that leaves too little is refused before the claim is', async () => {
    await storageClass('standard', {}, true);
    await create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small' }, spec: { hard: { 'requests.storage': '1.5Gi', persistentvolumeclaims: '1' } } });
    expect(await check({ 'microservice2.enabled': true })).toEqual([
      `error: ResourceQuota ${namespace}/small leaves 1 of persistentvolumeclaims, and the installation needs 2 more.`,
      `error: ResourceQuota ${namespace}/small leaves 1.5Gi of requests.storage, and the claims need 2Gi more.`,
    ]);
  });

  test('names that somebody else uses are refused, each by its kind', async () => {
    await storageClass('standard', {}, true);
    const metadata = { name: 'postgres-service1', labels: { app: 'someone-else' } };
    await create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 5432 }] } });
    expect(await check()).toEqual([
      `error: Service ${namespace}/postgres-service1 exists already and does not belong to this chart. Rename or remove it, or install into another namespace.`,
    ]);
  });

  test('a node port that is taken is refused with its holder, and the own one is not', async () => {
    await create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'other' }, spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] } });
    const values = { 'microservice1.postgres.enabled': false, 'microservice1.webApp.service': { type: 'NodePort', nodePort: 30080 } };
    expect(await check(values)).toEqual([
      `error: microservice1.webApp.service.nodePort: node port 30080 is taken by Service ${namespace}/other. Choose another, or leave it out to be given a free one.`,
    ]);
  });

  test('a Secret that is missing, and one without the key, are refused', async () => {
    await storageClass('standard', {}, true);
    await create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'half' }, stringData: { user: 'u', password: '' } });
    const setting = (n: number): string => `microservice${n}.postgres.auth.existingSecret`;
    expect(await check({ 'microservice2.enabled': true, [setting(1)]: 'absent', [setting(2)]: 'half' })).toEqual([
      `error: ${setting(1)}: Secret ${namespace}/absent does not exist. Make it with a key "password", or leave the setting empty.`,
      `error: ${setting(2)}: Secret ${namespace}/half has no key "password" with a value in it. Its keys: password, user.`,
    ]);
  });

  test('a Secret with its key is enough', async () => {
    await storageClass('standard', {}, true);
    await create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'whole' }, stringData: { password: 'p' } });
    expect(await check({ 'microservice1.postgres.auth.existingSecret': 'whole' })).toEqual([]);
  });

  test.each([
    ['16', 'error: microservice1.postgres.image.tag: postgres:16 is PostgreSQL 16; this chart is made for 15. Use a tag such as "15".'],
    ['latest', 'note: microservice1.postgres.image.tag: the tag of postgres:latest does not tell its PostgreSQL version; it must be 15.'],
    ['2024-05-01', 'note: microservice1.postgres.image.tag: the tag of postgres:2024-05-01 does not tell its PostgreSQL version; it must be 15.'],
  ])('the PostgreSQL image %s is told', async (tag, finding) => {
    await storageClass('standard', {}, true);
    expect(await check({ 'microservice1.postgres.image.tag': tag })).toEqual([finding]);
  });

  test.each(['15', '15.8', '15-alpine', '15.8-bookworm'])('the PostgreSQL image %s is fine', async (tag) => {
    await storageClass('standard', {}, true);
    expect(await check({ 'microservice1.postgres.image.tag': tag })).toEqual([]);
  });

  test('a database that another version of PostgreSQL wrote is refused', async () => {
    await storageClass('standard', {}, true);
    await install({ 'microservice2.enabled': false, 'microservice1.postgres.image.tag': '17.2', 'microservice1.postgres.persistence.storageClass': 'standard' });
    expect(await check()).toEqual([
      'error: microservice1.postgres.image.tag: StatefulSet postgres-service1 runs PostgreSQL 17, and PostgreSQL 15 cannot open its data. Stay with 17, or dump the data and restore it into a new database.',
    ]);
  });

  test('what may not be read is said and stops nothing', async () => {
    await storageClass('standard', {}, true);
    const objects = template('--namespace', namespace, ...set({ 'microservice2.enabled': false }));
    await create(find(objects, 'ServiceAccount/demo-preconditions'));
    const folder = await server.serviceAccountFolder(namespace, 'demo-preconditions');
    const cluster = connectInCluster({ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) }, folder);
    const [container] = containersOf(find(objects, 'Job/demo-preconditions'));
    const findings = await checkPreconditions(cluster, readExpectations(String(at(container, 'env.0.value'))));
    expect(findings).not.toEqual([]);
    for (const { severity, message } of findings) expect(`${severity} ${message}`).toMatch(/^note Not checked: .* is forbidden: /);
  });

  test('an API server that does not answer is said at once', async () => {
    await create(find(template('--namespace', namespace), 'ServiceAccount/demo-preconditions'));
    const folder = await server.serviceAccountFolder(namespace, 'demo-preconditions');
    const port = await freePort();
    const cluster = connectInCluster({ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) }, folder);
    const asked = performance.now();
    await expect(cluster.get('/api/v1/services')).rejects.toThrow(new Unreachable(`The API server at https://127.0.0.1:${port} does not answer: connect ECONNREFUSED 127.0.0.1:${port}.`));
    expect(performance.now() - asked).toBeLessThan(15_000);
  });
});

function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

test('outside of a pod the program says what it is for', () => {
  expect(() => connectInCluster({})).toThrow('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this program runs in a pod.');
  expect(() => readExpectations(undefined)).toThrow('This program is run by the chart’s hook, not by hand.');
});
