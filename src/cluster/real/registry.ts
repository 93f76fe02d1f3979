import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { registryHost, type Registry } from '../../model/index.js';
import { writeAtomically } from '../../lib/write-atomically.js';
import { realNode } from '../nodes.js';
import type { ClusterRecord } from '../record.js';
import { realLayout, realNetworks } from './layout.js';

/** The registry that a cluster keeps: there is one beside a real node alone, since simulated ones pull nothing. */
export function keptRegistry(record: Pick<ClusterRecord, 'nodes' | 'real' | 'registry'>): Registry | undefined {
  return record.real && realNode(record) ? record.registry : undefined;
}

/** Where a registry listens: for programs of this machine, and for pods. Nobody else reaches these addresses. */
export function registryAddresses({ port }: Registry): { host: string; port: number }[] {
  return ['127.0.0.1', realNetworks.node].map((host) => ({ host, port }));
}

/** Writes the registry's own configuration, and what tells containerd where to find it. */
export function writeRegistry(record: ClusterRecord): void {
  const { registryConfig, registries } = realLayout(record.folder);
  // That of an earlier declaration must not lead to a port where somebody else listens.
  rmSync(registries, { recursive: true, force: true });
  const registry = keptRegistry(record);
  if (!registry) return;
  const host = join(registries, registryHost(registry));
  mkdirSync(host, { recursive: true, mode: 0o700 });
  writeAtomically(join(host, 'hosts.toml'), hostsToml(registry));
  writeAtomically(registryConfig, configurationOf(record));
}

/** Names of the registry resolve nowhere but here: containerd asks the loopback address instead, without TLS. */
function hostsToml({ port }: Registry): string {
  const url = JSON.stringify(`http://127.0.0.1:${port}`);
  return `server = ${url}\n\n[host.${url}]\n  capabilities = ["pull", "resolve"]\n`;
}

/** In the registry's own format, which takes JSON. */
function configurationOf(record: ClusterRecord): string {
  return `${JSON.stringify({
    version: '0.1',
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: realLayout(record.folder).registryData }, delete: { enabled: true } },
    // Signs the state of uploads: with a secret of its own for each start, those under way would be lost.
    http: { secret: record.id },
  }, null, 2)}\n`;
}
