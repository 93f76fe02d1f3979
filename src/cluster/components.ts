import { dirname, join } from 'node:path';
import { networks } from './networks.js';
import { realLayout, realNetworks, tables } from './real/layout.js';
import { keptRegistry, registryAddresses } from './real/registry.js';
import { simulatedLabel } from './names.js';
import { realNode } from './nodes.js';
import { below, type ClusterFolder } from './paths.js';
import type { ClusterRecord } from './record.js';

/** The processes of a cluster, in the order they start; they end the other way round. */
export const componentNames = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'node-agent', 'containerd', 'kubelet', 'kube-proxy', 'network-agent', 'registry'] as const;
export type ComponentName = (typeof componentNames)[number];

/** How a component is started. */
export interface ComponentCommand {
  name: ComponentName;
  program: string;
  args: string[];
  env: Record<string, string>;
  after: Gate;
}

/**
 * What must be true before a component starts; earlier it would give up or back off for a second or more.
 * `etcd`: the database listens. `serving`: the API server answers anything. `ready`: it has created its roles.
 * `runtime`: containerd answers and has the images without which no pod starts.
 */
export const gates = ['start', 'etcd', 'serving', 'ready', 'runtime'] as const;
export type Gate = (typeof gates)[number];

/** Go's collector at half its default, for those that mostly wait. etcd and the API server answer a fifth slower with it. */
const lean = { GOGC: '50' };

/** The command line of every component of a cluster. Paths without a slash in front are below the cluster's folder, where they run. */
export function componentCommands(record: ClusterRecord): ComponentCommand[] {
  const folder = below(record.folder);
  const official = (name: ComponentName, after: Gate, args: string[]): ComponentCommand => ({
    name,
    program: record.binaries.cluster,
    args: [name, ...args],
    env: name === 'etcd' || name === 'kube-apiserver' ? {} : lean,
    after,
  });
  return [
    official('etcd', 'start', etcd(record, folder)),
    official('kube-apiserver', 'etcd', apiServer(record, folder)),
    official('kube-controller-manager', 'ready', controllerManager(record, folder)),
    official('kube-scheduler', 'serving', scheduler(record)),
    { ...official('kwok', 'serving', kwok(folder)), env: { ...lean, KWOK_WORKDIR: join(folder.root, 'kwok') } },
    { name: 'node-agent', program: record.binaries.render, args: ['node-agent', ...nodeAgent(record, folder)], env: lean, after: 'serving' },
    ...realComponents(record, folder),
  ];
}

/** etcd speaks over sockets in the cluster's private folder: no port, and nobody else on the machine can read the secrets in it. */
export const etcdSocketFile = 'etcd.sock:0'; // etcd insists on a port, and takes it for a part of the file's name
const etcdSocket = `unix://${etcdSocketFile}`;
const etcdPeerSocket = 'unix://etcd-peer.sock:0';

function etcd(record: ClusterRecord, folder: ClusterFolder): string[] {
  return [
    `--data-dir=${folder.data}`,
    `--listen-client-urls=${etcdSocket}`,
    `--advertise-client-urls=${etcdSocket}`,
    `--listen-peer-urls=${etcdPeerSocket}`,
    `--initial-advertise-peer-urls=${etcdPeerSocket}`,
    `--initial-cluster=default=${etcdPeerSocket}`,
    // The API server compacts; without defragmentation the file only grows, so the limit is far above what it may need.
    '--quota-backend-bytes=8589934592',
    '--snapshot-count=10000',
    '--log-level=warn',
    ...(record.throwAway ? ['--unsafe-no-fsync'] : []),
  ];
}

function apiServer(record: ClusterRecord, folder: ClusterFolder): string[] {
  const pki = (file: string) => join(folder.pki, file);
  return [
    `--etcd-servers=${etcdSocket}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${record.ports.api}`,
    // Nothing in the cluster reaches the host, so the Service `kubernetes` has no endpoint to announce.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--client-ca-file=${pki('ca.crt')}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--authorization-mode=${realNode(record) ? 'Node,RBAC' : 'RBAC'}`,
    ...(realNode(record) ? ['--enable-admission-plugins=NodeRestriction'] : []),
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${pki('service-account.pub')}`,
    `--service-account-signing-key-file=${pki('service-account.key')}`,
    `--service-cluster-ip-range=${networks.services}`,
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki('kubelet-client.key')}`,
    // Simulated nodes carry an ExternalDNS address, under which the node agent answers for them.
    '--kubelet-preferred-address-types=ExternalDNS,InternalIP',
    '--event-ttl=30m',
    '--profiling=false',
    ...emulation(record),
    ...(record.webhooks ? [] : ['--disable-admission-plugins=MutatingAdmissionWebhook,ValidatingAdmissionWebhook']),
    ...(record.audit ? audit(folder) : []),
  ];
}

function controllerManager(record: ClusterRecord, folder: ClusterFolder): string[] {
  const pki = (file: string) => join(folder.pki, file);
  return [
    `--kubeconfig=${pki('controller-manager.kubeconfig')}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${pki('service-account.key')}`,
    `--root-ca-file=${pki('ca.crt')}`,
    `--cluster-signing-cert-file=${pki('ca.crt')}`,
    `--cluster-signing-key-file=${pki('ca.key')}`,
    '--allocate-node-cidrs=true',
    `--cluster-cidr=${networks.pods}`,
    `--node-cidr-mask-size=${networks.podsPerNodeMask}`,
    `--service-cluster-ip-range=${networks.services}`,
    // The default of 20 requests a second stretches the start by seconds.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    // Autoscalers of a rehearsal are watched by someone who waits.
    '--horizontal-pod-autoscaler-sync-period=5s',
    // Leases of simulated nodes are renewed every 50 s, see the node agent's neighbour KWOK below.
    '--node-monitor-grace-period=4m',
    `--flex-volume-plugin-dir=${join(folder.root, 'volumes', 'plugins')}`,
    '--profiling=false',
    ...emulation(record),
  ];
}

