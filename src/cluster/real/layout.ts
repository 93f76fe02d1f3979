import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { networks } from '../networks.js';

/** Where the real node of a cluster keeps its things, and under which names the machine knows them. All paths are below the cluster's folder. */
export interface RealLayout {
  root: string;
  /** containerd's socket. */
  socket: string;
  containerdConfig: string;
  containerdRoot: string;
  containerdState: string;
  cniConfig: string;
  addresses: string;
  kubelet: string;
  kubeletConfig: string;
  podLogs: string;
  images: string;
  /** What containerd knows of registries, a folder for each. */
  registries: string;
  registryConfig: string;
  /** Images of the registry in the cluster's keeping. */
  registryData: string;
  /** Name of the pod network, unlike any other's: CNI keeps files under it outside of the folder. */
  network: string;
  /** Parent of all cgroups of pods, below the root of each hierarchy. */
  cgroup: string;
}

/** Works out the layout for the cluster whose folder is `root`. */
export function realLayout(root: string): RealLayout {
  const real = join(root, 'real');
  const mark = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return {
    root: real,
    socket: join(real, 'containerd.sock'),
    containerdConfig: join(real, 'containerd.toml'),
    containerdRoot: join(real, 'containerd'),
    containerdState: join(real, 'run'),
    cniConfig: join(real, 'cni'),
    addresses: join(real, 'addresses'),
    kubelet: join(real, 'kubelet'),
    kubeletConfig: join(real, 'kubelet.json'),
    podLogs: join(real, 'pods'),
    images: join(real, 'images'),
    registries: join(real, 'registries'),
    registryConfig: join(real, 'registry.json'),
    registryData: join(real, 'registry'),
    network: `mostik-${mark}`,
    cgroup: `/mostik-${mark}`,
  };
}

/** Addresses of the real node: outside the networks of Services, simulated pods and simulated nodes. */
export const realNetworks = { node: '10.127.255.1', pods: '10.126.0.0/16', apiPort: 6443, dns: '10.96.0.10', loadBalancers: networks.loadBalancers } as const;

/** Port of the kubelet on the node's address. */
export const kubeletPort = 10250;

/** Tables that this node puts into nftables: ours, and those of kube-proxy. */
export const tables = { own: 'mostik', policies: 'mostik-policies', proxy: 'kube-proxy' } as const;

/** containerd's namespace for Kubernetes. */
export const imageNamespace = 'k8s.io';

/** Images without which no pod starts: the one that holds a pod's network, and one that is empty, for programs mounted from the node. */
export const ownImages = { pause: 'mostik.local/pause:1', empty: 'mostik.local/empty:1' } as const;
