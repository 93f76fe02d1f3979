import { existsSync, readdirSync } from 'node:fs';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { clustersFolder, folderOf, isClusterName } from './folder.js';
import { readClusterIn, type ClusterRecord } from './record.js';

/** Reads a cluster's record; undefined where there is no such cluster. */
export function readCluster(name: string): ClusterRecord | undefined {
  const folder = folderOf(name);
  if (!existsSync(folder.record)) return undefined;
  const record = readClusterIn(folder.root);
  if (!record) throw new MostikError([diagnose('cluster-record-broken', { name, path: folder.record })]);
  return record;
}

/** Reads a cluster's record, or ends with a Diagnostic where there is none. */
export function requireCluster(name: string): ClusterRecord {
  const record = readCluster(name);
  if (!record) throw new MostikError([diagnose('cluster-unknown', { name })]);
  return record;
}

/** All clusters of this user, by name; those whose record cannot be read are left out, they can only be deleted. */
export function listClusters(): ClusterRecord[] {
  const root = clustersFolder();
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter(isClusterName)
    .sort()
    .flatMap((name) => readClusterIn(folderOf(name).root) ?? []);
}