function scheduler(record: ClusterRecord): string[] {
  return ['--config=scheduler.json', '--leader-elect=false', '--secure-port=0', '--profiling=false', ...emulation(record)];
}

/** The scheduler's configuration: its default of 50 requests a second would bind 1,000 pods in 20 s. */
export function schedulerConfig(folder: ClusterFolder): string {
  return JSON.stringify({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig: join(folder.pki, 'scheduler.kubeconfig'), qps: 500, burst: 1000 },
    leaderElection: { leaderElect: false },
  });
}

function kwok(folder: ClusterFolder): string[] {
  return [
    `--kubeconfig=${join(folder.pki, 'kwok.kubeconfig')}`,
    `--config=${folder.stages}`,
    `--manage-nodes-with-label-selector=${simulatedLabel}=true`,
    // Renewed at a quarter of it: few writes, and a sleeping laptop does not lose its nodes at once.
    '--node-lease-duration-seconds=200',
    '-v=WARN',
  ];
}

function nodeAgent(record: ClusterRecord, folder: ClusterFolder): string[] {
  const pki = (file: string) => join(folder.pki, file);
  return [
    `--kubeconfig=${pki('node-agent.kubeconfig')}`,
    `--listen=127.0.0.1:${record.ports.agent}`,
    `--tls-cert=${pki('node-agent-server.crt')}`,
    `--tls-key=${pki('node-agent-server.key')}`,
    `--client-ca=${pki('ca.crt')}`,
    `--front-proxy-ca=${pki('front-proxy-ca.crt')}`,
    `--volumes=${folder.volumes}`,
    ...(realNode(record) ? ['--make-volumes'] : []),
    `--load-balancers=${networks.loadBalancers}`,
  ];
}

/** What a real node runs beside the control plane. */
function realComponents(record: ClusterRecord, folder: ClusterFolder): ComponentCommand[] {
  const node = realNode(record);
  const { real } = record;
  if (!node || !real) return [];
  const { programs } = real;
  const layout = realLayout(record.folder);
  const registry = keptRegistry(record);
  const pki = (file: string) => join(folder.pki, file);
  const path = { PATH: [...new Set([programs.containerd, programs.runc, programs.nft, programs.ip].map(dirname)), process.env['PATH'] ?? ''].join(':') };
  const labels = Object.entries(node.labels).map(([key, value]) => `${key}=${value}`).join(',');
  const taints = node.taints.map(({ key, value, effect }) => `${key}=${value ?? ''}:${effect}`).join(',');
  const kubelet = [
    `--config=${layout.kubeletConfig}`,
    `--kubeconfig=${pki('kubelet.kubeconfig')}`,
    `--root-dir=${layout.kubelet}`,
    `--cert-dir=${join(layout.root, 'certificates')}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${realNetworks.node}`,
    ...(labels === '' ? [] : [`--node-labels=${labels}`]),
    ...(taints === '' ? [] : [`--register-with-taints=${taints}`]),
  ];
  const proxy = [
    `--kubeconfig=${pki('kube-proxy.kubeconfig')}`,
    '--proxy-mode=nftables',
    `--cluster-cidr=${realNetworks.pods}`,
    `--hostname-override=${node.name}`,
    `--nodeport-addresses=${realNetworks.node}/32`,
    `--metrics-bind-address=${realNetworks.node}:10249`,
    `--healthz-bind-address=${realNetworks.node}:10256`,
    // The machine's own limits are not ours to set.
    '--conntrack-max-per-core=0',
    '--conntrack-tcp-timeout-established=0s',
    '--conntrack-tcp-timeout-close-wait=0s',
  ];
  return [
    { name: 'containerd', program: programs.containerd, args: ['--config', layout.containerdConfig], env: path, after: 'start' },
    { name: 'kubelet', program: real.engine, args: ['kubelet', ...kubelet], env: path, after: 'runtime' },
    { name: 'kube-proxy', program: real.engine, args: ['kube-proxy', ...proxy], env: path, after: 'ready' },
    { name: 'network-agent', program: process.execPath, args: [real.agent, '--kubeconfig', pki('network-agent.kubeconfig'), '--nft', programs.nft, '--listen', `${realNetworks.node}:${realNetworks.apiPort}`, '--api', `127.0.0.1:${record.ports.api}`, '--pods', realNetworks.pods, '--table', tables.policies], env: path, after: 'ready' },
    ...(registry ? [{ name: 'registry' as const, program: real.engine, args: ['registry', layout.registryConfig, ...registryAddresses(registry).map(({ host, port }) => `${host}:${port}`)], env: lean, after: 'start' as const }] : []),
  ];
}

function audit(folder: ClusterFolder): string[] {
  return [
    '--audit-policy-file=audit-policy.json',
    `--audit-log-path=${join(folder.logs, 'audit.log')}`,
    '--audit-log-maxsize=200',
    '--audit-log-maxbackup=1',
  ];
}

/** Every request once, when it is answered, without bodies. */
export const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata' }],
});

/** The programs' own minor version needs no emulation. */
function emulation(record: ClusterRecord): string[] {
  return record.release.startsWith(`v${record.kubernetes}.`) ? [] : [`--emulated-version=kube=${record.kubernetes}`];
}
