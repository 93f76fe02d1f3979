import { describe, expect, test } from 'vitest';
import { at, containersOf, find, helm, chartFolder, helmMissing, isHook, set, template, type Rendered } from './helm.js';

function environmentOf(object: Rendered, name: string): unknown {
  const value = containersOf(object).flatMap((container) => Object(at(container, 'env'))).find((variable) => at(variable, 'name') === name);
  return JSON.parse(String(at(value, 'value')));
}

describe.skipIf(helmMissing)(`hooks (${helmMissing ?? 'real Helm'})`, { timeout: 60_000 }, () => {
  test('rights are there before the Job that needs them, and all goes when it has succeeded', () => {
    const hooks = template().filter((object) => isHook(object) && object.kind !== 'Pod');
    const weight = ({ metadata }: Rendered): number => Number(metadata.annotations?.['helm.sh/hook-weight']);
    const ordered = [...hooks].sort((a, b) => weight(a) - weight(b) || a.kind.localeCompare(b.kind));
    expect(ordered.map((hook) => `${weight(hook)} ${hook.kind}/${hook.metadata.name}`)).toEqual([
      '-30 ServiceAccount/demo-preconditions',
      '-20 ClusterRole/default-demo-preconditions',
      '-20 Role/demo-preconditions',
      '-10 ClusterRoleBinding/default-demo-preconditions',
      '-10 RoleBinding/demo-preconditions',
      '0 Job/demo-preconditions',
    ]);
    for (const { metadata } of hooks) {
      expect(metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded' });
    }
  });

  test('the Job is told everything that the installation will need', () => {
    const objects = template(
      ...set({
        'microservice1.webApp.service': { type: 'NodePort', nodePort: 30080 },
        'microservice1.postgres.auth.existingSecret': 'mine',
        'microservice1.postgres.persistence': { size: '2Gi', storageClass: 'fast' },
        'microservice2.postgres.enabled': false,
      }),
      '--namespace', 'lab',
    );
    expect(environmentOf(find(objects, 'Job/demo-preconditions'), 'PRECONDITIONS')).toEqual({
      release: 'demo',
      namespace: 'lab',
      claims: [{ name: 'postgres-service1-data', size: '2Gi', storageClass: 'fast', setting: 'microservice1.postgres.persistence' }],
      objects: [
        { kind: 'Deployment', name: 'microservice1' },
        { kind: 'Service', name: 'microservice1' },
        { kind: 'StatefulSet', name: 'postgres-service1' },
        { kind: 'Service', name: 'postgres-service1' },
        { kind: 'PersistentVolumeClaim', name: 'postgres-service1-data' },
        { kind: 'Deployment', name: 'microservice2' },
        { kind: 'Service', name: 'microservice2' },
      ],
      nodePorts: [{ service: 'microservice1', port: 30080, setting: 'microservice1.webApp.service.nodePort' }],
      secrets: [{ name: 'mine', key: 'password', setting: 'microservice1.postgres.auth.existingSecret' }],
      databases: [{ statefulSet: 'postgres-service1', image: 'postgres:15', setting: 'microservice1.postgres.image.tag' }],
    });
  });

  test('the Job may look at those objects by name, and at nothing else in the namespace', () => {
    const rules = at(find(template(...set({ 'microservice2.enabled': false, 'microservice1.postgres.auth.existingSecret': 'mine' })), 'Role/demo-preconditions'), 'rules');
    expect(rules).toEqual([
      { apiGroups: [''], resources: ['services'], resourceNames: ['microservice1', 'postgres-service1'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['microservice1'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['statefulsets'], resourceNames: ['postgres-service1'], verbs: ['get'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], resourceNames: ['postgres-service1-data'], verbs: ['get'] },
      { apiGroups: [''], resources: ['resourcequotas'], verbs: ['list'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'], verbs: ['get'] },
    ]);
  });

  test.each([
    ['that of the first service', {}, 'microservice1:latest'],
    ['that of the second where the first is off', { 'microservice1.enabled': false }, 'microservice2:latest'],
    ['the given one', { 'preconditions.image': { repository: 'tools', tag: '1' } }, 'tools:1'],
    ['that of the first service with the given tag', { 'preconditions.image.tag': '1' }, 'microservice1:1'],
  ])('the image of the hooks is %s', (_, values, image) => {
    const objects = template(...set(values));
    for (const name of ['Job/demo-preconditions', 'Pod/demo-health-test']) expect(containersOf(find(objects, name)).map((container) => at(container, 'image'))).toEqual([image]);
  });

  test('`helm test` asks every service that is on, and for its database where it has one', () => {
    const targets = (values: Record<string, unknown>): unknown => environmentOf(find(template(...set(values)), 'Pod/demo-health-test'), 'SMOKE_TARGETS');
    expect(targets({ 'microservice2.postgres.enabled': false, 'microservice2.webApp.service.port': 8080 })).toEqual([
      { name: 'microservice1', url: 'http://microservice1.default.svc.cluster.local:80', database: true },
      { name: 'microservice2', url: 'http://microservice2.default.svc.cluster.local:8080', database: false },
    ]);
    expect(targets({ 'microservice1.enabled': false })).toMatchObject([{ name: 'microservice2' }]);
  });

  const isHelm3 = !helmMissing && helm('version', '--short').stdout.startsWith('v3.');

  test.skipIf(isHelm3)(`the notes say how to reach what was installed, and never the password${isHelm3 ? ' (Helm 3 shows notes only with a cluster)' : ''}`, () => {
    const notes = (values: Record<string, unknown>): string => {
      const { stdout, stderr, status } = helm('install', 'demo', chartFolder, '--dry-run=client', '--namespace', 'lab', ...set({ 'microservice1.postgres.auth.password': 'do-not-show', ...values }));
      expect(stderr).toBe('');
      expect(status).toBe(0);
      return stdout.slice(stdout.indexOf('NOTES:'));
    };
    const shown = notes({ 'microservice2.postgres.enabled': false });
    expect(shown).toContain('kubectl -n lab port-forward service/microservice1 5001:80');
    expect(shown).toContain('postgres-service1.lab.svc.cluster.local:5432, database service1_db, user service1_user');
    expect(shown).toContain('claim postgres-service1-data (1Gi), kept when the service goes');
    expect(shown).toContain('none, the web application runs alone');
    expect(shown).not.toContain('do-not-show');
    expect(notes({ 'microservice1.postgres.persistence.enabled': false })).toContain("not persistent, gone with the database's pod");
    expect(notes({ 'microservice1.enabled': false, 'microservice2.enabled': false })).toContain('Both services are switched off: nothing was installed.');
  });
});
