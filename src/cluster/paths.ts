import { join } from 'node:path';

/** Where everything of one cluster lies. All paths are absolute, all below `root`. */
export interface ClusterFolder {
  root: string;
  record: string;
  kubeconfig: string;
  /** Certificates and keys. */
  pki: string;
  /** Folder of etcd's database. */
  data: string;
  /** Folders of the claims that the node agent binds. */
  volumes: string;
  logs: string;
  /** What the simulated nodes do, as KWOK reads it. */
  stages: string;
  /** Written by the supervisor: its own process and those it started. */
  supervisor: string;
}

/** Works out the paths of the cluster whose folder is `root`. */
export function below(root: string): ClusterFolder {
  return {
    root,
    record: join(root, 'cluster.json'),
    kubeconfig: join(root, 'kubeconfig'),
    pki: join(root, 'pki'),
    data: join(root, 'etcd'),
    volumes: join(root, 'volumes'),
    logs: join(root, 'logs'),
    stages: join(root, 'stages.yaml'),
    supervisor: join(root, 'supervisor.json'),
  };
}
