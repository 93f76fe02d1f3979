import type { KubeObject } from '../../src/model/index.js';

/** An object made to catch a policy that reads fields in another way than the API server. */
export interface Adversarial {
  what: string;
  object: KubeObject;
}

type Dict = Record<string, unknown>;

const c = (name: string, fields: Dict = {}): Dict => ({ name, image: 'nginx:1.27', ...fields });
const full = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } };
const good = c('web', { resources: full, readinessProbe: { httpGet: { port: 80 } }, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } });
const safe = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };
const resources = (requests: unknown, limits: unknown): Dict => c('web', { resources: { ...(requests === undefined ? {} : { requests }), ...(limits === undefined ? {} : { limits }) } });

function of(apiVersion: string, kind: string, fields: Dict): KubeObject {
  return { apiVersion, kind, metadata: { name: 'subject', namespace: 'conformance' }, ...fields };
}

const pod = (spec: Dict, metadata: Dict = {}): KubeObject => of('v1', 'Pod', { metadata: { name: 'subject', namespace: 'conformance', ...metadata }, spec: { containers: [good], ...spec } });
const template = (spec: Dict, metadata: Dict = {}): Dict => ({ metadata: { labels: { app: 'a' }, ...metadata }, spec: { containers: [good], ...spec } });
const labelled = (spec: Dict, more: Dict = {}): Dict => ({ spec: { selector: { matchLabels: { app: 'a' } }, template: template(spec), ...more } });
const deployment = (spec: Dict): KubeObject => of('apps/v1', 'Deployment', labelled(spec));
const service = (spec: Dict): KubeObject => of('v1', 'Service', { spec: { selector: { app: 'a' }, ports: [{ port: 80 }], ...spec } });
const many = (count: number, make: (i: number) => unknown): unknown[] => Array.from({ length: count }, (_, i) => make(i));

