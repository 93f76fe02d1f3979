import { homedir } from 'node:os';
import { join } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { below, type ClusterFolder } from './paths.js';

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
