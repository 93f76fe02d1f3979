import { homedir } from 'node:os';
import { join } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';

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

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The folder that holds one folder per cluster, private to the user. */
export function clustersFolder(env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  return join(state, 'mostik', 'clusters');
}

/** Works out a cluster's paths; refuses a name that is not a DNS label, so that no path leaves the state folder. */
export function folderOf(name: string): ClusterFolder {
  return below(join(clustersFolder(), checked(name)));
}

/** The same paths for a folder that is already known. */
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

/** Tells whether a cluster may have this name. */
export function isClusterName(name: string): boolean {
  return dnsLabel.test(name);
}

/** The file that one process holds while it creates, starts, stops or deletes the cluster. It lies beside the folder, which may go. */
export function lockFileOf(name: string): string {
  return join(clustersFolder(), `.${checked(name)}.lock`);
}

function checked(name: string): string {
  if (!isClusterName(name)) throw new MostikError([diagnose('cluster-name-invalid', { name: JSON.stringify(name) })]);
  return name;
}
