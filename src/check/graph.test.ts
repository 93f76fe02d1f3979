import { describe, expect, test } from 'vitest';
import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { Desired, KubeObject, ResolvedPlatform } from '../model/index.js';
import { K3dSpec } from '../model/cluster-schema.js';
import { platformOf, workloadOf } from '../render/platform.fixture.js';
import { autoscalers } from './autoscalers.js';
import { disruptionBudgets } from './disruption-budgets.js';
import { exposure } from './exposure.js';
import { check } from './index.js';
import { missingReferences } from './missing-references.js';
import { monitors } from './monitors.js';
import { deployment, desired, lines, object } from './objects.fixture.js';
import { onePerField } from './one-per-field.js';
import { routeBackends } from './route-backends.js';
import { routesTwice } from './routes-twice.js';
import { servicePorts } from './service-ports.js';
import { statefulServices } from './stateful-services.js';
import { volumes } from './volumes.js';
import { workloadSelectors } from './workload-selectors.js';

const platform = platformOf({ web: { source: { kind: 'manifests', paths: [] } } });
const providing = (...provides: string[]) => platformOf({}, { cluster: { ...platform.cluster, provides } });
type Objects = Parameters<typeof desired>;
const finder = (of: (platform: ResolvedPlatform, desired: Desired) => Diagnostic[]) => (...objects: Objects) => lines(of(platform, desired(...objects)));
const own = object('Namespace', 'shop', {}, '');
const container = (fields: object, name = 'c') => ({ name, image: 'i', ...fields });

describe('ports of Services', () => {
  const find = finder(servicePorts);
  const service = (ports: object[], more: object = {}) => object('Service', 's', { spec: { selector: { app: 'web' }, ports, ...more } });
  const web = deployment('web', { containers: [container({ ports: [{ name: 'http', containerPort: 8080 }] })] });
  test('that a container opens by number or name are right', () => {
    expect(find(web, service([{ port: 80, targetPort: 'http' }, { name: 'n', port: 81, targetPort: 8080 }]))).toEqual([]);
    expect(find(deployment('web', {}), service([{ port: 80 }]))).toEqual([]);
  });
  test('by a name that no container has are an error, by a number a warning', () => {
    expect(find(web, service([{ name: 'web', port: 80, targetPort: 'htpp' }]))).toEqual(['error service-port-closed Service/shop/s: spec.ports[web].targetPort: port htpp/TCP is opened by no container of Deployment/shop/web (did you mean http?)']);
    expect(find(web, service([{ port: 80 }]))).toEqual(['warning service-port-closed Service/shop/s: spec.ports[0].port: port 80/TCP is opened by no container of Deployment/shop/web (the containers open http 8080/TCP)']);
    expect(find(web, service([{ port: 8080, protocol: 'UDP' }]))).toHaveLength(1);
  });
});

