import type { KubeObject } from '../../src/model/index.js';

/** One option of a library chart, and what it does to the objects. */
export interface Case {
  title: string;
  charts: readonly ChartName[];
  /** Laid over the smallest values of each chart. */
  values: Record<string, unknown>;
  /** Path below the object (dots; `[name]` finds the entry of a list by its name) to what stands there; undefined: nothing. */
  expect: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
}

export type ChartName = 'python-fastapi-service' | 'python-celery-worker' | 'frontend-spa';

export const everyChart: readonly ChartName[] = ['python-fastapi-service', 'python-celery-worker', 'frontend-spa'];
const http: readonly ChartName[] = ['python-fastapi-service', 'frontend-spa'];
const measured: readonly ChartName[] = ['python-fastapi-service', 'python-celery-worker'];
const api: readonly ChartName[] = ['python-fastapi-service'];
const worker: readonly ChartName[] = ['python-celery-worker'];
const frontend: readonly ChartName[] = ['frontend-spa'];

const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: 1, memory: '256Mi' } };

/** The least that each chart takes. */
export const least: Readonly<Record<ChartName, Record<string, unknown>>> = {
  'python-fastapi-service': { image: { repository: 'example/web', tag: '1.0' }, resources },
  'python-celery-worker': { image: { repository: 'example/web', tag: '1.0' }, resources, celery: { app: 'web.tasks', queues: ['mail'] } },
  'frontend-spa': { image: { repository: 'example/web', tag: '1.0' }, resources },
};

const pod = 'spec.template.spec';
const container = `${pod}.containers[0]`;
const digest = `sha256:${'ab'.repeat(32)}`;
const probe = (enabled: boolean, more = {}) => ({ enabled, path: '/p', port: 'http', exec: [], initialDelaySeconds: 1, periodSeconds: 7, timeoutSeconds: 4, failureThreshold: 9, ...more });
const rendered = (handler: object) => ({ ...handler, initialDelaySeconds: 1, periodSeconds: 7, timeoutSeconds: 4, failureThreshold: 9 });

