import { describe, expect, test } from 'vitest';
import { implicitAnnotation, type KubeObject } from '../model/index.js';
import type { Draft } from './draft.js';
import { checkDuplicates } from './duplicates.js';
import { apisOf, isBuiltIn, providedApis, scopes } from './kinds.js';
import { duplicateKeys } from './list-keys.js';
import { checkNames } from './names.js';
import { implicitNamespaces, placeInNamespaces } from './namespaces.js';
import { readObject } from './object-shape.js';
import { inOrder } from './order.js';
import { platformOf, workloadOf } from './platform.fixture.js';

const at = { file: 'a.yaml', line: 3 };
const platform = platformOf({
  one: { source: workloadOf(), namespace: 'first' },
  two: { source: workloadOf(), namespace: 'second', wave: 1, external: ['Namespace/theirs'] },
});
const [one, two] = platform.components as [Draft['component'], Draft['component']];
const object = (kind: string, name: string, more: Partial<KubeObject> = {}): KubeObject => ({ apiVersion: 'v1', kind, ...more, metadata: { name, ...more.metadata } });
const draft = (component: Draft['component'], of: KubeObject, more: Partial<Draft> = {}): Draft => ({ component, object: of, at, keep: false, ...more });
const crd = (scope: string): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'foos.example.org' },
  spec: { group: 'example.org', scope, names: { kind: 'Foo' }, versions: [{ name: 'v1', served: true }, { name: 'v1beta1', served: false }] },
});
const foo = (name: string, namespace?: string): KubeObject => ({ apiVersion: 'example.org/v1', kind: 'Foo', metadata: { name, ...(namespace ? { namespace } : {}) } });

describe('readObject', () => {
  const problems = (raw: object) => readObject(raw as Record<string, unknown>, at).diagnostics.map(({ message }) => message);

  test('says what is missing or no text, all of it', () => {
    expect(problems({ kind: 'ConfigMap', metadata: { namespace: 5 } })).toEqual([
      'ConfigMap without a name: apiVersion: missing, expected text',
      'ConfigMap without a name: metadata.namespace: got 5, expected text: put it into quotes',
    ]);
    expect(problems({ apiVersion: 'v1', metadata: { name: 'a' } })).toEqual(['object a: kind: missing, expected text']);
    expect(problems({ apiVersion: 'v1', kind: 'Pod', metadata: {} })).toEqual(['Pod without a name: metadata.name: missing, expected a name']);
    expect(problems({ apiVersion: 'v1', kind: 'Pod', metadata: { name: '' } })).toEqual(['Pod without a name: metadata.name: empty, expected a name']);
  });

  test('finds labels and annotations that YAML read as something else, in templates too', () => {
    const raw = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { version: 1.1, on: true }, annotations: { list: ['a'] } },
      spec: { template: { metadata: { labels: { build: 12 } } } },
    };
    expect(problems(raw)).toEqual([
      'Deployment/web: metadata.labels[version]: got 1.1, expected text: put it into quotes',
      'Deployment/web: metadata.labels[on]: got true, expected text: put it into quotes',
      'Deployment/web: metadata.annotations[list]: got a list, expected text',
      'Deployment/web: spec.template.metadata.labels[build]: got 12, expected text: put it into quotes',
    ]);
  });

  test('refuses generateName with the reason', () => {
    const { object: read, diagnostics } = readObject({ apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'run-' } }, at);
    expect(read).toBeUndefined();
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['object-generate-name', 'error']]);
  });

  test('takes out what an API server wrote, and says so', () => {
    const raw = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', uid: 'x', resourceVersion: '1', creationTimestamp: '2024', managedFields: [], namespace: '', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', a: 'b', c: null }, labels: null },
      spec: { template: { metadata: { creationTimestamp: null, labels: { a: 'b' } } } },
      status: { replicas: 1 },
    };
    const { object: read, diagnostics } = readObject(raw, at);
    expect(read).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', annotations: { a: 'b' } }, spec: { template: { metadata: { labels: { a: 'b' } } } } });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'Deployment/web: uid, resourceVersion, managedFields, annotations[kubectl.kubernetes.io/last-applied-configuration]: only an API server writes this; it is left out',
    ]);
    expect(readObject({ ...foo('a'), status: { on: true } }, at).object).toEqual({ ...foo('a'), status: { on: true } });
  });
});

