import { groupBy } from '../lib/group-by.js';
import type { Amounts, PodUse, Top } from '../operate/top.js';
import type { Look } from './look.js';
import { simulatedNotice } from './words.js';
import { table, type Cell, type Column } from './table.js';

const columns: Column[] = [
  { title: 'COMPONENT / POD' },
  { title: 'CPU', right: true },
  { title: 'OF REQUEST', right: true },
  { title: 'OF LIMIT', right: true },
  { title: 'MEMORY', right: true },
  { title: 'OF REQUEST', right: true },
  { title: 'OF LIMIT', right: true },
];

/** Shows what components and their pods use against what they asked for, then the nodes. */
export function topText(top: Top, look: Look): string {
  const groups = [...groupBy(top.pods, ({ component }) => component)];
  const rows = groups.flatMap(([component, pods]): Cell[][] => {
    const lines = pods.map((pod, i): Cell[] => [`${i === pods.length - 1 ? '└' : '├'} ${pod.namespace}/${pod.name}`, ...useCells(pod, look)]);
    return [[{ text: component, style: look.style.strong }, ...useCells(sumOf(pods), look)], ...lines];
  });
  const nodes = top.nodes.map(({ name, used, allocatable }): Cell[] => [name, cpuText(used.cpu), share(used.cpu, allocatable.cpu, look), memoryText(used.memory), share(used.memory, allocatable.memory, look)]);
  return [
    ...(top.simulated ? [look.style.warn(`${simulatedNotice}, so these figures mean nothing`), ''] : []),
    ...(rows.length > 0 ? table(columns, rows, look) : ['No pod was measured']),
    ...(top.unmeasured.length > 0 ? ['', `Not measured yet: ${top.unmeasured.join(', ')}`] : []),
    ...(nodes.length > 0 ? ['', ...table([{ title: 'NODE' }, { title: 'CPU', right: true }, { title: 'USED', right: true }, { title: 'MEMORY', right: true }, { title: 'USED', right: true }], nodes, look)] : []),
  ].join('\n');
}

type Use = Pick<PodUse, 'used' | 'requests' | 'limits'>;

function sumOf(pods: readonly PodUse[]): Use {
  const part = (read: (pod: PodUse) => Partial<Amounts>): Partial<Amounts> => {
    const sum = (key: keyof Amounts): number | undefined => (pods.every((pod) => read(pod)[key] !== undefined) ? pods.reduce((all, pod) => all + (read(pod)[key] ?? 0), 0) : undefined);
    const [cpu, memory] = [sum('cpu'), sum('memory')];
    return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  };
  const { cpu = 0, memory = 0 } = part(({ used }) => used);
  return { used: { cpu, memory }, requests: part(({ requests }) => requests), limits: part(({ limits }) => limits) };
}

function useCells({ used, requests, limits }: Use, look: Look): Cell[] {
  return [cpuText(used.cpu), share(used.cpu, requests.cpu, look), share(used.cpu, limits.cpu, look), memoryText(used.memory), share(used.memory, requests.memory, look), share(used.memory, limits.memory, look)];
}

/** `80% of 250m`; marked near a bound. */
function share(used: number, bound: number | undefined, { style }: Look): Cell {
  if (bound === undefined || bound === 0) return { text: '-', style: style.dim };
  const percent = Math.round((used / bound) * 100);
  return { text: `${percent}%`, style: percent >= 90 ? style.bad : percent >= 75 ? style.warn : (text) => text };
}

function cpuText(cores: number): string {
  return cores < 10 ? `${Math.round(cores * 1000)}m` : cores.toFixed(1);
}

function memoryText(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes < 10_240 ? `${Math.round(mebibytes)}Mi` : `${(mebibytes / 1024).toFixed(1)}Gi`;
}
