import { describe, expect, test } from 'vitest';
import { shippedPolicies } from '../catalog/policies.js';
import type { Policy, PolicyException, PolicyRule, ResolvedPlatform } from '../model/index.js';
import { engineForTests, engineSkip, platformOf } from '../render/platform.fixture.js';
import { parametersObject, policyObjects } from '../render/index.js';
import { exceptionsOn } from './exceptions.js';
import { examined } from './examined.js';
import { nativeValidation } from './native-validation.js';
import { deployment, desired, lines, object } from './objects.fixture.js';
import { policies } from './policies.js';
import { trK8s5 } from './tr-k8s-5.js';
import { trK8s7 } from './tr-k8s-7.js';
import { trK8s8 } from './tr-k8s-8.js';
import { trK8s9 } from './tr-k8s-9.js';

function ruleOf(id: string, action: PolicyRule['action'] = 'enforce', change: (policy: Policy) => Policy = (same) => same): PolicyRule {
  const { policy, file } = shippedPolicies().get(id)!;
  return { id, action, policy: change(policy), file, own: false };
}

function platformWith(rules: PolicyRule[], exceptions: PolicyException[] = [], more: Partial<ResolvedPlatform> = {}): ResolvedPlatform {
  return platformOf({ web: { source: { kind: 'manifests', paths: [] } }, db: { source: { kind: 'manifests', paths: [] }, data: true } }, { policies: { rules, exceptions }, ...more });
}

const exception = (rule: string, of: string, until = '2999-12-31'): PolicyException => ({ rule, object: of, reason: 'there is a good one', until });
const engine = { engine: { path: engineForTests?.path ?? '' } };
/** Objects with what render adds for rules in CEL. */
function enforced(platform: ResolvedPlatform, ...objects: Parameters<typeof desired>): ReturnType<typeof desired> {
  const target = { platform: platform.name, namespaces: ['shop'], parameters: 'mostik-system' };
  const made = platform.policies.rules.filter(({ policy }) => policy.spec.appliesTo !== 'platform').flatMap(({ policy, action }) => policyObjects(policy, { ...target, action }));
  return desired(...objects, parametersObject(target, platform.policies.exceptions), ...made);
}

