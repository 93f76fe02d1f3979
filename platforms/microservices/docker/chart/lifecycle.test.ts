import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at, chartFolder, helm, helmMissing, podOf, set, template } from '../../helm-chart/tests/helm.js';
import { apiServerMissing, createApiServer, type TestApiServer } from '../for-tests/api-server.js';
import { resourcePath } from '../for-tests/resource-paths.js';

const missing = helmMissing ?? apiServerMissing;

describe.skipIf(missing)(`the chart installed by plain Helm (${missing ?? 'on a real API server'})`, { timeout: 120_000 }, () => {
  let server: TestApiServer;
  let namespace = '';
  let number = 0;

  beforeAll(async () => {
    server = await createApiServer();
  }, 120_000);

  afterAll(async () => {
    await server?.remove();
  }, 60_000);

  beforeEach(() => {
    number += 1;
    namespace = `lifecycle-${number}`;
  });

  /** Hooks are left out: their Job would need a node. They are tested by themselves. */
  function run(command: 'install' | 'upgrade', values: Record<string, unknown> = {}): { status: number | null; stderr: string } {
    const flags = ['--create-namespace', '--namespace', namespace, '--kubeconfig', server.kubeconfig];
    return helm(command, 'demo', chartFolder, ...(command === 'install' ? flags : flags.slice(1)), ...set({ 'preconditions.enabled': false, ...values }));
  }

  function succeed(command: 'install' | 'upgrade', values?: Record<string, unknown>): void {
    const { status, stderr } = run(command, values);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }

  const get = (path: string): Promise<unknown> => server.send('GET', path.replace('NS', namespace));
  const secret = async (): Promise<unknown> => at(await get('/api/v1/namespaces/NS/secrets/microservice1-secret'), 'data.password');
  const podTemplate = async (): Promise<unknown> => at(await get('/apis/apps/v1/namespaces/NS/deployments/microservice1'), 'spec.template');
  const list = async (path: string): Promise<unknown[]> => Object(at(await get(path), 'items')).map((item: unknown) => at(item, 'metadata.name'));

  test('a generated password outlives upgrades, and nothing restarts for it', async () => {
    succeed('install');
    const [password, pod] = [await secret(), await podTemplate()];
    succeed('upgrade', { 'microservice1.webApp.replicas': 2 });
    expect(await secret()).toBe(password);
    expect(await podTemplate()).toEqual(pod);
  });

  test('a password that is given later takes the place of the generated one', async () => {
    succeed('install');
    const pod = await podTemplate();
    succeed('upgrade', { 'microservice1.postgres.auth.password': 'given' });
    expect(await secret()).toBe(Buffer.from('given').toString('base64'));
    expect(await podTemplate()).not.toEqual(pod);
  });

  test('a service that is switched off leaves only its claim, and finds it again', async () => {
    succeed('install');
    succeed('upgrade', { 'microservice2.enabled': false });
    expect(await list('/apis/apps/v1/namespaces/NS/deployments')).toEqual(['microservice1']);
    expect(await list('/apis/apps/v1/namespaces/NS/statefulsets')).toEqual(['postgres-service1']);
    expect(await list('/api/v1/namespaces/NS/services')).toEqual(['microservice1', 'postgres-service1']);
    expect(await list('/api/v1/namespaces/NS/configmaps')).not.toContain('microservice2-config');
    expect(await list('/api/v1/namespaces/NS/secrets')).not.toContain('microservice2-secret');
    const claim = '/api/v1/namespaces/NS/persistentvolumeclaims/postgres-service2-data';
    const uid = at(await get(claim), 'metadata.uid');
    succeed('upgrade');
    expect(at(await get(claim), 'metadata.uid')).toBe(uid);
  });

  test('every profile can follow every other', async () => {
    succeed('install');
    for (const profile of ['test', 'minimal', 'service2-only', 'service1-only', 'dev']) {
      const values = ['-f', `${chartFolder}../environments/${profile}-values.yaml`];
      const { status, stderr } = helm('upgrade', 'demo', chartFolder, '--namespace', namespace, '--kubeconfig', server.kubeconfig, ...values, ...set({ 'preconditions.enabled': false, 'microservice1.postgres.persistence.size': '1Gi', 'microservice2.postgres.persistence.size': '1Gi' }));
      expect(stderr, profile).toBe('');
      expect(status, profile).toBe(0);
    }
  });

  test('uninstalling leaves the claims', async () => {
    succeed('install');
    const { status, stdout } = helm('uninstall', 'demo', '--namespace', namespace, '--kubeconfig', server.kubeconfig, '--no-hooks');
    expect(status).toBe(0);
    expect(stdout).toContain('postgres-service1-data');
    expect(await list('/api/v1/namespaces/NS/persistentvolumeclaims')).toEqual(['postgres-service1-data', 'postgres-service2-data']);
    expect(await list('/api/v1/namespaces/NS/services')).toEqual([]);
  });

  test('the API server knows every field of every object', async () => {
    await server.send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    for (const object of template('--namespace', namespace)) {
      await server.send('POST', `${resourcePath(object.kind, namespace)}?dryRun=All&fieldValidation=Strict`, object);
    }
  });

  test('every pod is admitted where the Pod Security level "restricted" is enforced', async () => {
    await server.send('POST', '/api/v1/namespaces', { metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } });
    const pods = template('--namespace', namespace).map((object) => ({ name: object.metadata.name, spec: podOf(object)?.spec })).filter(({ spec }) => spec !== undefined);
    expect(pods).toHaveLength(6);
    for (const { name, spec } of pods) {
      await server.send('POST', `${resourcePath('Pod', namespace)}?dryRun=All`, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
    }
    const careless = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'careless' }, spec: { containers: [{ name: 'c', image: 'c' }] } };
    await expect(server.send('POST', `${resourcePath('Pod', namespace)}?dryRun=All`, careless)).rejects.toThrow('violates PodSecurity \\"restricted:latest\\"');
  });
});
