import { describe, expect, test } from 'vitest';
import { at, find, helmMissing, isHook, names, refusal, set, template } from './helm.js';

/** Only service 1, or only service 2: what one service makes must not depend on the other. */
const alone = { '1': { 'microservice2.enabled': false }, '2': { 'microservice1.enabled': false } } as const;

function objectsOf(number: '1' | '2', values: Record<string, unknown> = {}): string[] {
  const own = Object.fromEntries(Object.entries(values).map(([path, value]) => [`microservice${number}.${path}`, value]));
  return names(template(...set({ ...alone[number], ...own })).filter((object) => !isHook(object)));
}

describe.skipIf(helmMissing)(`what is made and what is not (${helmMissing ?? 'real Helm'})`, { timeout: 60_000 }, () => {
  describe.each(['1', '2'] as const)('of service %s', (n) => {
    const web = [`ConfigMap/microservice${n}-config`, `Deployment/microservice${n}`, `Service/microservice${n}`];
    const database = [`Service/postgres-service${n}`, `StatefulSet/postgres-service${n}`];
    const secret = `Secret/microservice${n}-secret`;
    const claim = `PersistentVolumeClaim/postgres-service${n}-data`;

    test('everything by default', () => {
      expect(objectsOf(n)).toEqual([...web, ...database, secret, claim].sort());
    });

    test('no claim, and an emptyDir, without persistence', () => {
      expect(objectsOf(n, { 'postgres.persistence.enabled': false })).toEqual([...web, ...database, secret].sort());
      const volumes = at(find(template(...set({ [`microservice${n}.postgres.persistence`]: { enabled: false, size: '3Gi' } })), `StatefulSet/postgres-service${n}`), 'spec.template.spec.volumes');
      expect(volumes).toContainEqual({ name: 'data', emptyDir: { sizeLimit: '3Gi' } });
    });

    test('the web application alone without PostgreSQL, whatever is said about its storage', () => {
      for (const persistence of [true, false]) {
        expect(objectsOf(n, { 'postgres.enabled': false, 'postgres.persistence.enabled': persistence })).toEqual(web.sort());
      }
    });

    test('no Secret where the values name another', () => {
      expect(objectsOf(n, { 'postgres.auth.existingSecret': 'mine' })).toEqual([...web, ...database, claim].sort());
    });

    test('not one object where the service is off, whatever else is said', () => {
      const off = template(...set({ [`microservice${n}.enabled`]: false, [`microservice${n}.postgres.persistence.enabled`]: true, [`microservice${n}.postgres.auth.password`]: 'given' }));
      expect(JSON.stringify(off)).not.toMatch(new RegExp(`microservice${n}|service${n}`));
      expect(off).not.toEqual([]);
    });
  });

  test('nothing at all where both are off, hooks and tests included', () => {
    expect(template(...set({ 'microservice1.enabled': false, 'microservice2.enabled': false }))).toEqual([]);
  });

  test('both services side by side are exactly the two alone', () => {
    expect(names(template().filter((object) => !isHook(object)))).toEqual([...objectsOf('1'), ...objectsOf('2')].sort());
  });

  test('no hook before installation where preconditions are off; the test stays', () => {
    expect(names(template(...set({ 'preconditions.enabled': false })).filter(isHook))).toEqual(['Pod/demo-health-test']);
  });

  test('rights over the whole cluster only where a claim or a node port needs them', () => {
    const clusterRules = (values: Record<string, unknown>): unknown => {
      const role = template(...set(values)).find(({ kind }) => kind === 'ClusterRole');
      return role && at(role, 'rules');
    };
    const storage = [
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list'] },
      { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['list'] },
    ];
    const ports = [{ apiGroups: [''], resources: ['services'], verbs: ['list'] }];
    const noClaims = { 'microservice1.postgres.persistence.enabled': false, 'microservice2.postgres.enabled': false };
    const nodePort = { 'microservice1.webApp.service.type': 'NodePort', 'microservice1.webApp.service.nodePort': 30080 };
    expect(clusterRules({})).toEqual(storage);
    expect(clusterRules(noClaims)).toBeUndefined();
    expect(clusterRules({ ...noClaims, ...nodePort })).toEqual(ports);
    expect(clusterRules(nodePort)).toEqual([...storage, ...ports]);
  });

  test('the class of a claim is named only where it is given', () => {
    const specOf = (storageClass: string): unknown => at(find(template(...set({ 'microservice1.postgres.persistence': { storageClass, size: '4Gi' } })), 'PersistentVolumeClaim/postgres-service1-data'), 'spec');
    expect(specOf('')).toEqual({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '4Gi' } } });
    expect(specOf('fast')).toEqual({ accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '4Gi' } } });
  });

  test('a node port is written only where it is given', () => {
    const portsOf = (service: object): unknown => at(find(template(...set({ 'microservice1.webApp.service': service })), 'Service/microservice1'), 'spec');
    expect(portsOf({ type: 'NodePort' })).toMatchObject({ type: 'NodePort', ports: [{ name: 'http', port: 80, targetPort: 'http' }] });
    expect(portsOf({ type: 'NodePort', nodePort: 30080 })).toMatchObject({ ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30080 }] });
    expect(portsOf({ type: 'LoadBalancer', port: 8080 })).toMatchObject({ type: 'LoadBalancer', ports: [{ port: 8080 }] });
  });

  test.each([
    [
      'a node port without a type that has one',
      { 'microservice2.webApp.service.nodePort': 30080 },
      'microservice2.webApp.service.nodePort is 30080, but the type is ClusterIP, which has no node port. Set the type to NodePort, or leave nodePort out.',
    ],
    [
      'the same node port twice',
      { 'microservice1.webApp.service': { type: 'NodePort', nodePort: 30080 }, 'microservice2.webApp.service': { type: 'NodePort', nodePort: 30080 } },
      'microservice1.webApp.service.nodePort and microservice2.webApp.service.nodePort are both 30080. A node port belongs to one Service.',
    ],
    [
      'a password and a Secret',
      { 'microservice1.postgres.auth': { password: 'given', existingSecret: 'mine' } },
      'microservice1.postgres.auth has both a password and an existingSecret. Give one of them.',
    ],
    [
      'a password with a line break',
      { 'microservice1.postgres.auth.password': 'two\nlines' },
      'microservice1.postgres.auth.password has a character that is not printable ASCII. Use letters, digits and punctuation.',
    ],
  ])('%s is refused', (_, values, message) => {
    expect(refusal(...set(values))).toContain(message);
  });

  test('contradictions of a service that is off do not matter', () => {
    expect(() => template(...set({ 'microservice2.enabled': false, 'microservice2.webApp.service.nodePort': 30080 }))).not.toThrow();
  });
});