describe.skipIf(!engineForTests)(`rules in CEL${engineSkip}`, () => {
  const bare = deployment('web', {});

  test('are errors where they are enforced, warnings where they warn, with reason and way out', async () => {
    const platform = platformWith([ruleOf('tr-k8s-4'), ruleOf('image-pinned', 'warn')]);
    expect(lines(await policies(platform, enforced(platform, bare), engine))).toEqual([
      `error policy-refused Deployment/shop/web: no container has a request or a limit for cpu or memory, so the pods would be BestEffort (rule tr-k8s-4: No pod of class BestEffort) (${ruleOf('tr-k8s-4').policy.spec.wayOut})`,
      `warning policy-warned Deployment/shop/web: image i names no version (rule image-pinned: Images have a version) (${ruleOf('image-pinned').policy.spec.wayOut})`,
    ]);
  });

  test('let an excepted object through, and no other', async () => {
    const platform = platformWith([ruleOf('tr-k8s-4')], [exception('tr-k8s-4', 'Deployment/shop/web')]);
    const found = await policies(platform, enforced(platform, bare, deployment('web-2', {})), engine);
    expect(found.map(({ message }) => message.split(':')[0])).toEqual(['Deployment/shop/web-2']);
  });

  test('say where they cannot be evaluated, and where they are no CEL', async () => {
    const failing = ruleOf('tr-k8s-6', 'enforce', (policy) => ({ ...policy, spec: { ...policy.spec, validations: [{ expression: 'object.spec.nothing == 1', message: 'm' }] } }));
    const broken = ruleOf('tr-k8s-4', 'enforce', (policy) => ({ ...policy, spec: { ...policy.spec, validations: [{ expression: 'nothing ==', message: 'm' }] } }));
    const platform = platformWith([failing, broken]);
    const found = await policies(platform, enforced(platform, object('Service', 'web', { spec: { ports: [{ port: 80 }] } })), engine);
    expect(found.map(({ code }) => code)).toEqual(['policy-invalid', 'policy-not-evaluated']);
    expect(found[0]?.message).toMatch(/^rule tr-k8s-4: the API server would not accept it: spec\.validations\[0\]\.expression: /);
    expect(found[1]?.message).toContain('no such key: nothing');
  });

  test('of the platform are tried on their own examples', async () => {
    const own = { ...ruleOf('tr-k8s-6', 'enforce', (policy) => ({ ...policy, spec: { ...policy.spec, validations: [{ expression: 'object.metadata.name == "x"', message: 'm' }] } })), own: true };
    const platform = platformWith([own]);
    const found = await policies(platform, enforced(platform), engine);
    expect(found.map(({ message }) => message)).toEqual([
      'rule tr-k8s-6: its good example Service/web: got m, expected that it passes',
      'rule tr-k8s-6: its bad example Service/web: got m, expected type NodePort opens a port past the Ingress controller',
      'rule tr-k8s-6: its bad example Service/web: got m, expected type LoadBalancer opens a port past the Ingress controller',
      'rule tr-k8s-6: its bad example Service/web: got m, expected externalIPs 203.0.113.7 lead past the Ingress controller',
    ]);
  });

  test('among the manifests of the platform count as well', async () => {
    const policy = object('admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy', 'mine', { spec: { matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }] }, validations: [{ expression: 'object.metadata.name != "web"', message: 'not this name' }] } }, '');
    const binding = object('admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding', 'mine', { spec: { policyName: 'mine', validationActions: ['Warn'] } }, '');
    const found = await policies(platformWith([]), desired(policy, binding, object('Service', 'web', { spec: { ports: [{ port: 80 }] } })), engine);
    expect(lines(found)).toEqual(['warning policy-warned Service/shop/web: not this name (rule mine)']);
  });
});

