import { asDict, asList, asString, isDict, type Dict } from '../lib/read-unknown.js';
import { giveDefaults, limitProblems, type Demand, type LimitRange } from './limit-range.js';
import { addTo, formatAmount, raiseTo, readResources, type Resources } from './resources.js';

/** What a pod asks for once the API server and the LimitRanges of its namespace have filled in what it does not say. */
export interface PodResources extends Demand {
  containers: ContainerResources[];
  /** The pod says something of its own about cpu or memory, beside its containers. */
  isPodLevel: boolean;
  /** What the LimitRanges, or the API server after them, have against it. */
  problems: { limitRange: string; problem: string }[];
}

export interface ContainerResources extends Demand {
  name: string;
  /** Runs before the others and ends. `sidecar`: starts before them and stays. */
  phase: 'init' | 'sidecar' | 'main';
}

/** Computes what a pod asks for, as the scheduler, quotas and LimitRanges do. `overhead` is that of its RuntimeClass. */
export function podResources(spec: Dict, { limitRanges, overhead }: { limitRanges: readonly LimitRange[]; overhead: Resources }): PodResources {
  const containers = [...asList(spec['initContainers']).map((entry) => readContainer(entry, true)), ...asList(spec['containers']).map((entry) => readContainer(entry, false))];
  const own = ownDemand(spec, containers);
  for (const container of containers) for (const limitRange of limitRanges) giveDefaults(container, limitRange);
  const bare: Demand = { requests: { ...inSum(containers, 'requests'), ...own.requests }, limits: { ...inSum(containers, 'limits'), ...own.limits } };
  const full: Demand = { requests: { ...bare.requests }, limits: { ...bare.limits } };
  addTo(full.requests, overhead);
  for (const [name, amount] of Object.entries(overhead)) if ((full.limits[name] ?? 0) > 0) full.limits[name]! += amount;
  const problems = limitRanges.flatMap((limitRange) => problemsWith(limitRange, containers, bare));
  const isPodLevel = Object.keys(own.requests).length + Object.keys(own.limits).length > 0;
  return { ...full, containers, isPodLevel, problems: problems.length > 0 ? problems : contradictions(containers, limitRanges) };
}

function readContainer(entry: unknown, isInit: boolean): ContainerResources {
  const container = asDict(entry);
  const resources = asDict(container['resources']);
  const limits = readResources(resources['limits']);
  // A request that is not said is the limit; only pods get this default, templates do not.
  const requests = { ...limits, ...readResources(resources['requests']) };
  const phase = !isInit ? 'main' : container['restartPolicy'] === 'Always' ? 'sidecar' : 'init';
  return { name: asString(container['name']) ?? '', phase, requests, limits };
}

/** What the pod says of cpu and memory beside its containers, with what the API server makes of it. */
function ownDemand(spec: Dict, containers: readonly ContainerResources[]): Demand {
  if (!isDict(spec['resources'])) return { requests: {}, limits: {} };
  const limits = ofPodLevel(readResources(spec['resources']['limits']));
  const requests = ofPodLevel(readResources(spec['resources']['requests']));
  if (Object.keys(limits).length === 0) return { requests, limits };
  const inContainers = ofPodLevel(inSum(containers, 'requests'));
  const overcommitted = Object.fromEntries(Object.entries(inContainers).filter(([name]) => !name.startsWith('hugepages-')));
  return { requests: { ...limits, ...overcommitted, ...requests }, limits };
}

function ofPodLevel(resources: Resources): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([name]) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')));
}

/** The most that the containers use at one time: init containers one after the other beside the sidecars so far, then all others. */
function inSum(containers: readonly ContainerResources[], of: 'requests' | 'limits'): Resources {
  const sum: Resources = {};
  const sidecars: Resources = {};
  const most: Resources = {};
  for (const container of containers) {
    if (container.phase !== 'init') addTo(sum, container[of]);
    if (container.phase === 'main') continue;
    const during: Resources = { ...sidecars };
    addTo(during, container[of]);
    if (container.phase === 'sidecar') addTo(sidecars, container[of]);
    raiseTo(most, during);
  }
  raiseTo(sum, most);
  return sum;
}

function problemsWith(limitRange: LimitRange, containers: readonly ContainerResources[], pod: Demand): PodResources['problems'] {
  const said = (where: string, problems: string[]) => problems.map((problem) => ({ limitRange: limitRange.name, problem: `${where}: ${problem}` }));
  return [...containers.flatMap((container) => said(`container ${container.name}`, limitProblems('Container', container, limitRange))), ...said('the pod', limitProblems('Pod', pod, limitRange))];
}

/** A default limit below the request that the container says makes a pod that the API server refuses. */
function contradictions(containers: readonly ContainerResources[], limitRanges: readonly LimitRange[]): PodResources['problems'] {
  const [limitRange] = limitRanges;
  if (!limitRange) return [];
  return containers.flatMap(({ name, requests, limits }) =>
    Object.entries(requests)
      .filter(([resource, amount]) => amount > (limits[resource] ?? Infinity))
      .map(([resource, amount]) => ({ limitRange: limitRange.name, problem: `container ${name}: ${formatAmount(resource, amount)} of ${resource} requested, the default limit is ${formatAmount(resource, limits[resource]!)}` })),
  );
}