describe('routes', () => {
  const find = finder(routeBackends);
  const ingress = (service: object, name = 'i', more: object = {}) => object('networking.k8s.io/v1 Ingress', name, { spec: { rules: [{ host: 'a.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }], ...more } });
  const service = object('Service', 'web', { spec: { ports: [{ name: 'http', port: 80 }] } });
  test('to a Service and a port that are there are right', () => {
    expect(find(service, ingress({ name: 'web', port: { number: 80 } }), ingress({ name: 'web', port: { name: 'http' } }, 'j'))).toEqual([]);
    expect(lines(routeBackends(providing('Service/shop/other'), desired(ingress({ name: 'other', port: { number: 1 } }))))).toEqual([]);
  });
  test('to a Service that is not there are a warning, in a namespace of the platform an error', () => {
    const wrong = ingress({ name: 'wbe', port: { number: 80 } });
    const message = 'route-service-missing Ingress/shop/i: spec.rules[0].http.paths[0].backend.service: Service wbe is not in this platform (namespace shop) (did you mean web? if the cluster has it, say so in spec.cluster.provides: Service/shop/wbe)';
    expect(find(service, wrong)).toEqual([`warning ${message}`]);
    expect(find(service, wrong, own)).toEqual([`error ${message}`]);
  });
  test('to a port that the Service does not have are an error', () => {
    expect(find(service, ingress({ name: 'web', port: { number: 8080 } }))).toEqual(['error route-port-missing Ingress/shop/i: spec.rules[0].http.paths[0].backend.service: Service web has no port 8080: it has 80 (http)']);
    const route = object('gateway.networking.k8s.io/v1 HTTPRoute', 'r', { spec: { rules: [{ backendRefs: [{ name: 'web', port: 81 }, { name: 'gone', port: 1, namespace: 'shop' }] }] } });
    expect(find(service, route).map((line) => line.split(':')[0])).toEqual(['error route-port-missing HTTPRoute/shop/r', 'warning route-service-missing HTTPRoute/shop/r']);
    const traefik = object('traefik.io/v1alpha1 IngressRoute', 't', { spec: { routes: [{ match: 'Host(`a`)', services: [{ name: 'web', port: 'htttp' }, { kind: 'TraefikService', name: 'x' }] }] } });
    expect(find(service, traefik)).toEqual([expect.stringContaining('route-port-missing IngressRoute/shop/t: spec.routes[0].services[web]: Service web has no port htttp')]);
  });

  test('of two Ingresses to one host and path are an error, but for other classes and canaries', () => {
    const twice = finder(routesTwice);
    const backend = { name: 'web', port: { number: 80 } };
    expect(twice(ingress(backend, 'a'), ingress(backend, 'b'))).toEqual(['error route-twice Ingress/shop/b: a.example.org/ is also taken by Ingress/shop/a (leave it to one of them; or give each its own path, host or class)']);
    expect(twice(ingress(backend, 'a'), ingress(backend, 'b', { ingressClassName: 'inner' }))).toEqual([]);
    const canary = { ...ingress(backend, 'b'), metadata: { name: 'b', namespace: 'shop', annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } } };
    expect(twice(ingress(backend, 'a'), canary)).toEqual([]);
  });

  test('of a component that does not say what it exposes are told where others do', () => {
    const exposing = platformOf({ web: { source: { kind: 'manifests', paths: [] } }, shop: { source: workloadOf(), expose: { host: 'shop.example.org', path: '/' } } });
    const door = ingress({ name: 'web', port: { number: 80 } });
    expect(lines(exposure(exposing, desired(door)))).toEqual(['warning host-not-exposed Ingress/shop/i: lets a.example.org in, and web does not say `expose:` (add `expose: { host: a.example.org }` to web, or switch this Ingress off)']);
    expect(exposure(exposing, desired({ of: door, component: 'shop' }))).toEqual([]);
    expect(exposure(platform, desired(door))).toEqual([]);
  });
});

describe('autoscalers', () => {
  const find = finder(autoscalers);
  const cpu = { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] };
  const hpa = (name: string, target: string, spec: object = cpu) => object('autoscaling/v2 HorizontalPodAutoscaler', name, { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, maxReplicas: 3, ...spec } });
  const scaled = (name: string, target: string, spec: object) => object('keda.sh/v1alpha1 ScaledObject', name, { spec: { scaleTargetRef: { name: target }, ...spec } });
  const asking = deployment('web', { containers: [container({ resources: { requests: { cpu: '1' } } })] });
  test('need a target', () => {
    expect(find(asking, hpa('h', 'web'))).toEqual([]);
    expect(find(asking, hpa('h', 'wbe'))).toEqual(['warning autoscaler-target-missing HorizontalPodAutoscaler/shop/h: spec.scaleTargetRef: Deployment/shop/wbe is not in this platform (did you mean web?)']);
    expect(find(asking, own, scaled('s', 'other', { triggers: [] }))).toEqual([expect.stringMatching(/^error autoscaler-target-missing ScaledObject\/shop\/s/)]);
    expect(find(object('apps/v1 StatefulSet', 'db', { spec: { template: { spec: {} } } }), scaled('s', 'db', { triggers: [] }))).toEqual([expect.stringContaining('(there is StatefulSet/shop/db)')]);
  });
  test('by a share of what is requested need requests in every container, sidecars too', () => {
    const pods = (...containers: object[]) => deployment('web', { containers });
    const lacking = pods(container({ resources: { limits: { cpu: 1 } } }), container({}, 'helper'));
    const message = 'error autoscaler-no-requests HorizontalPodAutoscaler/shop/h: spec.metrics[0]: scales on a share of the requested cpu, and of Deployment/shop/web containers[helper] request none (set resources.requests.cpu of each container, or scale on an average value)';
    expect(find(lacking, hpa('h', 'web'))).toEqual([message]);
    expect(find(lacking, hpa('h', 'web', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '1' } } }] }))).toEqual([]);
    expect(find(lacking, hpa('h', 'web', { metrics: [{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization' } } }] }))).toEqual([]);
    expect(find(lacking, hpa('h', 'web'), object('LimitRange', 'l'))).toEqual([]);
    expect(find(lacking, scaled('s', 'web', { triggers: [{ type: 'cpu', metadata: { value: '80' } }] }))).toEqual([expect.stringContaining('spec.triggers[0]: scales on a share of the requested cpu')]);
    expect(find(lacking, scaled('s', 'web', { triggers: [{ type: 'rabbitmq', metadata: {} }] }))).toEqual([]);
    expect(find(deployment('web', { containers: [container({ resources: { requests: { cpu: 1 } } })], initContainers: [container({}, 'first'), container({ restartPolicy: 'Always' }, 'side')] }), hpa('h', 'web'))).toEqual([expect.stringContaining('initContainers[side] request none')]);
  });
  test('have bounds in order, and are alone on their target', () => {
    expect(find(asking, hpa('h', 'web', { minReplicas: 5 }))).toEqual(['error autoscaler-bounds HorizontalPodAutoscaler/shop/h: spec.minReplicas is 5, more than spec.maxReplicas, which is 3']);
    expect(find(asking, scaled('s', 'web', { minReplicaCount: 101 }))).toEqual([expect.stringContaining('spec.minReplicaCount is 101, more than spec.maxReplicaCount, which is 100')]);
    expect(find(asking, hpa('h', 'web'), scaled('s', 'web', {}))).toEqual([expect.stringMatching(/^error autoscaler-twice ScaledObject\/shop\/s: Deployment\/web is also scaled by HorizontalPodAutoscaler\/shop\/h/)]);
  });
});

describe('disruption budgets', () => {
  const find = finder(disruptionBudgets);
  const budget = (spec: object) => object('policy/v1 PodDisruptionBudget', 'b', { spec: { selector: { matchLabels: { app: 'web' } }, ...spec } });
  const web = (replicas: number) => ({ ...deployment('web', {}), spec: { ...(deployment('web', {})['spec'] as object), replicas } });
  test('that let no pod go are told, shares rounded as Kubernetes does', () => {
    expect(find(web(1), budget({ minAvailable: 1 }))).toEqual([
      'warning disruption-forbidden PodDisruptionBudget/shop/b: spec.minAvailable 1 lets none of the 1 pods of Deployment/shop/web be evicted (leave one pod free to go: maxUnavailable: 1, and two replicas where one must always be there)',
    ]);
    const forbids = (replicas: number, spec: object) => find(web(replicas), budget(spec)).length === 1;
    expect([forbids(2, { minAvailable: 1 }), forbids(2, { maxUnavailable: 0 }), forbids(2, { maxUnavailable: '0%' }), forbids(3, { minAvailable: '51%' }), forbids(3, { minAvailable: '67%' }), forbids(2, { maxUnavailable: '1%' }), forbids(0, { minAvailable: 1 })]).toEqual([false, true, true, false, true, false, false]);
  });
  test('go by what an autoscaler keeps at least', () => {
    const scaler = object('autoscaling/v2 HorizontalPodAutoscaler', 'h', { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 5 } });
    expect(find(web(1), scaler, budget({ minAvailable: 1 }))).toEqual([]);
  });
  test('that fit no pods are told', () => {
    expect(find(web(2), budget({ selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } }))).toEqual(['warning disruption-selects-none PodDisruptionBudget/shop/b: its selector (app notin (web)) fits no pods of this platform']);
    expect(find(web(2), budget({ selector: {}, maxUnavailable: 1 }))).toEqual([]);
  });
});

describe('selectors of workloads', () => {
  const find = finder(workloadSelectors);
  const selecting = (name: string, matchLabels: object, labels: object) => object('apps/v1 Deployment', name, { spec: { selector: { matchLabels }, template: { metadata: { labels }, spec: { containers: [container({})] } } } });
  test('fit their own pods', () => {
    expect(find(selecting('web', { app: 'web' }, { app: 'wbe' }))).toEqual(['error selector-other-labels Deployment/shop/web: spec.selector (app=web) does not fit its own pods (app=wbe) (give spec.template.metadata.labels what the selector asks for)']);
  });
  test('fit nobody else\'s; of two that fit each other one is told', () => {
    const [wide, narrow] = [selecting('wide', { app: 'x' }, { app: 'x' }), selecting('narrow', { app: 'x', part: 'y' }, { app: 'x', part: 'y' })];
    expect(find(wide, narrow)).toEqual([expect.stringMatching(/^warning selector-overlaps Deployment\/shop\/wide: spec.selector \(app=x\) also fits the pods of Deployment\/shop\/narrow/)]);
    expect(find(selecting('a', { app: 'x' }, { app: 'x' }), selecting('b', { app: 'x' }, { app: 'x' }))).toHaveLength(1);
    expect(find(wide, { of: { ...narrow, metadata: { name: 'narrow', namespace: 'other' } } })).toEqual([]);
  });
});

describe('volumes', () => {
  const find = finder(volumes);
  const pods = (mounts: string[], declared: string[]) => deployment('web', { containers: [container({ volumeMounts: mounts.map((name) => ({ name, mountPath: `/${name}` })) })], volumes: declared.map((name) => ({ name, emptyDir: {} })) });
  test('are declared where they are mounted, and mounted where they are declared', () => {
    expect(find(pods(['data'], ['data']))).toEqual([]);
    expect(find(pods(['dta'], ['data']))).toEqual(['error volume-missing Deployment/shop/web: spec.template.spec.containers[c].volumeMounts[dta]: there is no volume dta (did you mean data?)']);
    expect(find(pods([], ['data']))).toEqual(['warning volume-unused Deployment/shop/web: spec.template.spec.volumes[data]: no container mounts it (add a volumeMount, or take the volume away)']);
  });
  test('of a StatefulSet may come from its claim templates', () => {
    const set = object('apps/v1 StatefulSet', 'db', { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }], template: { spec: { containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/d' }] })] } } } });
    expect(find(set)).toEqual([]);
  });
});

test('the Service of a StatefulSet is there, headless, and its own', () => {
  const find = finder(statefulServices);
  const set = object('apps/v1 StatefulSet', 'db', { spec: { serviceName: 'db', replicas: 2, template: { metadata: { labels: { app: 'db' } }, spec: { containers: [] } } } });
  const service = (spec: object, name = 'db') => object('Service', name, { spec: { clusterIP: 'None', selector: { app: 'db' }, ...spec } });
  expect(find(set, service({}))).toEqual([]);
  expect(find(set, service({}, 'dbs'))).toEqual(['warning stateful-service StatefulSet/shop/db: spec.serviceName: Service/shop/db is not in this platform (did you mean dbs?)']);
  expect(find(set, service({ clusterIP: undefined }))).toEqual([expect.stringContaining('is not headless')]);
  expect(find({ ...set, spec: { ...(set['spec'] as object), replicas: 1 } }, service({ clusterIP: undefined }))).toEqual([]);
  expect(find(set, service({ selector: { app: 'other' } }))).toEqual([expect.stringContaining('selects other pods')]);
});

test('monitors select something, and a port by its name', () => {
  const find = finder(monitors);
  const service = object('Service', 'web', { metadata: { labels: { app: 'web' } }, spec: { ports: [{ name: 'metrics', port: 1 }] } });
  const monitor = (spec: object) => object('monitoring.coreos.com/v1 ServiceMonitor', 'm', { spec: { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'metrics' }], ...spec } });
  expect(find(service, monitor({}))).toEqual([]);
  expect(find(service, monitor({ selector: { matchLabels: { app: 'wbe' } } }))).toEqual([expect.stringMatching(/^warning monitor-selects-none ServiceMonitor\/shop\/m: its selector \(app=wbe\) fits no Service/)]);
  expect(find(service, monitor({ endpoints: [{ port: 'metric' }] }))).toEqual(['warning monitor-port-missing ServiceMonitor/shop/m: spec.endpoints[0].port: no Service that it selects has a port named metric (did you mean metrics?)']);
  expect(find(service, monitor({ selector: {}, namespaceSelector: { matchNames: ['elsewhere'] } }))).toEqual([]);
  const pods = object('monitoring.coreos.com/v1 PodMonitor', 'p', { spec: { selector: { matchLabels: { app: 'web' } }, podMetricsEndpoints: [{ port: 'http' }] } });
  expect(find(deployment('web', { containers: [container({ ports: [{ name: 'http', containerPort: 1 }] })] }), pods)).toEqual([]);
});

describe('what objects name beside their pods', () => {
  const find = finder(missingReferences);
  const missing = (...objects: Objects) => find(...objects).map((line) => line.replace(/ is not in this platform.*/, ''));
  test('is there: classes, issuers, roles, accounts, keys', () => {
    const rbac = 'rbac.authorization.k8s.io/v1';
    expect(
      missing(
        object('PersistentVolumeClaim', 'c', { spec: { storageClassName: 'fast' } }),
        object('apps/v1 StatefulSet', 's', { spec: { volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { storageClassName: 'fast' } }] } }),
        object('networking.k8s.io/v1 Ingress', 'i', { metadata: { annotations: { 'cert-manager.io/issuer': 'le' } }, spec: { ingressClassName: 'ngnix', tls: [{ secretName: 'made' }] } }),
        object('networking.k8s.io/v1 Ingress', 'j', { spec: { tls: [{ secretName: 'cert' }] } }),
        object('cert-manager.io/v1 Certificate', 'x', { spec: { secretName: 'x', issuerRef: { kind: 'ClusterIssuer', name: 'le' } } }),
        object(`${rbac} RoleBinding`, 'b', { roleRef: { kind: 'Role', name: 'reader' }, subjects: [{ kind: 'ServiceAccount', name: 'sa' }, { kind: 'User', name: 'u' }] }),
        object(`${rbac} ClusterRoleBinding`, 'cb', { roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'other' }] }, ''),
        object('ServiceAccount', 'puller', { imagePullSecrets: [{ name: 'pull' }] }),
        object('keda.sh/v1alpha1 TriggerAuthentication', 't', { spec: { secretTargetRef: [{ parameter: 'host', name: 'mq', key: 'url' }] } }),
        object('keda.sh/v1alpha1 ScaledObject', 'so', { spec: { triggers: [{ type: 'rabbitmq', authenticationRef: { name: 'tt' } }] } }),
        object('admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration', 'w', { webhooks: [{ name: 'w.example.org', clientConfig: { service: { namespace: 'shop', name: 'hook' } } }] }, ''),
        deployment('web', { priorityClassName: 'high', runtimeClassName: 'gvisor' }),
        deployment('fine', { priorityClassName: 'system-node-critical' }),
      ),
    ).toEqual([
      'warning reference-missing Deployment/shop/web: spec.template.spec.priorityClassName: PriorityClass high',
      'warning reference-missing Deployment/shop/web: spec.template.spec.runtimeClassName: RuntimeClass gvisor',
      'warning reference-missing PersistentVolumeClaim/shop/c: spec.storageClassName: StorageClass fast',
      'warning reference-missing StatefulSet/shop/s: spec.volumeClaimTemplates[d].spec.storageClassName: StorageClass fast',
      'warning reference-missing Ingress/shop/i: spec.ingressClassName: IngressClass ngnix',
      'warning reference-missing Ingress/shop/i: metadata.annotations[cert-manager.io/issuer]: Issuer le',
      'warning reference-missing Ingress/shop/j: spec.tls[0].secretName: Secret cert',
      'warning reference-missing Certificate/shop/x: spec.issuerRef: ClusterIssuer le',
      'warning reference-missing RoleBinding/shop/b: roleRef: Role reader',
      'warning reference-missing RoleBinding/shop/b: subjects[sa]: ServiceAccount sa',
      'warning reference-missing ServiceAccount/shop/puller: imagePullSecrets[0]: Secret pull',
      'warning reference-missing TriggerAuthentication/shop/t: spec.secretTargetRef[host]: Secret mq',
      'warning reference-missing ScaledObject/shop/so: spec.triggers[0].authenticationRef: TriggerAuthentication tt',
      'warning reference-missing ValidatingWebhookConfiguration/w: webhooks[w.example.org].clientConfig.service: Service hook',
    ]);
  });
  test('may come from the cluster: its own classes, and what provides names', () => {
    const claim = (name: string) => object('PersistentVolumeClaim', 'c', { spec: { storageClassName: name } });
    const door = object('networking.k8s.io/v1 Ingress', 'i', { spec: { ingressClassName: 'nginx' } });
    expect(missing(claim('standard'))).toEqual([]);
    expect(find(door)).toEqual([expect.stringContaining('say so in spec.cluster.provides: IngressClass/nginx)')]);
    expect(missingReferences(providing('ingress-nginx', 'StorageClass/fast'), desired(door, claim('fast')))).toEqual([]);
    expect(lines(missingReferences(providing('StorageClass/fast'), desired(claim('fats'))))).toEqual([expect.stringContaining('(did you mean fast? ')]);
    const existing = platformOf({}, { cluster: { ...platform.cluster, provider: 'existing' } });
    expect(missingReferences(existing, desired(claim('standard')))).toHaveLength(1);
    const k3d = (...disable: string[]) => platformOf({}, { cluster: { ...platform.cluster, provider: 'k3d', k3d: K3dSpec.parse({ disable }) } });
    const traefik = object('networking.k8s.io/v1 Ingress', 'i', { spec: { ingressClassName: 'traefik' } });
    expect(missingReferences(k3d(), desired(claim('local-path'), traefik))).toEqual([]);
    expect(missingReferences(k3d('traefik'), desired(claim('local-path'), traefik))).toHaveLength(1);
    expect(missingReferences(k3d(), desired(claim('standard')))).toHaveLength(1);
  });
  test('a key is there, also in what operators will make', () => {
    const wants = (name: string, key: string) => deployment(name, { containers: [container({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'sealed', key } } }] })] });
    const sealed = object('bitnami.com/v1alpha1 SealedSecret', 'sealed', { spec: { encryptedData: { password: 'AgB' } } });
    expect(find(sealed, wants('good', 'password'))).toEqual([]);
    expect(find(sealed, wants('bad', 'pasword'))).toEqual([expect.stringMatching(/^error reference-key-missing .*Secret sealed has no key pasword: it has password \(did you mean password\?\)/)]);
  });
});