describe.skipIf(!engineForTests)(`Kubernetes' own validation${engineSkip}`, () => {
  test('is told with the field, and what it only warns of as a warning', async () => {
    const service = object('Service', 'web', { spec: { ports: [{ name: 'http', port: 0, targetPort: 80 }] } });
    const pod = object('Pod', 'web', { spec: { containers: [{ name: 'c', image: 'i:1', env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }] } });
    expect(lines(await nativeValidation(platformWith([]), desired(service, pod), engine))).toEqual([
      'error object-refused Service/shop/web: spec.ports[http].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'warning object-questionable Pod/shop/web: spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]);
  });

  test('is not asked about the form of values that are only stand-ins', async () => {
    const pull = object('Secret', 'pull', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': Buffer.from('stand-in').toString('base64') } });
    expect(await nativeValidation(platformWith([]), desired(pull), engine)).toEqual([]);
  });

  test('fills in defaults, and leaves alone what it does not know', async () => {
    const all = desired(deployment('web', {}), object('keda.sh/v1alpha1 ScaledObject', 'web', { spec: { a: 1 } }));
    const known = await examined(platformWith([]), all, engine);
    expect(known.defaulted(all.objects[0]!)['spec']).toMatchObject({ replicas: 1, strategy: { type: 'RollingUpdate' }, template: { spec: { terminationGracePeriodSeconds: 30 } } });
    expect(known.defaulted(all.objects[1]!)).toBe(all.objects[1]!.object);
    expect(await examined(platformWith([]), all, engine)).toBe(known);
  });
});

describe('TR-K8S-5', () => {
  const platform = platformWith([ruleOf('tr-k8s-5')]);
  const service = object('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
  const scaler = (metrics: unknown): object => ({ spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3, ...(metrics ? { metrics } : {}) } });
  const hpa = (metrics?: unknown) => object('autoscaling/v2 HorizontalPodAutoscaler', 'web', scaler(metrics));
  const keda = (type: string) => object('keda.sh/v1alpha1 ScaledObject', 'web', { spec: { scaleTargetRef: { name: 'web' }, triggers: [{ type }] } });
  const messages = (...objects: Parameters<typeof desired>): string[] => trK8s5(platform, desired(...objects)).map(({ message }) => message.replace(/ \(rule.*/, ''));

  test('wants a Deployment behind a Service scaled by cpu or memory', () => {
    expect(messages(deployment('web', {}), service)).toEqual(['Deployment/shop/web: it is behind Service/shop/web, and no HorizontalPodAutoscaler scales it']);
    expect(messages(deployment('web', {}), service, hpa([{ type: 'Pods', pods: { metric: { name: 'x' } } }]))).toEqual(['Deployment/shop/web: HorizontalPodAutoscaler/shop/web scales it by neither cpu nor memory']);
    expect(messages(deployment('web', {}), service, keda('rabbitmq'))).toEqual(['Deployment/shop/web: ScaledObject/shop/web scales it by neither cpu nor memory']);
    for (const good of [hpa([{ type: 'Resource', resource: { name: 'memory' } }]), hpa([{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c' } }]), hpa(), keda('cpu')]) expect(messages(deployment('web', {}), service, good)).toEqual([]);
  });

  test('wants a worker scaled by anything', () => {
    expect(messages(deployment('web', {}))).toEqual(['Deployment/shop/web: no Service selects it, and no ScaledObject or HorizontalPodAutoscaler scales it']);
    expect(messages(deployment('web', {}), keda('rabbitmq'))).toEqual([]);
    const metrics = (...names: string[]) => object('Service', 'web', { spec: { selector: { app: 'web' }, ports: names.map((name, index) => ({ name, port: 9090 + index })) } });
    expect(messages(deployment('web', {}), metrics('metrics'), keda('rabbitmq'))).toEqual([]);
    expect(messages(deployment('web', {}), metrics('metrics', 'http'), keda('rabbitmq'))).toHaveLength(1);
  });

  test('leaves out what holds data, hooks and other kinds, what is excepted, and platforms that do not ask', () => {
    expect(messages({ of: deployment('db', {}), component: 'db' }, object('apps/v1 StatefulSet', 'set', { spec: { template: { spec: {} } } }))).toEqual([]);
    expect(trK8s5(platformWith([ruleOf('tr-k8s-5')], [exception('tr-k8s-5', 'Deployment/shop/web')]), desired(deployment('web', {})))).toEqual([]);
    expect(trK8s5(platformWith([ruleOf('tr-k8s-5')], [exception('tr-k8s-4', 'Deployment/shop/web')]), desired(deployment('web', {})))).toHaveLength(1);
    expect(trK8s5(platformWith([]), desired(deployment('web', {})))).toEqual([]);
  });
});

describe('TR-K8S-7', () => {
  const platform = platformWith([ruleOf('tr-k8s-7')]);
  const network = (name: string, spec: object) => object('networking.k8s.io/v1 NetworkPolicy', name, { spec });
  const messages = (...objects: Parameters<typeof desired>): string[] => trK8s7(platform, desired(...objects)).map(({ message }) => message.replace(/ \(rule.*/, ''));

  test('wants every namespace with pods closed in both directions', () => {
    expect(messages(deployment('web', {}), deployment('api', {}))).toEqual(['Deployment/shop/web: namespace shop has no default deny for ingress and egress']);
    expect(messages(deployment('web', {}), network('in', { podSelector: {} }))).toEqual(['Deployment/shop/web: namespace shop has no default deny for egress']);
    expect(messages(deployment('web', {}), network('in', { podSelector: {} }), network('out', { podSelector: {}, policyTypes: ['Egress'] }))).toEqual([]);
    expect(messages(deployment('web', {}), network('dns', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] }))).toEqual([]);
  });

  test('counts no policy that selects some pods, opens everything, or is elsewhere', () => {
    const both = { policyTypes: ['Ingress', 'Egress'] };
    for (const wrong of [
      network('some', { ...both, podSelector: { matchLabels: { app: 'web' } } }),
      network('open', { ...both, podSelector: {}, ingress: [{}], egress: [{ to: [], ports: [] }] }),
      object('networking.k8s.io/v1 NetworkPolicy', 'elsewhere', { spec: { ...both, podSelector: {} } }, 'other'),
    ]) expect(messages(deployment('web', {}), wrong)).toHaveLength(1);
  });
});

test('TR-K8S-8 names variables with values of their own, and lets references and compositions be', () => {
  const env = [{ name: 'LOG_LEVEL', value: 'info' }, { name: 'URL', value: 'http://$(HOST):80' }, { name: 'ESCAPED', value: '$$(HOST)' }, { name: 'EMPTY', value: '' }, { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
  const pods = deployment('web', { containers: [{ name: 'c', env }], initContainers: [{ name: 'first', env: [{ name: 'A', value: '1' }] }] });
  expect(trK8s8(platformWith([ruleOf('tr-k8s-8', 'warn')]), desired(pods)).map(({ code, message }) => `${code} ${message}`)).toEqual([
    'policy-warned Deployment/shop/web: initContainers[first].env sets A; containers[c].env sets LOG_LEVEL, ESCAPED instead of taking it from a ConfigMap (rule tr-k8s-8: Configuration comes from ConfigMaps)',
  ]);
});

test('TR-K8S-9 refuses values that stand in a file, not those of spec.secrets, names beside them, certificates', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const secrets = new Map([['db', 'generated-password']]);
  const found = (data: object, stringData: object = {}): string[] => trK8s9(platformWith([ruleOf('tr-k8s-9')]), { ...desired(object('Secret', 's', { data, stringData })), secrets }).map(({ message }) => message.replace(/ \(rule.*/, ''));
  expect(found({ password: base64('hunter22') })).toEqual(['Secret/shop/s: password has its value from a file in plain text']);
  expect(found({ password: base64('generated-password') }, { dsn: 'postgres://app:generated-password@db/app', username: 'app' })).toEqual([]);
  expect(found({}, { url: 'postgres://app:hunter22@db/app', token: 'abc' })).toEqual(['Secret/shop/s: url, token have their values from a file in plain text']);
  expect(found({ 'ca.crt': base64('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n'), 'tls.key': base64('-----BEGIN PRIVATE KEY-----') })).toEqual(['Secret/shop/s: tls.key has its value from a file in plain text']);
});

test('exceptions end, end soon, and are told when nothing needs them', () => {
  const now = new Date('2026-06-15T12:00:00Z');
  const all = desired(deployment('web', {}));
  const found = (...exceptions: PolicyException[]): string[] => lines(exceptionsOn(platformWith([ruleOf('tr-k8s-4')], exceptions), all, now));
  expect(found(exception('tr-k8s-4', 'Deployment/shop/web'))).toEqual([]);
  expect(found(exception('tr-k8s-4', 'Deployment/shop/web', '2026-06-14'))).toEqual(['error exception-ended exception of rule tr-k8s-4 for Deployment/shop/web: it ended on 2026-06-14 (mend the object and take the exception away, or give it a new date and a reason that still holds)']);
  expect(found(exception('tr-k8s-4', 'Deployment/shop/web', '2026-06-15'))).toEqual(['info exception-ends-soon exception of rule tr-k8s-4 for Deployment/shop/web: it ends on 2026-06-15 (its reason was: there is a good one)']);
  expect(found(exception('tr-k8s-4', 'Deployment/shop/web', '2026-06-29'))[0]).toContain('exception-ends-soon');
  expect(found(exception('tr-k8s-4', 'Deployment/shop/web', '2026-06-30'))).toEqual([]);
  expect(found(exception('tr-k8s-4', 'Deployment/shop/wbe'))[0]).toMatch(/^warning exception-unused .*there is no such object in this platform \(did you mean Deployment\/shop\/web\?\)$/);
  expect(found(exception('tr-k8s-6', 'Deployment/shop/web'))[0]).toContain('the rule is not in force');
  expect(found(exception('tr-k8s-44', 'Deployment/shop/web'))[0]).toContain('there is no such rule (did you mean tr-k8s-4?)');
});