/** Cases by what they set; object keys are `Kind` or `Kind/name`, null for an object that is not there. */
export const cases: readonly Case[] = [
  { title: 'nameOverride', charts: everyChart, values: { nameOverride: 'shop' }, expect: { Deployment: { 'metadata.name': 'web-shop', 'spec.selector.matchLabels': { 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/instance': 'web' } } } },
  { title: 'fullnameOverride', charts: everyChart, values: { fullnameOverride: 'shop' }, expect: { 'Deployment/shop': { [`${pod}.serviceAccountName`]: 'shop' }, 'PodDisruptionBudget/shop': {} } },
  { title: 'partOf', charts: everyChart, values: { partOf: 'shop' }, expect: { Deployment: { 'metadata.labels.app\\.kubernetes\\.io/part-of': 'shop', 'spec.selector.matchLabels': { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } } } },
  { title: 'labels', charts: everyChart, values: { labels: { team: 'a' } }, expect: { Deployment: { 'metadata.labels.team': 'a', 'spec.template.metadata.labels.team': undefined }, ServiceAccount: { 'metadata.labels.team': 'a' } } },
  { title: 'image with registry and digest', charts: everyChart, values: { image: { registry: 'registry.example.org:5000', repository: 'a/b', digest } }, expect: { Deployment: { [`${container}.image`]: `registry.example.org:5000/a/b:1.0@${digest}` } } },
  { title: 'image tag that YAML reads as a number', charts: everyChart, values: { image: { repository: 'a', tag: 7 } }, expect: { Deployment: { [`${container}.image`]: 'a:7' } } },
  { title: 'image pull policy and secrets', charts: everyChart, values: { image: { repository: 'a', tag: '1', pullPolicy: 'Always', pullSecrets: ['registry'] } }, expect: { Deployment: { [`${container}.imagePullPolicy`]: 'Always', [`${pod}.imagePullSecrets`]: [{ name: 'registry' }] } } },
  { title: 'command', charts: everyChart, values: { command: ['run', 'it'] }, expect: { Deployment: { [`${container}.command`]: ['run', 'it'] } } },
  { title: 'args', charts: everyChart, values: { args: ['--fast'] }, expect: { Deployment: { [`${container}.args`]: ['--fast'] } } },
  { title: 'replicas', charts: everyChart, values: { replicas: 3 }, expect: { Deployment: { 'spec.replicas': 3 } } },
  { title: 'config', charts: measured, values: { config: { A: 'text', B: 1000000, C: true, D: 0.5 } }, expect: { ConfigMap: { data: { A: 'text', B: '1000000', C: 'true', D: '0.5' } }, Deployment: { [`${container}.envFrom`]: [{ configMapRef: { name: 'web' } }] } } },
  { title: 'config of pages', charts: frontend, values: { config: { apiBase: '/api', nested: { a: [1] } } }, expect: { ConfigMap: { 'data.config\\.json': '{\n  "apiBase": "/api",\n  "nested": {\n    "a": [\n      1\n    ]\n  }\n}\n' }, Deployment: { [`${container}.envFrom`]: undefined, [`${container}.volumeMounts[2].subPath`]: 'config.json' } } },
  { title: 'secrets', charts: measured, values: { secrets: { PASSWORD: { name: 'db', key: 'password' }, TOKEN: { name: 'api', key: 'token', optional: true } } }, expect: { Secret: null, Deployment: { [`${container}.env`]: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }, { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token', optional: true } } }] } } },
  { title: 'secretValues', charts: measured, values: { secretValues: { TOKEN: 'abc', PIN: 1234567 } }, expect: { Secret: { stringData: { TOKEN: 'abc', PIN: '1234567' }, type: 'Opaque' }, Deployment: { [`${container}.envFrom`]: [{ secretRef: { name: 'web' } }] } } },
  { title: 'extraEnv', charts: measured, values: { extraEnv: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] }, expect: { Deployment: { [`${container}.env`]: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] } } },
  { title: 'resources', charts: everyChart, values: { resources: { requests: { cpu: 0.5, memory: '1Gi', 'ephemeral-storage': '1Gi' }, limits: { cpu: 2, memory: '2Gi' } } }, expect: { Deployment: { [`${container}.resources`]: { requests: { cpu: 0.5, memory: '1Gi', 'ephemeral-storage': '1Gi' }, limits: { cpu: 2, memory: '2Gi' } } } } },
  { title: 'security', charts: everyChart, values: { security: { runAsUser: 1000700000, runAsGroup: 2, fsGroup: 3, readOnlyRootFilesystem: false } }, expect: { Deployment: { [`${pod}.securityContext`]: { runAsNonRoot: true, runAsUser: 1000700000, runAsGroup: 2, fsGroup: 3, seccompProfile: { type: 'RuntimeDefault' } }, [`${container}.securityContext`]: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: false, capabilities: { drop: ['ALL'] } } } } },
  { title: 'serviceAccount of one\'s own name', charts: everyChart, values: { serviceAccount: { name: 'robot', annotations: { role: 'r' }, automountToken: true } }, expect: { 'ServiceAccount/robot': { 'metadata.annotations': { role: 'r' }, automountServiceAccountToken: false }, Deployment: { [`${pod}.serviceAccountName`]: 'robot', [`${pod}.automountServiceAccountToken`]: true } } },
  { title: 'serviceAccount that is there already', charts: everyChart, values: { serviceAccount: { create: false } }, expect: { ServiceAccount: null, Deployment: { [`${pod}.serviceAccountName`]: 'default' } } },
  { title: 'terminationGracePeriodSeconds', charts: everyChart, values: { terminationGracePeriodSeconds: 77 }, expect: { Deployment: { [`${pod}.terminationGracePeriodSeconds`]: 77 } } },
  { title: 'rollout', charts: everyChart, values: { rollout: { maxUnavailable: '25%', maxSurge: 2 } }, expect: { Deployment: { 'spec.strategy': { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: 2 } } } } },
  { title: 'podLabels and podAnnotations', charts: everyChart, values: { podLabels: { tier: 'x' }, podAnnotations: { note: 'y' } }, expect: { Deployment: { 'spec.template.metadata.labels.tier': 'x', 'spec.template.metadata.annotations.note': 'y', 'spec.selector.matchLabels.tier': undefined } } },
  { title: 'nodeSelector, tolerations, affinity, priorityClassName', charts: everyChart, values: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }], affinity: { nodeAffinity: {} }, priorityClassName: 'high' }, expect: { Deployment: { [`${pod}.nodeSelector`]: { disk: 'ssd' }, [`${pod}.tolerations`]: [{ key: 'a', operator: 'Exists' }], [`${pod}.affinity`]: { nodeAffinity: {} }, [`${pod}.priorityClassName`]: 'high' } } },
  { title: 'topologySpread', charts: everyChart, values: { topologySpread: { keys: ['topology.kubernetes.io/zone'], maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' } }, expect: { Deployment: { [`${pod}.topologySpreadConstraints`]: [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } }, matchLabelKeys: ['pod-template-hash'] }] } } },
  { title: 'topologySpread off', charts: everyChart, values: { topologySpread: { enabled: false } }, expect: { Deployment: { [`${pod}.topologySpreadConstraints`]: undefined } } },
  { title: 'tmp', charts: everyChart, values: { tmp: { sizeLimit: '1Gi' } }, expect: { Deployment: { [`${pod}.volumes[0]`]: { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }, [`${container}.volumeMounts[0]`]: { name: 'tmp', mountPath: '/tmp' } } } },
  { title: 'tmp off', charts: measured, values: { tmp: { enabled: false } }, expect: { Deployment: { [`${pod}.volumes`]: undefined, [`${container}.volumeMounts`]: undefined } } },
  { title: 'tmp off beside the files of nginx', charts: frontend, values: { tmp: { enabled: false } }, expect: { Deployment: { [`${pod}.volumes`]: [{ name: 'files', configMap: { name: 'web' } }] } } },
  { title: 'volumes and volumeMounts', charts: measured, values: { volumes: [{ name: 'v', emptyDir: {} }], volumeMounts: [{ name: 'v', mountPath: '/v' }] }, expect: { Deployment: { [`${pod}.volumes[1]`]: { name: 'v', emptyDir: {} }, [`${container}.volumeMounts[1]`]: { name: 'v', mountPath: '/v' } } } },
  { title: 'volumes and volumeMounts beside those of nginx', charts: frontend, values: { volumes: [{ name: 'v', emptyDir: {} }], volumeMounts: [{ name: 'v', mountPath: '/v' }] }, expect: { Deployment: { [`${pod}.volumes[2]`]: { name: 'v', emptyDir: {} }, [`${container}.volumeMounts[3]`]: { name: 'v', mountPath: '/v' } } } },
  { title: 'initContainers and sidecars', charts: everyChart, values: { initContainers: [{ name: 'first', image: 'a:1' }], sidecars: [{ name: 'beside', image: 'b:1' }] }, expect: { Deployment: { [`${pod}.initContainers`]: [{ name: 'first', image: 'a:1' }], [`${pod}.containers[1]`]: { name: 'beside', image: 'b:1' } } } },
  { title: 'podDisruptionBudget by how many may be missing', charts: everyChart, values: { podDisruptionBudget: { maxUnavailable: '50%' } }, expect: { PodDisruptionBudget: { 'spec.maxUnavailable': '50%', 'spec.minAvailable': undefined, 'spec.selector.matchLabels': { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } } } },
  { title: 'podDisruptionBudget by how many must be there', charts: everyChart, values: { podDisruptionBudget: { minAvailable: 2 } }, expect: { PodDisruptionBudget: { 'spec.minAvailable': 2, 'spec.maxUnavailable': undefined } } },
  { title: 'podDisruptionBudget off', charts: everyChart, values: { podDisruptionBudget: { enabled: false } }, expect: { PodDisruptionBudget: null } },
  { title: 'networkPolicy', charts: everyChart, values: { networkPolicy: { enabled: true, from: [{ podSelector: {} }], to: [{ to: [{ podSelector: {} }], ports: [{ port: 1 }] }], dns: false } }, expect: { NetworkPolicy: { 'spec.policyTypes': ['Ingress', 'Egress'], 'spec.ingress[0].from': [{ podSelector: {} }], 'spec.egress': [{ to: [{ podSelector: {} }], ports: [{ port: 1 }] }] } } },
  { title: 'networkPolicy that allows names to be looked up, and nothing else', charts: everyChart, values: { networkPolicy: { enabled: true } }, expect: { NetworkPolicy: { 'spec.ingress': undefined, 'spec.egress[0].ports': [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }], 'spec.egress[1]': undefined } } },
  { title: 'networkPolicy for the Ingress controller', charts: http, values: { networkPolicy: { enabled: true, ingressNamespace: 'edge' }, ingress: { enabled: true, host: 'a.example.org' } }, expect: { NetworkPolicy: { 'spec.ingress': [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } }], ports: [{ port: 'http', protocol: 'TCP' }] }] } } },
  { title: 'networkPolicy for Prometheus', charts: measured, values: { networkPolicy: { enabled: true, monitoringNamespace: 'watch' }, metrics: { enabled: true } }, expect: { NetworkPolicy: { 'spec.ingress': [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'watch' } } }], ports: [{ port: 'metrics', protocol: 'TCP' }] }] } } },
  { title: 'global and mostik-service change nothing', charts: everyChart, values: { global: { a: 1 }, 'mostik-service': { b: 2 } }, expect: { Deployment: { 'metadata.name': 'web' } } },

  { title: 'port and service', charts: http, values: { port: 9000, service: { port: 8081, annotations: { a: 'b' } } }, expect: { Service: { 'spec.type': 'ClusterIP', 'metadata.annotations': { a: 'b' }, 'spec.ports': [{ name: 'http', port: 8081, targetPort: 'http', protocol: 'TCP' }] }, Deployment: { [`${container}.ports`]: [{ name: 'http', containerPort: 9000, protocol: 'TCP' }] } } },
  { title: 'ingress with TLS from an issuer', charts: http, values: { ingress: { enabled: true, host: 'a.example.org', tls: { issuer: 'le' } } }, expect: { Ingress: { 'metadata.annotations': { 'cert-manager.io/cluster-issuer': 'le', 'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true' }, 'spec.ingressClassName': 'nginx', 'spec.tls': [{ hosts: ['a.example.org'], secretName: 'web-tls' }], 'spec.rules': [{ host: 'a.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }] } }] } } },
  { title: 'ingress with everything else', charts: http, values: { ingress: { enabled: true, className: 'other', host: '*.example.org', paths: [{ path: '/a', pathType: 'Exact' }, { path: '/b' }], annotations: { x: 'y' }, tls: { secretName: 'mine', issuer: 'i', issuerKind: 'Issuer', redirect: false } } }, expect: { Ingress: { 'metadata.annotations': { 'cert-manager.io/issuer': 'i', x: 'y' }, 'spec.ingressClassName': 'other', 'spec.tls[0].secretName': 'mine', 'spec.rules[0].http.paths[0].pathType': 'Exact', 'spec.rules[0].http.paths[1].path': '/b' } } },
  { title: 'ingress without TLS', charts: http, values: { ingress: { enabled: true, host: 'a.example.org', tls: { enabled: false } } }, expect: { Ingress: { 'spec.tls': undefined, 'metadata.annotations': undefined } } },
  { title: 'autoscaling', charts: http, values: { autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 7, cpuPercent: 60, memoryPercent: 80, scaleDownAfterSeconds: 60 } }, expect: { HorizontalPodAutoscaler: { 'spec.scaleTargetRef': { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, 'spec.minReplicas': 3, 'spec.maxReplicas': 7, 'spec.metrics[0].resource': { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } }, 'spec.metrics[1].resource': { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } }, 'spec.behavior.scaleDown.stabilizationWindowSeconds': 60 }, Deployment: { 'spec.replicas': undefined } } },
  { title: 'autoscaling on memory alone', charts: http, values: { autoscaling: { enabled: true, cpuPercent: 0, memoryPercent: 80 } }, expect: { HorizontalPodAutoscaler: { 'spec.metrics[0].resource.name': 'memory', 'spec.metrics[1]': undefined } } },
  { title: 'preStopSeconds', charts: http, values: { preStopSeconds: 12 }, expect: { Deployment: { [`${container}.lifecycle`]: { preStop: { sleep: { seconds: 12 } } } } } },
  { title: 'preStopSeconds of none', charts: http, values: { preStopSeconds: 0 }, expect: { Deployment: { [`${container}.lifecycle`]: undefined } } },

  { title: 'metrics', charts: measured, values: { metrics: { enabled: true, port: 9400, path: '/m', serviceMonitor: { enabled: true, interval: '15s', scrapeTimeout: '5s', labels: { release: 'prom' } } } }, expect: { ServiceMonitor: { 'metadata.labels.release': 'prom', 'spec.endpoints': [{ port: 'metrics', path: '/m', interval: '15s', scrapeTimeout: '5s' }], 'spec.selector.matchLabels': { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'web' } }, Service: { 'spec.ports[name=metrics].port': 9400 }, Deployment: { [`${container}.ports[name=metrics].containerPort`]: 9400 } } },
  { title: 'probes', charts: everyChart, values: { probes: { startup: probe(true), readiness: probe(true, { port: 8181 }), liveness: probe(true, { exec: ['true'] }) } }, expect: { Deployment: { [`${container}.startupProbe`]: rendered({ httpGet: { path: '/p', port: 'http' } }), [`${container}.readinessProbe`]: rendered({ httpGet: { path: '/p', port: 8181 } }), [`${container}.livenessProbe`]: rendered({ exec: { command: ['true'] } }) } } },
  { title: 'probes off', charts: everyChart, values: { probes: { startup: { enabled: false }, readiness: { enabled: false }, liveness: { enabled: false } } }, expect: { Deployment: { [`${container}.startupProbe`]: undefined, [`${container}.readinessProbe`]: undefined, [`${container}.livenessProbe`]: undefined } } },

  { title: 'migration', charts: api, values: { config: { A: 'b' }, secretValues: { C: 'd' }, podLabels: { tier: 'x' }, migration: { enabled: true, command: ['migrate'], args: ['--all'], backoffLimit: 1, activeDeadlineSeconds: 60, resources: { requests: { cpu: 1, memory: '1Gi' }, limits: { cpu: 2, memory: '2Gi' } } } }, expect: { 'Job/web-migration': { 'metadata.annotations': { 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-weight': '0', 'helm.sh/hook-delete-policy': 'before-hook-creation' }, 'spec.backoffLimit': 1, 'spec.activeDeadlineSeconds': 60, 'spec.template.metadata.labels': { 'app.kubernetes.io/name': 'web-migration', 'app.kubernetes.io/instance': 'web', 'app.kubernetes.io/component': 'migration', tier: 'x' }, [`${container}.command`]: ['migrate'], [`${container}.terminationMessagePolicy`]: 'FallbackToLogsOnError', [`${container}.args`]: ['--all'], [`${container}.resources.requests.cpu`]: 1, [`${container}.envFrom`]: [{ configMapRef: { name: 'web-migration' } }, { secretRef: { name: 'web-migration' } }] }, 'ConfigMap/web-migration': { data: { A: 'b' }, 'metadata.annotations.helm\\.sh/hook-weight': '-10' }, 'Secret/web-migration': { stringData: { C: 'd' } } } },
  { title: 'migration with the resources of the service', charts: api, values: { migration: { enabled: true, command: ['migrate'] } }, expect: { Job: { [`${container}.resources`]: resources }, 'ConfigMap/web-migration': null } },

  { title: 'celery', charts: worker, values: { celery: { app: 'a.b', queues: ['x', 'y'], concurrency: 4, pool: 'threads', logLevel: 'debug', options: ['--max-tasks-per-child=9'] } }, expect: { Deployment: { [`${container}.command`]: ['celery', '--app=a.b', 'worker', '--queues=x,y', '--concurrency=4', '--pool=threads', '--loglevel=debug', '--max-tasks-per-child=9'] } } },
  { title: 'a worker has a Service only for its metrics', charts: worker, values: {}, expect: { Service: null, Deployment: { [`${container}.ports`]: undefined } } },
  { title: 'KEDA on the queues of the worker', charts: worker, values: { celery: { app: 'a', queues: ['x', 'y'] }, autoscaling: { enabled: true, rabbitmq: { secretName: 'mq' } } }, expect: { ScaledObject: { 'spec.scaleTargetRef': { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, 'spec.triggers': ['x', 'y'].map((queueName) => ({ type: 'rabbitmq', metadata: { protocol: 'amqp', queueName, mode: 'QueueLength', value: '20' }, authenticationRef: { name: 'web' } })) }, TriggerAuthentication: { 'spec.secretTargetRef': [{ parameter: 'host', name: 'mq', key: 'uri' }] }, Deployment: { 'spec.replicas': undefined } } },
  { title: 'KEDA with everything said', charts: worker, values: { autoscaling: { enabled: true, minReplicas: 0, maxReplicas: 30, messagesPerReplica: 5, queues: ['z'], pollingSeconds: 10, cooldownSeconds: 60, rabbitmq: { secretName: 'mq', secretKey: 'address', protocol: 'http', vhost: 'v' } } }, expect: { ScaledObject: { 'spec.minReplicaCount': 0, 'spec.maxReplicaCount': 30, 'spec.pollingInterval': 10, 'spec.cooldownPeriod': 60, 'spec.triggers': [{ type: 'rabbitmq', metadata: { protocol: 'http', queueName: 'z', mode: 'QueueLength', value: '5', vhostName: 'v' }, authenticationRef: { name: 'web' } }] }, TriggerAuthentication: { 'spec.secretTargetRef[0].key': 'address' } } },

  { title: 'nginx', charts: frontend, values: { port: 8888, nginx: { root: '/srv', assetsPath: '/static/', assetsMaxAgeSeconds: 60, contentSecurityPolicy: "default-src 'none'" } }, expect: { ConfigMap: { 'data.default\\.conf': /listen 8888;[^]*root \/srv;[^]*Content-Security-Policy "default-src 'none'"[^]*location \/static\/ \{\n\s+expires 60s;/ }, Deployment: { [`${container}.volumeMounts[2].mountPath`]: '/srv/config.json' } } },
  { title: 'nginx without a content security policy', charts: frontend, values: { nginx: { contentSecurityPolicy: '' } }, expect: { ConfigMap: { 'data.default\\.conf': /^(?![^]*Content-Security-Policy)/ } } },
];

/** Values that must be refused, and where. */
export const refusals: readonly { charts: readonly ChartName[]; values: Record<string, unknown>; says: RegExp }[] = [
  { charts: everyChart, values: { replics: 2 }, says: /there is no key replics here/ },
  { charts: everyChart, values: { image: { repository: 'a', tga: '1' } }, says: /there is no key tga here/ },
  { charts: everyChart, values: { image: { repository: 'A B', tag: '1' } }, says: /image\.repository: expected a text of the form/ },
  { charts: everyChart, values: { resources: { limits: { memory: null } } }, says: /values\.resources\.limits(: memory is missing|\.memory: expected)/ },
  { charts: everyChart, values: { resources: { requests: { cpu: '1 core', memory: '1Gi' }, limits: { cpu: 1, memory: '1Gi' } } }, says: /resources\.requests\.cpu: expected/ },
  { charts: everyChart, values: { security: { runAsUser: 0 } }, says: /security\.runAsUser: expected a number of at least 1, got 0/ },
  { charts: http, values: { ingress: { enabled: true } }, says: /ingress: host is missing/ },
  { charts: http, values: { autoscaling: { enabled: true, cpuPercent: 0 } }, says: /neither cpuPercent nor memoryPercent is set/ },
  { charts: everyChart, values: { autoscaling: { enabled: true, minReplicas: 9, maxReplicas: 3, rabbitmq: { secretName: 'mq' } } }, says: /minReplicas is 9 and maxReplicas 3|there is no key rabbitmq here/ },
  { charts: api, values: { migration: { enabled: true } }, says: /migration\.command: expected at least 1 item/ },
  { charts: worker, values: { autoscaling: { enabled: true } }, says: /autoscaling\.rabbitmq: secretName is missing/ },
  { charts: worker, values: { celery: { app: 'a', queues: [] } }, says: /celery\.queues: expected at least 1 item/ },
  { charts: frontend, values: { secrets: { A: { name: 'a', key: 'b' } } }, says: /there is no key secrets here/ },
];

/** Reads a path of a case from an object. */
export function fieldOf(object: KubeObject, path: string): unknown {
  const steps = path.split(/(?<!\\)\.|(?=\[)/).map((step) => step.replaceAll('\\.', '.'));
  return steps.reduce<unknown>((value, step) => {
    const [, index, key, wanted] = /^\[(?:(\d+)|(\w+)=([^\]]+))\]$/.exec(step) ?? [];
    if (index !== undefined) return (value as unknown[] | undefined)?.[Number(index)];
    if (key !== undefined) return (value as Record<string, unknown>[] | undefined)?.find((entry) => entry[key] === wanted);
    return (value as Record<string, unknown> | undefined)?.[step];
  }, object);
}
