import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { Dict } from '../../lib/read-unknown.js';
import { packageRoot } from '../../lib/version.js';
import { schemaVersions } from '../../model/index.js';

/** The schemas of one Kubernetes version, as its API server has them. */
export interface KubernetesSchemas {
  /** Where they come from, in words. */
  source: string;
  /** `apps/v1/Deployment` to the name of its definition. */
  kinds: Readonly<Record<string, string>>;
  definitions: Readonly<Record<string, Dict>>;
}

/** The schemas of an operator's CRDs, by `group/version/Kind`. */
export interface OperatorSchemas {
  source: string;
  kinds: Readonly<Record<string, { schema: Dict; deprecated?: string | true }>>;
}

/** The version whose schemas stand for a Kubernetes minor version: itself where it is shipped, else the nearest. */
export function nearestVersion(kubernetes: string): string {
  const minor = minorOf(kubernetes);
  return schemaVersions.reduce((best, each) => (Math.abs(minorOf(each) - minor) <= Math.abs(minorOf(best) - minor) ? each : best));
}

/** Schemas of a shipped Kubernetes version; read once. */
export function kubernetesSchemas(version: string): KubernetesSchemas {
  return read(`kubernetes-${version}`) as KubernetesSchemas;
}

/** Schemas of a shipped operator; read once. */
export function operatorSchemas(name: string): OperatorSchemas {
  return read(name) as OperatorSchemas;
}

/** The minor number of a version such as `1.36`. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

const files = new Map<string, unknown>();

function read(name: string): unknown {
  let content = files.get(name);
  if (content === undefined) {
    content = JSON.parse(brotliDecompressSync(readFileSync(join(packageRoot, 'schemas', `${name}.json.br`))).toString('utf8'));
    files.set(name, content);
  }
  return content;
}
