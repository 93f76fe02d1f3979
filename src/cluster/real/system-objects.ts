import type { KubeObject } from '../../model/index.js';
import { simulatedLabel } from '../names.js';
import type { ClusterRecord } from '../record.js';
import { ownImages, realNetworks } from './layout.js';

const namespace = 'kube-system';

/**
 * What a real node adds to the cluster: the address at which pods find the API server, what the API server may ask the kubelet,
 * names (CoreDNS) and measurements (metrics-server). Both run as pods, so that policies see them as on any cluster; their program
 * is mounted from the node, so that no image has to be had.
 */
export function realObjects(record: ClusterRecord): KubeObject[] {
  return [apiEndpoints(), kubeletAccess(), ...coreDns(record), ...metricsServer(record)];
}

function apiEndpoints(): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [realNetworks.node], conditions: { ready: true } }],
    ports: [{ name: 'https', port: realNetworks.apiPort, protocol: 'TCP' }],
  };
}

function kubeletAccess(): KubeObject {
  return binding('ClusterRoleBinding', 'mostik:kubelet-api', { role: 'system:kubelet-api-admin', subject: { kind: 'User', name: 'kube-apiserver-kubelet-client', apiGroup: 'rbac.authorization.k8s.io' } });
}

function binding(kind: 'ClusterRoleBinding' | 'RoleBinding', name: string, { role, subject, roleKind = 'ClusterRole' }: { role: string; subject: object; roleKind?: 'ClusterRole' | 'Role' }): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, ...(kind === 'RoleBinding' ? { namespace } : {}) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: role },
    subjects: [subject],
  };
}

const account = (name: string): object => ({ kind: 'ServiceAccount', name, namespace });

function coreDns(record: ClusterRecord): KubeObject[] {
  const name = 'coredns';
  const corefile = [
    '.:53 {',
    '  errors',
    '  health :8053',
    '  ready :8181',
    '  kubernetes cluster.local in-addr.arpa ip6.arpa {',
    '    pods insecure',
    '    fallthrough in-addr.arpa ip6.arpa',
    '    ttl 5',
    '  }',
    '  prometheus :9153',
    '  forward . /etc/resolv.conf',
    '  cache 5',
    '  reload 5s',
    '  loadbalance',
    '}',
    '',
  ].join('\n');
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    binding('ClusterRoleBinding', 'system:coredns', { role: 'system:coredns', subject: account(name) }),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { Corefile: corefile } },
    systemDeployment(record, {
      name,
      labels: { 'k8s-app': 'kube-dns' },
      args: ['coredns', '-conf', '/etc/coredns/Corefile'],
      // The port as in other clusters: policies that let pods ask for names say 53, and are asked after the Service's translation.
      ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }, { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' }, { name: 'metrics', containerPort: 9153, protocol: 'TCP' }],
      capabilities: ['NET_BIND_SERVICE'],
      probe: { httpGet: { path: '/ready', port: 8181 } },
      volume: { name: 'config', configMap: { name } },
      mount: { name: 'config', mountPath: '/etc/coredns', readOnly: true },
      dnsPolicy: 'Default',
    }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace, labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true' } },
      spec: {
        clusterIP: realNetworks.dns,
        selector: { 'k8s-app': 'kube-dns' },
        ports: [{ name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' }, { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' }, { name: 'metrics', port: 9153, targetPort: 9153, protocol: 'TCP' }],
      },
    },
  ];
}

function metricsServer(record: ClusterRecord): KubeObject[] {
  const name = 'metrics-server';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:metrics-server' },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'system:aggregated-metrics-reader', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }, rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }] },
    binding('ClusterRoleBinding', 'system:metrics-server', { role: 'system:metrics-server', subject: account(name) }),
    binding('ClusterRoleBinding', 'metrics-server:system:auth-delegator', { role: 'system:auth-delegator', subject: account(name) }),
    binding('RoleBinding', 'metrics-server-auth-reader', { role: 'extension-apiserver-authentication-reader', roleKind: 'Role', subject: account(name) }),
    systemDeployment(record, {
      name,
      labels: { 'k8s-app': name },
      args: ['metrics-server', '--cert-dir=/tmp', '--secure-port=10250', '--kubelet-preferred-address-types=InternalIP', '--kubelet-insecure-tls', '--metric-resolution=10s', '--kubelet-request-timeout=5s', `--node-selector=!${simulatedLabel}`],
      ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
      probe: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' } },
      volume: { name: 'tmp', emptyDir: {} },
      mount: { name: 'tmp', mountPath: '/tmp' },
      dnsPolicy: 'ClusterFirst',
    }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace, labels: { 'k8s-app': name } }, spec: { selector: { 'k8s-app': name }, ports: [{ name: 'https', port: 443, targetPort: 'https' }] } },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: { name, namespace, port: 443 } },
    },
  ];
}

interface SystemProgram {
  name: string;
  labels: Record<string, string>;
  args: string[];
  ports: object[];
  probe: object;
  volume: object;
  mount: object;
  dnsPolicy: string;
  /** Beside none. */
  capabilities?: string[];
}

/** One pod of a program of the node's engine, in an empty image, on the real node. */
function systemDeployment(record: ClusterRecord, { name, labels, args, ports, probe, volume, mount, dnsPolicy, capabilities }: SystemProgram): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          priorityClassName: 'system-cluster-critical',
          dnsPolicy,
          affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: simulatedLabel, operator: 'DoesNotExist' }] }] } } },
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name,
              image: ownImages.empty,
              imagePullPolicy: 'Never',
              command: ['/mostik-node', ...args],
              ports,
              readinessProbe: { ...probe, periodSeconds: 2 },
              resources: { requests: { cpu: '20m', memory: '40Mi' } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'], ...(capabilities ? { add: capabilities } : {}) } },
              volumeMounts: [{ name: 'program', mountPath: '/mostik-node', readOnly: true }, mount],
            },
          ],
          volumes: [{ name: 'program', hostPath: { path: record.real?.engine ?? '', type: 'File' } }, volume],
        },
      },
    },
  };
}
