import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { at, containersOf, find, helmMissing, isHook, listAt, podOf, set, template, type Rendered } from './helm.js';

const SELECTOR = ['app.kubernetes.io/component', 'app.kubernetes.io/name'];

/** The labels that an object selects pods by, where it does. */
function selectorOf(object: Rendered): unknown {
  return object.kind === 'Service' ? at(object, 'spec.selector') : at(object, 'spec.selector.matchLabels');
}

function labelsOf(pod: { metadata: unknown } | undefined): Record<string, string> {
  const labels = at(pod, 'metadata.labels');
  return typeof labels === 'object' && labels !== null ? Object.fromEntries(Object.entries(labels)) : {};
}

describe.skipIf(helmMissing)(`the objects themselves (${helmMissing ?? 'real Helm'})`, { timeout: 60_000 }, () => {
  const full = set({
    'global.labels': { team: 'blue', 'example.org/cost-centre': '0042' },
    'microservice1.postgres.auth.password': 'given-password',
    'microservice2.postgres.auth.password': 'given-password-2',
  });

  test('what selects pods never changes: no version, no release, no label of the values', () => {
    const objects = template(...full);
    const selecting = objects.filter((object) => selectorOf(object) !== undefined);
    expect(selecting).toHaveLength(8);
    for (const object of selecting) expect(Object.keys(Object(selectorOf(object))).sort(), object.metadata.name).toEqual(SELECTOR);
  });

  test('every Service selects the pods of exactly one workload, by a port that these have', () => {
    const objects = template(...full);
    const workloads = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    for (const service of objects.filter(({ kind }) => kind === 'Service')) {
      const selected = workloads.filter((workload) => Object.entries(Object(selectorOf(service))).every(([key, value]) => labelsOf(podOf(workload))[key] === value));
      expect(selected.map(({ metadata }) => metadata.name), service.metadata.name).toEqual([service.metadata.name]);
      const ports = containersOf(selected[0] ?? service).flatMap((container) => listAt(container, 'ports')).map((port) => at(port, 'name'));
      expect(ports, service.metadata.name).toContain(at(listAt(service, 'spec.ports')[0], 'targetPort'));
    }
  });

  test('labels of the values are on every object and every long-lived pod', () => {
    for (const object of template(...full)) {
      expect(object.metadata.labels, object.metadata.name).toMatchObject({ team: 'blue', 'example.org/cost-centre': '0042', 'app.kubernetes.io/part-of': 'microservices' });
      if (podOf(object) && !isHook(object)) expect(labelsOf(podOf(object)), object.metadata.name).toMatchObject({ team: 'blue' });
    }
  });

  test.each([
    ['the default', [], 'default'],
    ['that of the release', ['--namespace', 'learning'], 'learning'],
    ['the one of the values', [...set({ 'global.namespace': 'lab' }), '--namespace', 'learning'], 'lab'],
    ['a name that looks like a number', set({ 'global.namespace': '007' }), '007'],
  ])('the namespace is %s', (_, flags, namespace) => {
    const objects = template(...flags);
    const namespaced = objects.filter(({ kind }) => !kind.startsWith('ClusterRole'));
    expect(new Set(namespaced.map(({ metadata }) => metadata.namespace))).toEqual(new Set([namespace]));
    expect(at(find(objects, 'ConfigMap/microservice1-config'), 'data.DB_HOST')).toBe(`postgres-service1.${namespace}.svc.cluster.local`);
  });

  test('the web application gets its settings from the ConfigMap and its password from the Secret', () => {
    const objects = template(...full);
    expect(at(find(objects, 'ConfigMap/microservice2-config'), 'data')).toEqual({
      PORT: '5002', DB_HOST: 'postgres-service2.default.svc.cluster.local', DB_PORT: '5432', DB_NAME: 'service2_db', DB_USER: 'service2_user',
    });
    const [web] = containersOf(find(objects, 'Deployment/microservice2'));
    expect(web).toMatchObject({
      name: 'web', image: 'microservice2:latest', imagePullPolicy: 'IfNotPresent',
      ports: [{ name: 'http', containerPort: 5002 }],
      envFrom: [{ configMapRef: { name: 'microservice2-config' } }],
      env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'microservice2-secret', key: 'password' } } }],
    });
  });

  test('without PostgreSQL the web application hears of no database', () => {
    const objects = template(...set({ 'microservice1.postgres.enabled': false }));
    expect(at(find(objects, 'ConfigMap/microservice1-config'), 'data')).toEqual({ PORT: '5001' });
    expect(containersOf(find(objects, 'Deployment/microservice1'))[0]).not.toHaveProperty('env');
  });

  test('PostgreSQL gets database, user, password and a folder inside its volume', () => {
    const [, postgres] = containersOf(find(template(...full), 'StatefulSet/postgres-service1'));
    expect(postgres).toMatchObject({
      name: 'postgres', image: 'postgres:15',
      ports: [{ name: 'postgres', containerPort: 5432 }],
      env: [
        { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
        { name: 'POSTGRES_DB', value: 'service1_db' },
        { name: 'POSTGRES_USER', value: 'service1_user' },
        { name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef: { name: 'microservice1-secret', key: 'password' } } },
      ],
    });
  });

  test('every key of the values model reaches its object', () => {
    const values = {
      'microservice1.webApp': {
        image: { repository: 'registry.example.org/team/one', tag: '2.1', pullPolicy: 'Always' },
        service: { type: 'LoadBalancer', port: 8080, targetPort: 9001 },
        replicas: 3,
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '1', memory: '1Gi' } },
      },
      'microservice1.postgres': {
        image: { repository: 'registry.example.org/postgres', tag: '15.8' },
        service: { port: 5433 },
        persistence: { size: '7Gi', storageClass: 'fast' },
        auth: { database: 'one', username: 'first', password: 'given' },
        resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '2', memory: '2Gi' } },
      },
    };
    const objects = template(...set(values));
    const { resources: webResources } = values['microservice1.webApp'];
    const { resources: databaseResources } = values['microservice1.postgres'];
    expect(at(find(objects, 'Deployment/microservice1'), 'spec.replicas')).toBe(3);
    expect(containersOf(find(objects, 'Deployment/microservice1'))).toMatchObject([
      { image: 'registry.example.org/team/one:2.1', imagePullPolicy: 'Always', ports: [{ containerPort: 9001 }], resources: webResources },
    ]);
    expect(at(find(objects, 'Service/microservice1'), 'spec')).toMatchObject({ type: 'LoadBalancer', ports: [{ port: 8080, targetPort: 'http' }] });
    expect(containersOf(find(objects, 'StatefulSet/postgres-service1'))).toMatchObject([
      { name: 'sync-password', image: 'registry.example.org/postgres:15.8', resources: databaseResources },
      { name: 'postgres', image: 'registry.example.org/postgres:15.8', resources: databaseResources },
    ]);
    expect(at(find(objects, 'Service/postgres-service1'), 'spec.ports')).toEqual([{ name: 'postgres', port: 5433, targetPort: 'postgres' }]);
    expect(at(find(objects, 'PersistentVolumeClaim/postgres-service1-data'), 'spec')).toMatchObject({ storageClassName: 'fast', resources: { requests: { storage: '7Gi' } } });
    expect(at(find(objects, 'ConfigMap/microservice1-config'), 'data')).toMatchObject({ PORT: '9001', DB_PORT: '5433', DB_NAME: 'one', DB_USER: 'first' });
  });

  test('health checks ask /health with a timeout, and readiness does not ask for the database', () => {
    const [web] = containersOf(find(template(), 'Deployment/microservice1'));
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(at(web, `${probe}.httpGet`), probe).toEqual({ path: '/health', port: 'http' });
      expect(at(web, `${probe}.timeoutSeconds`), probe).toBeGreaterThan(0);
    }
    const [, postgres] = containersOf(find(template(), 'StatefulSet/postgres-service1'));
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(at(postgres, `${probe}.exec.command`), probe).toEqual(['pg_isready', '--host=127.0.0.1', '--port=5432', '--username=service1_user', '--dbname=service1_db']);
      expect(at(postgres, `${probe}.timeoutSeconds`), probe).toBeGreaterThan(0);
    }
  });

  test('every pod keeps to the Pod Security level "restricted", with a root file system that cannot be written', () => {
    const pods = template(...full).filter((object) => podOf(object) !== undefined);
    expect(pods).toHaveLength(6);
    for (const object of pods) {
      expect(at(podOf(object), 'spec.securityContext'), object.metadata.name).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const container of containersOf(object)) {
        expect(at(container, 'securityContext'), object.metadata.name).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true });
      }
    }
  });

  test('every container says what it needs and what it may use', () => {
    for (const object of template()) {
      for (const container of containersOf(object)) {
        expect(at(container, 'resources'), object.metadata.name).toEqual({
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { cpu: expect.any(String), memory: expect.any(String) },
        });
      }
    }
  });

  test('only the hook that asks the API server has a token', () => {
    const withToken = template().filter((object) => podOf(object) && at(podOf(object), 'spec.automountServiceAccountToken') !== false);
    expect(withToken.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(['Job/demo-preconditions']);
  });

  test('live reload lets the file system of the web application be written, and of nothing else', () => {
    const objects = template(...set({ 'microservice1.webApp.liveReload': true }));
    const writable = objects.filter((object) => containersOf(object).some((container) => at(container, 'securityContext.readOnlyRootFilesystem') === false));
    expect(writable.map(({ metadata }) => metadata.name)).toEqual(['microservice1']);
  });

  test('the Alpine variant of PostgreSQL runs as its own user', () => {
    const user = (tag: string): unknown => at(find(template(...set({ 'microservice1.postgres.image.tag': tag })), 'StatefulSet/postgres-service1'), 'spec.template.spec.securityContext.runAsUser');
    expect([user('15'), user('15.8-bookworm'), user('15-alpine')]).toEqual([999, 999, 70]);
  });

  test('a claim is kept when its service goes', () => {
    expect(find(template(), 'PersistentVolumeClaim/postgres-service1-data').metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  });
});

