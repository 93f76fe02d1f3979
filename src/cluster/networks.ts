/** Addresses inside a cluster: no two of them overlap, none is on a real network. */
export const networks = {
  services: '10.96.0.0/16',
  pods: '10.128.0.0/9',
  /** 1,022 pods a node, 8,192 nodes. */
  podsPerNodeMask: 22,
  loadBalancers: '198.18.0.0/15',
} as const;