describe('kinds', () => {
  test('knows the scope of built-in kinds, of CRDs in the platform and of those that provides describes', () => {
    const scopeOf = scopes([crd('Cluster')], ['cert-manager.io/v1/ClusterIssuer:Cluster', 'cert-manager.io/v1/Issuer:Namespaced', 'keda']);
    const scopeNamed = (apiVersion: string, kind: string) => scopeOf({ apiVersion, kind });
    expect(scopeNamed('v1', 'ConfigMap')).toBe('namespaced');
    expect(scopeNamed('rbac.authorization.k8s.io/v1', 'ClusterRole')).toBe('cluster');
    expect(scopeNamed('apps/v1beta9', 'Deployment')).toBe('namespaced');
    expect(scopeNamed('example.org/v2', 'Foo')).toBe('cluster');
    expect(scopeNamed('cert-manager.io/v1', 'ClusterIssuer')).toBe('cluster');
    expect(scopeNamed('cert-manager.io/v1', 'Issuer')).toBe('namespaced');
    expect(scopeNamed('cert-manager.io/v1', 'Certificate')).toBe('namespaced');
    expect(scopeNamed('example.org/v1', 'Certificate')).toBeUndefined();
    expect(scopeNamed('apps/v1', 'Deploymnet')).toBe('namespaced');
    expect(scopeNamed('extensions/v1beta1', 'Ingress')).toBe('namespaced');
    expect(scopeNamed('policy/v1beta1', 'PodSecurityPolicy')).toBe('cluster');
    expect(isBuiltIn({ apiVersion: 'batch/v1', kind: 'CronJob' })).toBe(true);
    expect(isBuiltIn({ apiVersion: 'batch.example.org/v1', kind: 'CronJob' })).toBe(false);
  });

  test('lists the APIs of CRDs and of provides as templates ask for them', () => {
    expect(apisOf([crd('Cluster')])).toEqual(['example.org/v1', 'example.org/v1/Foo']);
    expect(providedApis(['keda', 'ingress-nginx', 'monitoring.coreos.com/v1', 'a.io/v1beta1/B:Cluster', 'Secret/ns/name', 'autoscaling/v2'])).toEqual([
      'a.io/v1beta1',
      'a.io/v1beta1/B',
      'autoscaling/v2',
      'monitoring.coreos.com/v1',
    ]);
  });
});

describe('namespaces', () => {
  test('a namespaced object gets its component\'s, an explicit one wins, a cluster-scoped one loses what stands there', () => {
    const drafts = [draft(one, object('ConfigMap', 'a')), draft(one, object('ConfigMap', 'b', { metadata: { name: 'b', namespace: 'x' } })), draft(one, object('Namespace', 'c', { metadata: { name: 'c', namespace: 'x' } }))];
    const { drafts: placed, diagnostics } = placeInNamespaces(drafts, scopes([], []));
    expect(placed.map(({ object: { metadata } }) => metadata.namespace)).toEqual(['first', 'x', undefined]);
    expect(diagnostics).toEqual([]);
  });

  test('a kind that nobody has described needs an explicit namespace', () => {
    const { diagnostics } = placeInNamespaces([draft(one, foo('a')), draft(one, foo('b', 'x'))], scopes([], []));
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'scope-unknown: Foo/a: no component has the CustomResourceDefinition of Foo (example.org/v1), so whether it lives in a namespace is not known',
    ]);
  });

  test('a namespace that is used and not declared is made by the first component that uses it', () => {
    const used = ['mine', 'theirs', 'default', 'kube-system', 'new', 'new'].map((namespace, i) => draft(i === 4 ? two : one, object('ConfigMap', `c${i}`, { metadata: { name: `c${i}`, namespace } })));
    const made = implicitNamespaces([draft(two, object('Namespace', 'mine')), ...used], platform);
    expect(made.map(({ component, object: { kind, metadata } }) => [component.name, kind, metadata])).toEqual([['two', 'Namespace', { name: 'new', annotations: { [implicitAnnotation]: 'true' } }]]);
  });
});