describe.skipIf(helmMissing)(`passwords and restarts (${helmMissing ?? 'real Helm'})`, { timeout: 60_000 }, () => {
  const password = (objects: readonly Rendered[], n: number): string => Buffer.from(String(at(find(objects, `Secret/microservice${n}-secret`), 'data.password')), 'base64').toString();
  const annotations = (objects: readonly Rendered[], name: string): unknown => at(find(objects, name), 'spec.template.metadata.annotations');

  test('a given password is the one', () => {
    expect(password(template(...set({ 'microservice1.postgres.auth.password': "it's \"given\" 100%" })), 1)).toBe("it's \"given\" 100%");
  });

  test('without one, each service gets its own, and each rendering another', () => {
    const [first, second] = [template(), template()];
    const all = [password(first, 1), password(first, 2), password(second, 1), password(second, 2)];
    expect(new Set(all).size).toBe(4);
    for (const each of all) expect(each).toMatch(/^[A-Za-z0-9]{24}$/);
  });

  test('pods are marked with the very password that is in the Secret, a generated one too', () => {
    const objects = template();
    const checksum = createHash('sha256').update(`password: ${at(find(objects, 'Secret/microservice1-secret'), 'data.password')}`).digest('hex');
    expect(annotations(objects, 'Deployment/microservice1')).toMatchObject({ 'checksum/secret': checksum });
    expect(annotations(objects, 'StatefulSet/postgres-service1')).toEqual({ 'checksum/secret': checksum });
  });

  test('pods restart when their own configuration changes, and not when that of the other service does', () => {
    const given = { 'microservice1.postgres.auth.password': 'one', 'microservice2.postgres.auth.password': 'two' };
    const render = (values: Record<string, unknown>): unknown[] => {
      const objects = template(...set({ ...given, ...values }));
      return ['Deployment/microservice1', 'StatefulSet/postgres-service1', 'Deployment/microservice2', 'StatefulSet/postgres-service2'].map((name) => at(find(objects, name), 'spec.template'));
    };
    const before = render({});
    const restarted = (values: Record<string, unknown>): boolean[] => render(values).map((pod, index) => JSON.stringify(pod) !== JSON.stringify(before[index]));
    expect(restarted({})).toEqual([false, false, false, false]);
    expect(restarted({ 'microservice1.postgres.auth.password': 'new' })).toEqual([true, true, false, false]);
    expect(restarted({ 'microservice1.postgres.service.port': 5433 })).toEqual([true, false, false, false]);
    expect(restarted({ 'microservice1.webApp.replicas': 5, 'microservice1.postgres.persistence.size': '9Gi' })).toEqual([false, false, false, false]);
  });

  test('a Secret of your own is used by both programs', () => {
    const objects = template(...set({ 'microservice1.postgres.auth.existingSecret': 'mine' }));
    const references = containersOf(find(objects, 'StatefulSet/postgres-service1')).concat(containersOf(find(objects, 'Deployment/microservice1')))
      .flatMap((container) => listAt(container, 'env')).map((variable) => at(variable, 'valueFrom.secretKeyRef')).filter(Boolean);
    expect(references).toEqual([{ name: 'mine', key: 'password' }, { name: 'mine', key: 'password' }, { name: 'mine', key: 'password' }]);
    expect(annotations(objects, 'StatefulSet/postgres-service1')).toBeUndefined();
  });
});
