import { declaredNodes, type CapacityNode } from './node.js';
import { refOf, type KubeObject, type NodeSpec, type RenderedObject } from '../model/index.js';
import type { Dict } from '../lib/read-unknown.js';

/** An object as if component `app` had rendered it. */
export function rendered(object: KubeObject): RenderedObject {
  return { component: 'app', ref: refOf(object), object, at: { file: 'platform.yaml', line: 1 }, keep: false };
}

/** A workload of alike pods in namespace `shop` (or `default`), labelled `app: NAME`. */
export function workload(kind: string, name: string, { replicas, pod = {}, more = {}, namespace = 'shop', labels = {} }: { replicas?: number; pod?: Dict; more?: Dict; namespace?: string; labels?: Record<string, string> } = {}): KubeObject {
  const apiVersion = kind === 'Pod' ? 'v1' : kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
  const metadata = { name, namespace };
  const podLabels = { app: name, ...labels };
  const spec = { containers: [{ name: 'main', image: 'example.org/app:1' }], ...(kind === 'Job' ? { restartPolicy: 'Never' } : {}), ...pod };
  if (kind === 'Pod') return { apiVersion, kind, metadata: { ...metadata, labels: podLabels }, spec };
  const template = { metadata: { labels: podLabels }, spec };
  const count = replicas === undefined ? {} : kind === 'Job' ? { parallelism: replicas, completions: replicas } : { replicas };
  const selector = kind === 'Job' ? {} : { selector: { matchLabels: { app: name } } };
  return { apiVersion, kind, metadata, spec: { ...count, ...selector, template, ...more } };
}

/** One container that asks for these amounts, and has them as limits where said. */
export function asking(requests: Dict, more: Dict = {}): Dict {
  return { containers: [{ name: 'main', image: 'example.org/app:1', resources: { requests, ...more } }] };
}

/** Nodes as a platform declares them. */
export function nodes(...specs: (Partial<NodeSpec> & { name: string })[]): CapacityNode[] {
  return declaredNodes(specs.map((spec) => ({ count: 1, cpu: 4, memory: '16Gi', pods: 110, gpus: 0, labels: {}, taints: [], ...spec })));
}