describe('what all checks share', () => {
  const found = (of: ResolvedPlatform, ...objects: KubeObject[]) => check(of, desired(...objects), { engine: { path: '' } });
  const typo = object('Service', 's', { spec: { ports: [{ port: 80 }], selecter: { app: 'x' } } });
  test('findings carry their component, and the severity that the platform gives them', async () => {
    expect((await found(platform, typo)).map(({ code, severity, component }) => ({ code, severity, component }))).toEqual([{ code: 'field-unknown', severity: 'error', component: 'web' }]);
    expect((await found(platformOf({}, { checks: { severity: { 'field-unknown': 'info' } } }), typo)).map(({ severity }) => severity)).toEqual(['info']);
    expect(await found(platformOf({}, { checks: { severity: { 'field-unknown': 'ignore' } } }), typo)).toEqual([]);
  });
  test('a severity for a code that does not exist is a mistake', async () => {
    expect(lines(await found(platformOf({}, { checks: { severity: { 'field-unkown': 'ignore' } } })))).toEqual(['error severity-unknown spec.checks.severity: no finding has the code field-unkown (did you mean field-unknown?)']);
  });
  test('two checks that see one mistake tell it once', async () => {
    const claim = object('PersistentVolumeClaim', 'c', { spec: { accessModes: ['RWO'], resources: { requests: { storage: 'big' } } } });
    expect(lines(await found(platform, claim))).toEqual([
      'error field-invalid PersistentVolumeClaim/shop/c: spec.accessModes[0]: got "RWO", expected ReadOnlyMany, ReadWriteMany, ReadWriteOnce or ReadWriteOncePod',
      'error field-invalid PersistentVolumeClaim/shop/c: spec.resources.requests.storage: got "big", expected a quantity such as 500m, 2 or 16Gi',
    ]);
    const web = desired(deployment('web', { containers: [container({ ports: [{}] }), container({ resources: 1 }, 'side')] }));
    const refused = (field: string, problem = 'wrong') => diagnose('object-refused', { object: 'Deployment/shop/web', field: `${field}: `, problem });
    const missing = diagnose('field-missing', { object: 'Deployment/shop/web', path: 'spec.template.spec.containers[side].image', expected: 'text' });
    const kept = onePerField([missing, refused('spec.template.spec.containers[1].image'), refused('spec.template.spec.containers[0].image'), refused('', 'json: cannot unmarshal number')], web);
    expect(kept.map(({ message }) => message)).toEqual([missing.message, 'Deployment/shop/web: spec.template.spec.containers[0].image: wrong']);
  });
});
