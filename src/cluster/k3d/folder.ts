import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diagnose, MostikError } from '../../diagnostics/index.js';
import { clustersFolder, isClusterName } from '../folder.js';

/** Where Mostik keeps what it knows of a k3d cluster. */
export interface K3dFolder {
  root: string;
  /** The configuration that the cluster was made with. */
  configuration: string;
  kubeconfig: string;
}

/** Works out a k3d cluster's paths. */
export function k3dFolder(name: string): K3dFolder {
  if (!isClusterName(name)) throw new MostikError([diagnose('cluster-name-invalid', { name: JSON.stringify(name) })]);
  const root = join(dirname(clustersFolder()), 'k3d', name);
  return { root, configuration: join(root, 'k3d.yaml'), kubeconfig: join(root, 'kubeconfig') };
}

/** Tells whether Mostik made a k3d cluster of this name for this user. */
export function knowsK3d(name: string): boolean {
  return isClusterName(name) && existsSync(k3dFolder(name).configuration);
}

/** The k3d clusters that Mostik made for this user, by name; k3d is not asked whether they are still there. */
export function knownK3d(): string[] {
  const folder = join(dirname(clustersFolder()), 'k3d');
  return existsSync(folder) ? readdirSync(folder).filter(knowsK3d).sort() : [];
}

/** The context that k3d gives its clusters. */
export function k3dContext(name: string): string {
  return `k3d-${name}`;
}
