import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { holderOf } from '../engine/lock.js';
import { livenessOf } from '../lib/process-identity.js';
import { readCluster } from './clusters.js';
import { clustersFolder, folderOf, lockFileOf } from './folder.js';
import { deleteCluster, type LifecycleOptions } from './lifecycle.js';
import { readClusterIn, writeRecord, type ClusterRecord } from './record.js';

const pattern = /^\.?(rehearse-[0-9a-f]{8})(?:\.lock)?$/;

/** A name for a cluster that lives for one process, unlike any other on this machine. */
export function throwAwayName(): string {
  return `rehearse-${randomBytes(4).toString('hex')}`;
}

/**
 * Deletes clusters whose owner is dead, with what is left of them. Their supervisor does that itself within seconds,
 * unless it was killed too. Returns the names.
 */
export async function deleteOrphans(options: LifecycleOptions = {}): Promise<string[]> {
  if (!existsSync(clustersFolder())) return [];
  const names = new Set(readdirSync(clustersFolder()).flatMap((entry) => pattern.exec(entry)?.[1] ?? []));
  const orphans = [...names].filter(isOrphan);
  await Promise.all(orphans.map((name) => deleteCluster(name, options)));
  return orphans;
}

function isOrphan(name: string): boolean {
  const record = readClusterIn(folderOf(name).root);
  // Without a record it is being made by whoever holds its lock, or was when that process died.
  return record ? record.owner !== undefined && livenessOf(record.owner) === 'dead' : holderOf(lockFileOf(name)) === undefined;
}

/** Lets a cluster live on without its owner: it is an ordinary cluster from then on. */
export function keepCluster(name: string): ClusterRecord | undefined {
  const record = readCluster(name);
  if (!record) return undefined;
  const { owner: _owner, ...kept } = record;
  writeRecord(kept);
  return kept;
}
