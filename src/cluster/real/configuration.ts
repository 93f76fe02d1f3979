import { join } from 'node:path';
import { asNumber } from '../../lib/read-unknown.js';
import { below } from '../paths.js';
import type { ClusterRecord } from '../record.js';
import { kubeletPort, ownImages, realLayout, realNetworks } from './layout.js';
import type { Programs } from './requirements.js';

/** containerd's own configuration: nothing of it outside of the cluster's folder, no other containerd on the machine touched. */
export function containerdConfig(record: ClusterRecord, programs: Programs): string {
  const layout = realLayout(record.folder);
  const text = JSON.stringify;
  return [
    'version = 2',
    `root = ${text(layout.containerdRoot)}`,
    `state = ${text(layout.containerdState)}`,
    '[grpc]',
    `  address = ${text(layout.socket)}`,
    '[plugins."io.containerd.grpc.v1.cri"]',
    // In the cluster's folder, so that what is left of them after a crash is known to be this cluster's.
    '  netns_mounts_under_state_dir = true',
    `  sandbox_image = ${text(ownImages.pause)}`,
    // Without CAP_SYS_RESOURCE runc cannot lower the score, and every container would fail to start.
    '  restrict_oom_score_adj = true',
    '[plugins."io.containerd.grpc.v1.cri".cni]',
    `  bin_dir = ${text(programs.cni)}`,
    `  conf_dir = ${text(layout.cniConfig)}`,
    '[plugins."io.containerd.grpc.v1.cri".registry]',
    `  config_path = ${text(layout.registries)}`,
    '[plugins."io.containerd.grpc.v1.cri".containerd]',
    '  default_runtime_name = "runc"',
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]',
    '  runtime_type = "io.containerd.runc.v2"',
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]',
    `  BinaryName = ${text(programs.runc)}`,
    '',
  ].join('\n');
}

/**
 * The pod network: `ptp`, not `bridge`, since traffic of pods on one bridge passes no forward rules, and policies live there.
 * Addresses are given out from files in the cluster's folder. Ports of the node and masquerading are rules of our own table.
 */
export function cniConfig(record: ClusterRecord): string {
  const layout = realLayout(record.folder);
  const plugin = {
    type: 'ptp',
    ipam: { type: 'host-local', dataDir: layout.addresses, ranges: [[{ subnet: realNetworks.pods }]], routes: [{ dst: '0.0.0.0/0' }] },
  };
  return `${JSON.stringify({ cniVersion: '0.4.0', name: layout.network, plugins: [plugin] }, null, 2)}\n`;
}

/** The kubelet's configuration (kubelet.config.k8s.io/v1beta1). */
export function kubeletConfig(record: ClusterRecord): string {
  const layout = realLayout(record.folder);
  const pki = below(record.folder).pki;
  const pods = asNumber(record.nodes.find(({ real }) => real)?.pods) ?? 110;
  return `${JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: join(pki, 'ca.crt') } },
    authorization: { mode: 'Webhook' },
    address: realNetworks.node,
    port: kubeletPort,
    readOnlyPort: 0,
    healthzPort: 0,
    containerRuntimeEndpoint: `unix://${layout.socket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: layout.cgroup,
    failCgroupV1: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    // Its chains in iptables are only for other programs to find.
    makeIPTablesUtilChains: false,
    clusterDNS: [realNetworks.dns],
    clusterDomain: 'cluster.local',
    maxPods: pods,
    podLogsDir: layout.podLogs,
    volumePluginDir: join(layout.root, 'volume-plugins'),
    // Images cannot be had again where there is no registry.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: { 'memory.available': '100Mi' },
    serializeImagePulls: false,
  }, null, 2)}\n`;
}