describe('checks that apply would stop at', () => {
  test('names and labels follow the rules of their kinds', () => {
    const drafts = [
      object('ConfigMap', 'ok.name-1'),
      object('ConfigMap', 'Not_ok'),
      object('Service', 'with.dot'),
      object('ClusterRole', 'system:ok', { apiVersion: 'rbac.authorization.k8s.io/v1' }),
      object('Role', 'a/b', { apiVersion: 'rbac.authorization.k8s.io/v1' }),
      object('CronJob', 'c'.repeat(52), { apiVersion: 'batch/v1' }),
      object('CronJob', 'c'.repeat(53), { apiVersion: 'batch/v1' }),
      object('StatefulSet', 'a.b', { apiVersion: 'apps/v1' }),
      object('ConfigMap', 'a', { metadata: { name: 'a', namespace: 'Bad' } }),
      object('ConfigMap', 'b', { metadata: { name: 'b', labels: { 'a/b/c': 'x', 'example.org/x': '-x', y: 'z'.repeat(64), empty: '' } } }),
      object('Deployment', 'c', { apiVersion: 'apps/v1', spec: { template: { metadata: { labels: { a: 'b c' } } } } }),
    ].map((each) => draft(one, each));
    expect(checkNames(drafts).map(({ code, message }) => `${code} ${message.split(', expected')[0]!.replace(/([cz])\1{20,}/g, '$1$1')}`)).toEqual([
      'object-name ConfigMap/Not_ok: metadata.name: got "Not_ok"',
      'object-name Service/with.dot: metadata.name: got "with.dot"',
      'object-name Role/a/b: metadata.name: got "a/b"',
      'object-name CronJob/cc: metadata.name: got "cc"',
      'object-name StatefulSet/a.b: metadata.name: got "a.b"',
      'object-name ConfigMap/a: metadata.namespace: got "Bad"',
      'object-label ConfigMap/b: metadata.labels: got key "a/b/c"',
      'object-label ConfigMap/b: metadata.labels[example.org/x]: got "-x"',
      'object-label ConfigMap/b: metadata.labels[y]: got "zz"',
      'object-label Deployment/c: spec.template.metadata.labels[a]: got "b c"',
    ]);
  });

  test('one object in two components is found with both places, versions of its API apart; hooks may repeat', () => {
    const drafts = [
      draft(one, object('Job', 'a', { apiVersion: 'batch/v1', metadata: { name: 'a', namespace: 'x' } })),
      draft(two, object('Job', 'a', { apiVersion: 'batch/v1beta1', metadata: { name: 'a', namespace: 'x' } }), { at: { file: 'b.yaml' } }),
      draft(two, object('Job', 'a', { apiVersion: 'batch/v1', metadata: { name: 'a', namespace: 'y' } })),
      draft(two, object('Job', 'a', { apiVersion: 'batch/v1', metadata: { name: 'a', namespace: 'x' } }), { hook: { events: ['test'], weight: 0, deletePolicies: [] } }),
    ];
    expect(checkDuplicates(drafts).map(({ message, at: place }) => [message, place])).toEqual([['Job/x/a: declared by two and already by one (a.yaml:3)', { file: 'b.yaml' }]]);
  });

  test('entries with one key are found in the lists of pods, Services and webhooks', () => {
    const podSpec = {
      containers: [
        { name: 'a', env: [{ name: 'A' }, { name: 'B' }, { name: 'A' }, { name: 'A' }], ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }, { containerPort: 80, protocol: 'UDP' }], volumeMounts: [{ mountPath: '/x', name: 'v' }, { mountPath: '/x', name: 'w' }] },
        { name: 'a' },
      ],
      volumes: [{ name: 'v' }, { name: 'v' }],
      tolerations: [{ key: 'a' }, { key: 'a' }],
    };
    const path = 'spec.jobTemplate.spec.template.spec';
    expect(duplicateKeys(object('CronJob', 'c', { apiVersion: 'batch/v1', spec: { jobTemplate: { spec: { template: { spec: podSpec } } } } }))).toEqual([
      { path: `${path}.containers[a].env`, key: 'name "A"' },
      { path: `${path}.containers[a].ports`, key: 'containerPort 80, protocol "TCP"' },
      { path: `${path}.containers[a].volumeMounts`, key: 'mountPath "/x"' },
      { path: `${path}.containers`, key: 'name "a"' },
      { path: `${path}.volumes`, key: 'name "v"' },
    ]);
    expect(duplicateKeys(object('Service', 's', { spec: { ports: [{ port: 80, name: 'a' }, { port: 80, name: 'b' }] } }))).toEqual([{ path: 'spec.ports', key: 'port 80, protocol "TCP"' }]);
    expect(duplicateKeys(object('ConfigMap', 'm', { metadata: { name: 'm', finalizers: ['a', 'a'] } }))).toEqual([{ path: 'metadata.finalizers', key: '"a"' }]);
    expect(duplicateKeys(foo('x'))).toEqual([]);
  });
});

test('objects stand in the order in which they are applied', () => {
  const hook = (weight: number) => ({ hook: { events: ['pre-install' as const], weight, deletePolicies: [] } });
  const drafts = [
    draft(two, object('ConfigMap', 'z')),
    draft(one, object('ValidatingWebhookConfiguration', 'w', { apiVersion: 'admissionregistration.k8s.io/v1' })),
    draft(one, foo('custom')),
    draft(one, object('Job', 'late', { apiVersion: 'batch/v1' }), hook(5)),
    draft(one, object('Job', 'early', { apiVersion: 'batch/v1' }), hook(-5)),
    draft(one, object('Deployment', 'b', { apiVersion: 'apps/v1' })),
    draft(one, object('Deployment', 'a', { apiVersion: 'apps/v1' })),
    draft(one, object('Service', 's')),
    draft(one, object('ServiceAccount', 'sa')),
    draft(two, crd('Cluster')),
    draft(two, object('Namespace', 'n')),
  ];
  const names = (list: Draft[]) => list.map(({ component, object: { kind, metadata } }) => `${component.name} ${kind}/${metadata.name}`);
  const expected = [
    'two Namespace/n',
    'two CustomResourceDefinition/foos.example.org',
    'one ServiceAccount/sa',
    'one Service/s',
    'one Deployment/a',
    'one Deployment/b',
    'one Foo/custom',
    'one ValidatingWebhookConfiguration/w',
    'one Job/early',
    'one Job/late',
    'two ConfigMap/z',
  ];
  expect(names(inOrder(drafts, ['one', 'two']))).toEqual(expected);
  expect(names(inOrder([...drafts].reverse(), ['one', 'two']))).toEqual(expected);
});
