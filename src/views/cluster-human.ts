import type { ClusterProcess, ClusterState } from '../cluster/index.js';
import type { NodeSpec } from '../model/index.js';
import type { ListedK3d } from './k3d.js';
import type { Look, Style } from './look.js';
import { pairs, table, type Cell } from './table.js';
import { duration, plural, printable } from './text.js';
import { simulatedNotice } from './words.js';

/** What is shown of a cluster. */
export interface ClusterView {
  name: string;
  state: ClusterState;
  kubernetes: string;
  release: string;
  createdAt: string;
  server: string;
  nodes: NodeSpec[];
  nodeCount: number;
  /** The registry in its keeping, as image names have it. */
  registry?: string;
  kubeconfig: string;
  context: string;
  folder: string;
  audit: boolean;
  processes: ClusterProcess[];
}

/** Clusters of this machine, by who makes them. */
export interface ClusterList {
  embedded: ClusterView[];
  k3d: ListedK3d[];
}

/** Lists clusters; `now` in milliseconds tells their age. */
export function clusterListText({ embedded, k3d }: ClusterList, look: Look, now: number): string {
  if (embedded.length + k3d.length === 0) return 'no clusters: mostik up or mostik cluster create makes one';
  const columns = [{ title: 'NAME' }, { title: 'PROVIDER' }, { title: 'STATE' }, { title: 'KUBERNETES' }, { title: 'NODES', right: true }, { title: 'AGE', right: true }, { title: 'API SERVER', flexible: true }];
  const rows = embedded.map(({ name, state, release, nodeCount, createdAt, server }): Cell[] => [name, 'embedded', stateCell(state, look.style), release, String(nodeCount), duration((now - Date.parse(createdAt)) / 1000), server]);
  // k3d tells neither version nor age nor address.
  const others = k3d.map(({ name, state, foreign, servers, agents }): Cell[] => [name, 'k3d', k3dCell(state, look.style), '', String(servers.count + agents.count), '', foreign ? 'not made by Mostik' : '']);
  return [...table(columns, [...rows, ...others], look), ...(k3d.length === 0 && embedded.every(isSimulated) ? [look.style.warn(simulatedNotice)] : [])].join('\n');
}

/** Shows one cluster with its processes, and how to use it. */
export function clusterStatusText(cluster: ClusterView, look: Look): string {
  const { style } = look;
  const { text, style: paint } = stateOf(cluster.state, style);
  const facts: [string, string][] = [
    ['kubernetes', cluster.release],
    ['api server', cluster.server],
    ['nodes', cluster.nodes.map(nodeText).join(', ')],
    ...(cluster.registry === undefined ? [] : [['registry', `${cluster.registry} (127.0.0.1:${cluster.registry.split(':').at(-1)} from this machine)`] satisfies [string, string]]),
    ['kubeconfig', `${cluster.kubeconfig} (context ${cluster.context})`],
    ['folder', cluster.folder],
  ];
  const lines = [`${style.strong(cluster.name)}  ${paint(text)}`, ...(isSimulated(cluster) ? [style.warn(simulatedNotice)] : []), ...pairs(facts, look)];
  if (cluster.processes.length > 0) lines.push('', ...processTable(cluster.processes, look));
  const next = cluster.state === 'stopped' ? `Start it with: mostik cluster start ${cluster.name}` : `Use it with: mostik kubectl --cluster ${cluster.name} -- get nodes`;
  return [...lines, '', next].join('\n');
}

/** Tells whether containers run on none of its nodes. */
export function isSimulated({ nodes }: Pick<ClusterView, 'nodes'>): boolean {
  return nodes.every(({ real }) => !real);
}

function processTable(processes: ClusterProcess[], look: Look): string[] {
  const columns = [{ title: 'PROCESS' }, { title: 'STATE' }, { title: 'PID', right: true }, { title: 'MEMORY', right: true }, { title: 'RESTARTS', right: true }, { title: 'LAST END', flexible: true }];
  const rows = processes.map(({ name, alive, pid, memory, restarts, lastEnd }): Cell[] => [
    name,
    alive ? { text: '✓ runs', style: look.style.good } : { text: '✗ ended', style: look.style.bad },
    String(pid),
    memory === undefined ? '' : megabytes(memory.own ?? memory.resident),
    String(restarts),
    printable(lastEnd ?? ''),
  ]);
  const total = processes.reduce((sum, { memory }) => sum + (memory === undefined ? 0 : (memory.own ?? memory.resident)), 0);
  return [...table(columns, rows, look), look.style.dim(`${megabytes(total)} in all`)];
}

function nodeText({ name, real, count, cpu, memory, gpus }: NodeSpec): string {
  if (real) return `${name} (this machine: containers really run)`;
  const size = [`${cpu} CPU`, memory, ...(gpus > 0 ? [plural(gpus, 'GPU')] : [])].join(', ');
  return `${count} ${name} (${size})`;
}

function stateCell(state: ClusterState, style: Style): Cell {
  return stateOf(state, style);
}

function k3dCell(state: ListedK3d['state'], style: Style): Cell {
  return state === 'absent' ? '' : stateOf(state, style);
}

function stateOf(state: ClusterState, style: Style): { text: string; style: (text: string) => string } {
  switch (state) {
    case 'running':
      return { text: '✓ running', style: style.good };
    case 'starting':
      return { text: '… starting', style: style.note };
    case 'degraded':
      return { text: '✗ degraded', style: style.bad };
    case 'stopped':
      return { text: '○ stopped', style: style.dim };
    case 'elsewhere':
      return { text: '? runs on another host', style: style.warn };
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
