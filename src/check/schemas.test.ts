import { describe, expect, test } from 'vitest';
import { asDict, valueAt } from '../lib/read-unknown.js';
import type { KubeObject, ResolvedPlatform } from '../model/index.js';
import { platformOf } from '../render/platform.fixture.js';
import { apisProvided } from './apis-provided.js';
import { check } from './index.js';
import { deployment, desired, lines, object } from './objects.fixture.js';
import { schemas } from './schemas.js';
import { fromCrd } from './schemas/crd.js';
import { nearestVersion } from './schemas/shipped.js';

const platform = platformOf({});
const found = async (of: KubeObject | KubeObject[], on: ResolvedPlatform = platform) => lines(await schemas(on, desired(...[of].flat())));
const good = deployment('web', { containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }], resources: { requests: { cpu: 0.5, memory: '64Mi' } }, env: [{ name: 'A', value: null }] }] });

function changed(at: string, change: object): KubeObject {
  const copy = structuredClone(good);
  Object.assign(valueAt(copy, ...at.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))) as object, change);
  return copy;
}
const container = 'spec.template.spec.containers.0';

describe('objects of Kubernetes', () => {
  test('that fit their schema have no findings; null is nothing, ports are numbers or names, quantities numbers or texts', async () => {
    expect(await found(good)).toEqual([]);
    expect(await found(object('Service', 's', { spec: { ports: [{ port: 80, targetPort: 'http' }, { name: 'b', port: 81, targetPort: 8080 }], selector: null } }))).toEqual([]);
    expect(await found(object('networking.k8s.io/v1 NetworkPolicy', 'n', { spec: { podSelector: {} } }))).toEqual([]);
  });

  test('with unknown fields are told with the nearest right name, and what was meant is not missing too', async () => {
    expect(await found(changed(container, { imag: 'nginx' }))).toEqual(['error field-unknown Deployment/shop/web: spec.template.spec.containers[web].imag: unknown field (did you mean image?)']);
    const { selector, ...rest } = asDict(good['spec']);
    expect(await found({ ...good, spec: { ...rest, selctor: selector } })).toEqual(['error field-unknown Deployment/shop/web: spec.selctor: unknown field (did you mean selector?)']);
  });

  test('with a field one level too high or too low are told where it belongs', async () => {
    expect(await found(changed('spec', { containers: [] }))).toEqual(['error field-unknown Deployment/shop/web: spec.containers: unknown field (it belongs to spec.template.spec)']);
    expect(await found(changed(container, { volumes: [] }))).toEqual(['error field-unknown Deployment/shop/web: spec.template.spec.containers[web].volumes: unknown field (it belongs to spec.template.spec)']);
    expect(await found(changed('spec.template.spec', { livenessProbe: {} }))).toEqual(['error field-unknown Deployment/shop/web: spec.template.spec.livenessProbe: unknown field (it belongs to spec.template.spec.containers[])']);
  });

  test('with wrong types, words, numbers and forms are told what is expected', async () => {
    expect(await found(changed('spec', { replicas: '3' }))).toEqual(['error field-invalid Deployment/shop/web: spec.replicas: got "3", expected a whole number (take the quotes away)']);
    expect(await found(changed(container, { imagePullPolicy: 'Allways' }))).toEqual(['error field-invalid Deployment/shop/web: spec.template.spec.containers[web].imagePullPolicy: got "Allways", expected Always, IfNotPresent or Never']);
    expect(await found(changed(container, { env: [{ name: 'A', value: 8080 }] }))).toEqual(['error field-invalid Deployment/shop/web: spec.template.spec.containers[web].env[A].value: got 8080, expected text (put it into quotes)']);
    expect(await found(changed(container, { ports: { containerPort: 80 } }))).toEqual(['error field-invalid Deployment/shop/web: spec.template.spec.containers[web].ports: got a map, expected a list (begin each entry with "- ")']);
    expect(await found(changed(container, { resources: { limits: { memory: '64 Mi' } } }))).toEqual(['error field-invalid Deployment/shop/web: spec.template.spec.containers[web].resources.limits.memory: got "64 Mi", expected a quantity such as 500m, 2 or 16Gi']);
    expect(await found(changed('metadata', { labels: { 'a.b/c': 1 } }))).toEqual(['error field-invalid Deployment/shop/web: metadata.labels[a.b/c]: got 1, expected text (put it into quotes)']);
    expect(await found(changed('spec', { replicas: 3_000_000_000 }))).toEqual(['error field-invalid Deployment/shop/web: spec.replicas: got 3000000000, expected a number that 32 bits hold']);
  });

  test('that lack a field which the server demands are told', async () => {
    expect(await found(object('networking.k8s.io/v1 Ingress', 'i', { spec: { rules: [{ http: { paths: [{ path: '/' }] } }] } }))).toEqual([
      'error field-missing Ingress/shop/i: spec.rules[0].http.paths[0].pathType: missing, expected Exact, ImplementationSpecific or Prefix',
      'error field-missing Ingress/shop/i: spec.rules[0].http.paths[0].backend: missing, expected a map',
    ]);
  });

  test('never have a secret printed', async () => {
    expect(await found(object('Secret', 's', { data: { password: 'hunter2!' }, stringData: { pin: 123456 } }))).toEqual([
      'error field-invalid Secret/shop/s: data.password: got a text, expected base64',
      'error field-invalid Secret/shop/s: stringData.pin: got a number, expected text (put it into quotes)',
    ]);
    const leaking = { ...desired(changed('spec', { replicas: 's3cretvalue' })), secrets: new Map([['db', 's3cretvalue']]) };
    expect(lines(await check(platform, leaking, { engine: { path: '' } })).filter((line) => line.includes('field-invalid'))).toEqual(['error field-invalid Deployment/shop/web: spec.replicas: got "***", expected a whole number']);
    const named = { ...desired(object('PersistentVolumeClaim', 'c', { spec: { storageClassName: 's3cretvalue', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: 1 } } } })), secrets: leaking.secrets };
    expect(JSON.stringify(await check(platform, named, { engine: { path: '' } }))).not.toContain('s3cretvalue');
  });
});

