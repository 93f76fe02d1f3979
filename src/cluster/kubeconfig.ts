import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { realNode } from './nodes.js';
import { below } from './paths.js';
import type { ClusterRecord } from './record.js';
import { writeAtomically } from '../lib/write-atomically.js';

/** The components that speak to the API server with a kubeconfig of their own. */
const clients = ['controller-manager', 'scheduler', 'kwok', 'node-agent'] as const;
const realClients = ['kube-proxy', 'network-agent'] as const;

/** Writes the user's kubeconfig and those of the components; they hold the port, so this is done at every start. */
export function writeKubeconfigs(record: ClusterRecord): void {
  const folder = below(record.folder);
  for (const client of record.real ? [...clients, ...realClients] : clients) writeAtomically(join(folder.pki, `${client}.kubeconfig`), kubeconfig(record, client, client));
  const node = realNode(record);
  if (record.real && node) writeAtomically(join(folder.pki, 'kubelet.kubeconfig'), kubeconfig(record, `kubelet-${node.name}`, 'kubelet'));
  writeAtomically(folder.kubeconfig, kubeconfig(record, 'admin', record.context));
}

/** A kubeconfig with one context, written as JSON, which is YAML too. */
function kubeconfig(record: ClusterRecord, certificate: string, context: string): string {
  const folder = below(record.folder);
  const base64 = (file: string) => readFileSync(join(folder.pki, file)).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: context, cluster: { server: `https://127.0.0.1:${record.ports.api}`, 'certificate-authority-data': base64('ca.crt') } }],
    users: [
      { name: context, user: { 'client-certificate-data': base64(`${certificate}.crt`), 'client-key-data': base64(`${certificate}.key`) } },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
