import { existsSync, readFileSync } from 'node:fs';
import { asDict, asList, asNumber, asString, isDict } from '../lib/read-unknown.js';
import type { ProcessIdentity } from '../lib/process-identity.js';
import type { NodeSpec, Registry } from '../model/index.js';
import { below } from './paths.js';
import type { Programs } from './real/requirements.js';
import { readIdentity } from './supervisor-state.js';
import { writeAtomically } from '../lib/write-atomically.js';

/** The binaries a cluster runs, absolute: the official programs, and Mostik's own code with the node agent. */
export interface Binaries {
  cluster: string;
  render: string;
}

/** What a real node needs beside the control plane, all absolute. */
export interface RealParts {
  /** `mostik-node`: kubelet, kube-proxy, CoreDNS, metrics-server, an image registry. */
  engine: string;
  /** The program that keeps policies, ports of the node and the API server's door. */
  agent: string;
  programs: Programs;
}

/** TCP ports on 127.0.0.1. */
export interface Ports {
  /** The API server, over HTTPS. */
  api: number;
  /** The node agent: metrics, and the kubelet's part of logs and exec. */
  agent: number;
}

/** What is known of a cluster without asking it; kept in `cluster.json`. */
export interface ClusterRecord {
  name: string;
  /** Unlike the name, never used twice. */
  id: string;
  /** ISO time. */
  createdAt: string;
  /** The minor version it serves, such as `1.36`. */
  kubernetes: string;
  /** The release of the programs, such as `v1.36.3`. */
  release: string;
  nodes: NodeSpec[];
  ports: Ports;
  binaries: Binaries;
  /** What a real node runs with; absent where all nodes are simulated. */
  real?: RealParts;
  /** The image registry that was declared; it runs beside a real node. */
  registry?: Registry;
  /** Keeps an audit log of every request (metadata only) in `logs/audit.log`. */
  audit: boolean;
  /** Trades the survival of a power cut for speed. */
  throwAway: boolean;
  /** The process this cluster lives for: when it is dead, the cluster ends and its folder goes. */
  owner?: ProcessIdentity;
  /** Whether the API server calls admission webhooks; where nothing behind them runs, each write would wait for them. */
  webhooks: boolean;
  folder: string;
  kubeconfig: string;
  /** The kubeconfig's context. */
  context: string;
}

/** Reads the record in a cluster's folder; undefined where there is none that can be read. */
export function readClusterIn(root: string): ClusterRecord | undefined {
  const folder = below(root);
  return existsSync(folder.record) ? parse(readFileSync(folder.record, 'utf8'), folder.root, folder.kubeconfig) : undefined;
}

/** Writes `cluster.json` into the record's folder. */
export function writeRecord(record: ClusterRecord): void {
  const { folder, kubeconfig: _kubeconfig, ...kept } = record;
  writeAtomically(below(folder).record, `${JSON.stringify({ version: 1, ...kept }, null, 2)}\n`);
}

function parse(text: string, folder: string, kubeconfig: string): ClusterRecord | undefined {
  const data = readJson(text);
  const [ports, binaries] = [asDict(data['ports']), asDict(data['binaries'])];
  const [name, id, createdAt] = [asString(data['name']), asString(data['id']), asString(data['createdAt'])];
  const [kubernetes, release, context] = [asString(data['kubernetes']), asString(data['release']), asString(data['context'])];
  const [api, agent] = [asNumber(ports['api']), asNumber(ports['agent'])];
  const [cluster, render] = [asString(binaries['cluster']), asString(binaries['render'])];
  const owner = readIdentity(data['owner']);
  if (name === undefined || id === undefined || createdAt === undefined || kubernetes === undefined || release === undefined) return undefined;
  if (context === undefined || api === undefined || agent === undefined || cluster === undefined || render === undefined) return undefined;
  return {
    name,
    id,
    createdAt,
    kubernetes,
    release,
    nodes: asList(data['nodes']) as NodeSpec[],
    ports: { api, agent },
    binaries: { cluster, render },
    ...realPartsOf(data['real']),
    ...registryOf(data['registry']),
    audit: data['audit'] === true,
    throwAway: data['throwAway'] === true,
    ...(owner === undefined ? {} : { owner }),
    webhooks: data['webhooks'] !== false,
    folder,
    kubeconfig,
    context,
  };
}

function realPartsOf(value: unknown): { real?: RealParts } {
  const data = asDict(value);
  const programs = asDict(data['programs']);
  const [engine, agent] = [asString(data['engine']), asString(data['agent'])];
  const [containerd, ctr, runc] = [asString(programs['containerd']), asString(programs['ctr']), asString(programs['runc'])];
  const [nft, ip, cni] = [asString(programs['nft']), asString(programs['ip']), asString(programs['cni'])];
  if (!engine || !agent || !containerd || !ctr || !runc || !nft || !ip || !cni) return {};
  return { real: { engine, agent, programs: { containerd, ctr, runc, nft, ip, cni } } };
}

function registryOf(value: unknown): { registry?: Registry } {
  const [name, port] = [asString(asDict(value)['name']), asNumber(asDict(value)['port'])];
  return name === undefined || port === undefined ? {} : { registry: { name, port } };
}

function readJson(text: string): Record<string, unknown> {
  try {
    const data = JSON.parse(text) as unknown;
    return isDict(data) ? data : {};
  } catch {
    return {};
  }
}