describe('versions of an API', () => {
  const on = (kubernetes: string) => platformOf({}, { kubernetes });
  const ingress = object('networking.k8s.io/v1beta1 Ingress', 'i');
  test('that are gone are errors with what replaces them, those that will go are warnings', async () => {
    expect(await found(ingress)).toEqual(['error api-removed Ingress/shop/i: Ingress of networking.k8s.io/v1beta1 was removed in Kubernetes 1.22 (use networking.k8s.io/v1 (since Kubernetes 1.19))']);
    expect(await found(object('policy/v1beta1 PodSecurityPolicy', 'p', {}, ''))).toEqual([expect.stringMatching(/removed in Kubernetes 1\.25 \(label the namespace/)]);
    const flow = object('flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema', 'f', { spec: { priorityLevelConfiguration: { name: 'x' } } }, '');
    expect(await found(flow, on('1.31'))).toEqual([expect.stringMatching(/^warning api-deprecated .* goes away in Kubernetes 1\.32 \(use flowcontrol/)]);
    expect(await found(flow, on('1.32'))).toEqual([expect.stringMatching(/^error api-removed/)]);
    expect(await found(object('Endpoints', 'e'))).toEqual([expect.stringMatching(/^warning api-deprecated .*EndpointSlice/)]);
  });

  test('that are off by default are warnings, unless the cluster is said to have them', async () => {
    const policy = object('admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding', 'm', {}, '');
    expect(await found(policy)).toEqual([expect.stringMatching(/^warning api-off .*only where it is switched on \(there is admissionregistration.k8s.io\/v1\)$/)]);
    expect(await found(policy, platformOf({}, { cluster: { ...platform.cluster, provides: ['admissionregistration.k8s.io/v1beta1'] } }))).toEqual([]);
  });

  test('and kinds that never were are errors with the nearest right one', async () => {
    expect(await found(object('apps/v1 Deploymnet', 'x'))).toEqual(['error api-unknown Deploymnet/shop/x: Kubernetes 1.36 has no Deploymnet in apps/v1 (did you mean Deployment (apps/v1)?)']);
    expect(await found(object('v1 Deployment', 'x'))).toEqual(['error api-unknown Deployment/shop/x: Kubernetes 1.36 has no Deployment in v1 (did you mean apps/v1?)']);
    expect(await found(object('autoscaling/v3 HorizontalPodAutoscaler', 'x'))).toEqual([expect.stringMatching(/did you mean autoscaling\/v1 or autoscaling\/v2\?/)]);
  });

  test('of a Kubernetes that is not shipped are those of the nearest, and that is said', async () => {
    expect([nearestVersion('1.20'), nearestVersion('1.33'), nearestVersion('1.99')]).toEqual(['1.30', '1.33', '1.36']);
    expect(await found(good, on('1.40'))).toEqual([expect.stringMatching(/^info schema-version-nearest Kubernetes 1\.40: .* those of 1\.36/)]);
    // A field that 1.36 has and 1.30 has not.
    const sized = changed('spec.template.spec', { resources: { requests: { cpu: '1' } } });
    expect(await found(sized)).toEqual([]);
    expect(await found(sized, on('1.30'))).toEqual([expect.stringMatching(/^error field-unknown .*spec.template.spec.resources: unknown field/)]);
  });
});

describe('custom resources', () => {
  const crd = (schema: object, more: object = {}) => ({
    ...object('apiextensions.k8s.io/v1 CustomResourceDefinition', 'ships.example.org', {}, ''),
    spec: { group: 'example.org', scope: 'Namespaced', names: { plural: 'ships', kind: 'Ship' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: schema } } }, ...more }, { name: 'v2', served: false, storage: false }] },
  });
  const ship = (spec: object, version = 'v1') => object(`example.org/${version} Ship`, 's', { spec });
  const spec = {
    type: 'object',
    required: ['port'],
    properties: {
      port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
      size: { type: 'integer', minimum: 1, exclusiveMinimum: true, default: 3 },
      mode: { type: 'string', enum: ['a', 'b'], nullable: true },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      inner: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
      one: { type: 'object', properties: { x: { type: 'string' }, y: { type: 'string' } }, oneOf: [{ required: ['x'] }, { required: ['y'] }] },
      name: { type: 'string', pattern: '^[a-z]+$', maxLength: 3 },
      unreadable: { type: 'string', pattern: '(?i)^a' },
    },
  };

  test('are held against the CRD in the platform', async () => {
    const errors = async (of: object) => (await found([crd(spec), ship(of)])).map((line) => line.replace('Ship/shop/s: ', ''));
    expect(await errors({ port: 'http', size: null, mode: null, free: { a: { b: 1 } }, inner: { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } }, one: { x: 'a' }, unreadable: 'A' })).toEqual([]);
    expect(await errors({ port: 1.5 })).toEqual(['error field-invalid spec.port: got 1.5, expected a whole number or text (put it into quotes)']);
    expect(await errors({ port: 1, size: 1 })).toEqual(['error field-invalid spec.size: got 1, expected more than 1']);
    expect(await errors({ port: 1, mode: 'c' })).toEqual(['error field-invalid spec.mode: got "c", expected a or b']);
    expect(await errors({ port: 1, one: { x: 'a', y: 'b' } })).toEqual(['error field-invalid spec.one: got a map, expected exactly one of x and y']);
    expect(await errors({ port: 1, inner: { spec: { dropped: 1 } } })).toEqual([expect.stringContaining('spec.inner.spec.dropped: unknown field')]);
    expect(await errors({ port: 1, name: 'a1b2' })).toEqual(['error field-invalid spec.name: got "a1b2", expected at most 3 letters']);
    expect(await errors({ prot: 1 })).toEqual(['error field-unknown spec.prot: unknown field (did you mean port?)']);
  });

  test('of a version that the CRD does not serve, or calls deprecated, are told', async () => {
    expect(await found([crd(spec), ship({ port: 1 }, 'v2')])).toEqual(['error api-unknown Ship/shop/s: CustomResourceDefinition/ships.example.org has no Ship in example.org/v2 (it has v1)']);
    expect(await found([crd(spec, { deprecated: true, deprecationWarning: 'sail with v2' }), ship({ port: 1 })])).toEqual(['warning api-deprecated Ship/shop/s: example.org/v1 is deprecated (sail with v2)']);
  });

  test('of well-known operators are held against their schemas, as a warning, since the cluster may have another version', async () => {
    const scaled = object('keda.sh/v1alpha1 ScaledObject', 's', { spec: { scaleTargetRef: { nam: 'web' }, triggers: [{ type: 'cpu', metadata: { value: '80' } }] } });
    expect(await found(scaled)).toEqual([expect.stringMatching(/^warning field-unknown ScaledObject\/shop\/s: spec\.scaleTargetRef\.nam: unknown field \(keda v\d.*\) \(did you mean name\?\)$/)]);
    expect(await found(object('keda.sh/v1beta7 ScaledObject', 's'))).toEqual([expect.stringMatching(/^warning api-unknown .*keda v.* has no ScaledObject in keda\.sh\/v1beta7 \(it has v1alpha1\)$/)]);
    for (const kind of ['cert-manager.io/v1 Certificate', 'gateway.networking.k8s.io/v1 HTTPRoute', 'monitoring.coreos.com/v1 ServiceMonitor', 'bitnami.com/v1alpha1 SealedSecret', 'traefik.io/v1alpha1 IngressRoute']) {
      expect(await found(object(kind, 'x', { spec: { nonsense: 1 } })), kind).toContainEqual(expect.stringMatching(/^warning field-unknown .*spec\.nonsense: unknown field/));
    }
  });

  test('without any schema are counted once a kind, for those who ask', async () => {
    expect(await found([object('foo.org/v1 Foo', 'a'), object('foo.org/v1 Foo', 'b')])).toEqual([expect.stringMatching(/^info schema-unknown Foo \(foo\.org\/v1\): no schema is known, so 2 of these/)]);
  });

  test('whose CRD nobody brings are told once a kind', () => {
    const on = (...provides: string[]) => platformOf({}, { cluster: { ...platform.cluster, provides } });
    const objects = desired(object('keda.sh/v1alpha1 ScaledObject', 'a'), object('keda.sh/v1alpha1 ScaledObject', 'b'), ship({}));
    expect(lines(apisProvided(platform, objects))).toEqual([
      'warning api-not-provided ScaledObject/shop/a: nothing says that the cluster has ScaledObject (keda.sh/v1alpha1) (if the cluster has it, say so in spec.cluster.provides: keda)',
      'warning api-not-provided Ship/shop/s: nothing says that the cluster has Ship (example.org/v1) (if the cluster has it, say so in spec.cluster.provides: example.org/v1/Ship)',
    ]);
    expect(apisProvided(on('keda', 'example.org/v1/Ship:Namespaced'), objects)).toEqual([]);
    expect(apisProvided(on('keda.sh/v1alpha1', 'example.org/v1'), objects)).toEqual([]);
    expect(apisProvided(platform, desired(crd(spec), ship({})))).toEqual([]);
  });

  test('a CRD schema that says nothing of a map closes it', () => {
    expect(fromCrd({ type: 'object', properties: { spec: { type: 'object' }, more: { type: 'object', additionalProperties: true } } }, {})).toMatchObject({ properties: { spec: { additionalProperties: false } } });
  });
});