/** Objects whose verdict hangs on defaults, missing fields, quantities, nesting and size. */
export const adversarial: readonly Adversarial[] = [
  { what: 'a pod that keeps every rule', object: pod(safe) },
  { what: 'limits alone, which become requests in a pod', object: pod({ containers: [resources(undefined, { cpu: '1', memory: '1Gi' })] }) },
  { what: 'limits alone, which stay alone in a template', object: deployment({ containers: [resources(undefined, { cpu: '1', memory: '1Gi' })] }) },
  { what: 'the limit of one resource alone', object: pod({ containers: [resources({ memory: '1Gi' }, { cpu: '1' })] }) },
  { what: 'requests of 0.1 as a number', object: pod({ containers: [resources({ cpu: 0.1, memory: 67108864 }, { cpu: 1, memory: 134217728 })] }) },
  { what: 'requests of 100m', object: pod({ containers: [resources({ cpu: '100m', memory: '100M' }, { cpu: '100m', memory: '100M' })] }) },
  { what: 'requests of 0 as a text', object: pod({ containers: [resources({ cpu: '0', memory: '0' }, { cpu: '0', memory: '0' })] }) },
  { what: 'requests of 0 as a number, limits above', object: deployment({ containers: [resources({ cpu: 0, memory: '64Mi' }, { cpu: 1, memory: '64Mi' })] }) },
  { what: 'requests of 0m and 0Mi', object: deployment({ containers: [resources({ cpu: '0m', memory: '0Mi' }, { cpu: '1', memory: '64Mi' })] }) },
  { what: 'a request in scientific notation', object: pod({ containers: [resources({ cpu: '1e-1', memory: '1e6' }, { cpu: '1e0', memory: '1e7' })] }) },
  { what: 'a request below what the server keeps', object: pod({ containers: [resources({ cpu: '0.0001', memory: '1' }, { cpu: '1', memory: '1Gi' })] }) },
  { what: 'a request above its limit', object: pod({ containers: [resources({ cpu: '2', memory: '1Gi' }, { cpu: '1', memory: '1Gi' })] }) },
  { what: 'a quantity that is none', object: pod({ containers: [resources({ cpu: 'much', memory: '1Gi' }, full.limits)] }) },
  { what: 'resources that are empty maps', object: pod({ containers: [resources({}, {})] }) },
  { what: 'resources that are null', object: pod({ containers: [c('web', { resources: null })] }) },
  { what: 'storage alone', object: deployment({ containers: [resources({ 'ephemeral-storage': '1Gi' }, { 'ephemeral-storage': '2Gi' })] }) },
  { what: 'a GPU alone', object: pod({ containers: [resources(undefined, { 'nvidia.com/gpu': 1 })] }) },
  { what: 'resources of the pod as a whole', object: pod({ ...safe, resources: full, containers: [c('web')] }) },
  { what: 'an init container without resources', object: pod({ initContainers: [c('first')] }) },
  { what: 'a sidecar without resources', object: deployment({ initContainers: [c('side', { restartPolicy: 'Always' })] }) },
  { what: 'a sidecar that is privileged', object: pod({ initContainers: [c('side', { restartPolicy: 'Always', resources: full, securityContext: { privileged: true } })] }) },
  { what: 'only the init container has resources', object: pod({ containers: [c('web')], initContainers: [c('first', { resources: full })] }) },
  { what: 'an ephemeral container in a template', object: deployment({ ephemeralContainers: [c('debug', { securityContext: { privileged: true } })] }) },
  { what: 'an ephemeral container in a new pod', object: pod({ ephemeralContainers: [c('debug')] }) },
  { what: 'an empty securityContext everywhere', object: pod({ securityContext: {}, containers: [{ ...good, securityContext: {} }] }) },
  { what: 'a container that takes back what the pod says', object: pod({ ...safe, containers: [{ ...good, securityContext: { runAsNonRoot: false, seccompProfile: { type: 'Unconfined' } } }] }) },
  { what: 'a container that says what the pod does not', object: pod({ containers: [{ ...good, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' }, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }] }) },
  { what: 'user 0 in the pod, another in the container', object: pod({ securityContext: { runAsUser: 0, runAsNonRoot: false }, containers: [{ ...good, securityContext: { runAsUser: 1000 } }] }) },
  { what: 'root in a user namespace', object: pod({ hostUsers: false, securityContext: { runAsUser: 0 }, containers: [{ ...good, securityContext: { procMount: 'Unmasked' } }] }) },
  { what: 'capabilities in lower case', object: pod({ containers: [{ ...good, securityContext: { capabilities: { drop: ['all'], add: ['net_admin'] } } }] }) },
  { what: 'capabilities as an empty list', object: pod({ containers: [{ ...good, securityContext: { capabilities: { drop: [], add: [] } } }] }) },
  { what: 'the network of the node, which sets host ports', object: pod({ hostNetwork: true, containers: [{ ...good, ports: [{ containerPort: 8080 }] }] }) },
  { what: 'the network of the node in a template', object: deployment({ hostNetwork: true, containers: [{ ...good, ports: [{ containerPort: 8080 }] }] }) },
  { what: 'a host port of 0', object: pod({ containers: [{ ...good, ports: [{ containerPort: 80, hostPort: 0 }] }] }) },
  { what: 'host namespaces that are false', object: pod({ hostPID: false, hostIPC: false, hostNetwork: false }) },
  { what: 'a volume without a source', object: pod({ ...safe, volumes: [{ name: 'v' }] }) },
  { what: 'volumes of many kinds', object: pod({ volumes: [{ name: 'a', hostPath: { path: '/' } }, { name: 'b', nfs: { server: 's', path: '/' } }, { name: 'd', csi: { driver: 'x' } }, { name: 'e', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } } }] }) },
  { what: 'an image of a volume without a version', object: pod({ volumes: [{ name: 'i', image: { reference: 'data' } }] }) },
  { what: 'images that are hard to read', object: pod({ containers: [c('a', { image: 'localhost:5000/a' }), c('b', { image: 'a/b:latest@sha256:' + 'a'.repeat(64) }), c('d', { image: 'a:Latest' }), c('e', { image: 'a/b:1@sha256:' + 'g'.repeat(64) })] }) },
  { what: 'a container without an image in a template', object: deployment({ containers: [{ name: 'web' }] }) },
  { what: 'sysctls, safe and not', object: pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }, { name: 'kernel.msgmax', value: '1' }] } }) },
  { what: 'SELinux options with nothing in them', object: pod({ ...safe, containers: [{ ...good, securityContext: { seLinuxOptions: {}, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }] }) },
  { what: 'SELinux options with a type that is empty', object: pod({ securityContext: { seLinuxOptions: { type: '', role: 'r' } } }) },
  { what: 'an AppArmor annotation on a pod', object: pod({}, { annotations: { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' } }) },
  { what: 'a HostProcess container', object: pod({ os: { name: 'windows' }, hostNetwork: true, containers: [{ name: 'w', image: 'w:1', securityContext: { windowsOptions: { hostProcess: true } } }] }) },
  { what: 'a Windows pod that says nothing', object: pod({ os: { name: 'windows' }, containers: [{ name: 'w', image: 'w:1' }] }) },
  { what: 'a probe with an empty host', object: pod({ containers: [{ ...good, livenessProbe: { httpGet: { host: '', port: 80 } } }] }) },
  { what: 'a probe and a hook with hosts in an init container', object: pod({ initContainers: [c('side', { restartPolicy: 'Always', resources: full, startupProbe: { tcpSocket: { host: '10.0.0.1', port: 1 } }, lifecycle: { postStart: { httpGet: { host: 'a', port: 1 } } } })] }) },
  { what: 'a grpc probe', object: deployment({ containers: [{ ...good, readinessProbe: { grpc: { port: 1 } } }] }) },
  { what: 'a StatefulSet without a probe', object: of('apps/v1', 'StatefulSet', labelled({ containers: [c('db', { resources: full })] }, { serviceName: 'db' })) },
  { what: 'a DaemonSet with the node in it', object: of('apps/v1', 'DaemonSet', labelled({ hostPID: true, volumes: [{ name: 'r', hostPath: { path: '/' } }] })) },
  { what: 'a ReplicaSet by itself', object: of('apps/v1', 'ReplicaSet', labelled({ containers: [c('web')] })) },
  { what: 'a ReplicationController, whose selector has a default', object: of('v1', 'ReplicationController', { spec: { template: template({ containers: [c('web')] }) } }) },
  { what: 'a Job', object: of('batch/v1', 'Job', { spec: { template: { spec: { restartPolicy: 'Never', containers: [c('job')] } } } }) },
  { what: 'a CronJob two templates deep', object: of('batch/v1', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'OnFailure', hostNetwork: true, containers: [c('job', { image: 'job' })] } } } } } }) },
  { what: 'a Deployment without metadata in its template', object: of('apps/v1', 'Deployment', { spec: { selector: { matchLabels: { app: 'a' } }, template: { spec: { containers: [good] } } } }) },
  { what: 'a Deployment that selects other pods', object: of('apps/v1', 'Deployment', { spec: { selector: { matchLabels: { app: 'b' } }, template: template({}) } }) },
  { what: 'a pod without a name of its own', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: '', generateName: 'subject-', namespace: 'conformance' }, spec: { containers: [c('web')] } } },
  { what: 'a pod without containers', object: pod({ containers: [] }) },
  { what: 'two hundred containers', object: pod({ ...safe, containers: many(200, (i) => ({ ...good, name: `c${i}` })) }) },
  { what: 'two hundred containers that keep no rule', object: deployment({ containers: many(200, (i) => c(`c${i}`, { image: `image${i}`, ports: [{ containerPort: 80, hostPort: i + 1 }] })) }) },
  { what: 'two thousand variables and five hundred volumes', object: pod({ containers: [{ ...good, env: many(2000, (i) => ({ name: `V${i}`, value: 'x'.repeat(50) })) }], volumes: many(500, (i) => ({ name: `v${i}`, emptyDir: {} })) }) },
  { what: 'a Service without a type', object: service({}) },
  { what: 'a Service that opens a port of every node', object: service({ type: 'NodePort' }) },
  { what: 'a load balancer, with node ports switched off', object: service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }) },
  { what: 'a Service with external addresses', object: service({ externalIPs: ['203.0.113.7', '203.0.113.8'] }) },
  { what: 'a Service with a type that is none', object: service({ type: 'nodeport' }) },
  { what: 'a Service that is only a name', object: of('v1', 'Service', { spec: { type: 'ExternalName', externalName: 'example.org' } }) },
  { what: 'a Service without an address of its own', object: service({ clusterIP: 'None' }) },
  { what: 'a Service with two equal ports', object: service({ ports: [{ name: 'a', port: 80 }, { name: 'a', port: 80 }] }) },
  { what: 'a claim without modes and size', object: of('v1', 'PersistentVolumeClaim', { spec: {} }) },
  { what: 'a claim', object: of('v1', 'PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }) },
  { what: 'an Ingress with a path of no type', object: of('networking.k8s.io/v1', 'Ingress', { spec: { rules: [{ host: 'Example.org', http: { paths: [{ path: 'a', backend: { service: { name: 'a', port: { number: 80 } } } }] } }] } }) },
  { what: 'a NetworkPolicy with a network that is none', object: of('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/8'] } }] }] } }) },
  { what: 'an autoscaler whose bounds are crossed', object: of('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: { minReplicas: 3, maxReplicas: 1, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } } }) },
  { what: 'an autoscaler of the first version', object: of('autoscaling/v1', 'HorizontalPodAutoscaler', { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } } }) },
  { what: 'a PodDisruptionBudget that says both', object: of('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, maxUnavailable: 1, selector: {} } }) },
  { what: 'a Role with rights over nothing', object: of('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ verbs: [] }] }) },
  { what: 'a RoleBinding to nobody', object: of('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role' }, subjects: [{ kind: 'User' }] }) },
  { what: 'a Secret of a type whose keys are missing', object: of('v1', 'Secret', { type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } }) },
  { what: 'a Secret in base64 that is none', object: of('v1', 'Secret', { data: { a: '%' } }) },
  { what: 'a ConfigMap with a key that is none', object: of('v1', 'ConfigMap', { data: { 'a b': 'c' } }) },
  { what: 'a ResourceQuota and its scopes', object: of('v1', 'ResourceQuota', { spec: { hard: { pods: '-1' }, scopes: ['BestEffort', 'NotBestEffort'] } }) },
  { what: 'a LimitRange whose default is above its most', object: of('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' } }] } }) },
  { what: 'a StatefulSet whose claims have no size', object: of('apps/v1', 'StatefulSet', labelled({}, { serviceName: 'db', volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }] })) },
  { what: 'a variable that is there twice', object: pod({ ...safe, containers: [{ ...good, env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }] }) },
  { what: 'a ConfigMap, which no rule is about', object: of('v1', 'ConfigMap', { data: { a: 'b' } }) },
];
