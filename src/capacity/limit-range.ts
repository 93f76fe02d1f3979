import { asDict, asList, asString } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';
import { amountOf, formatAmount, readResources, type Resources } from './resources.js';

/** A LimitRange, with what the API server fills into it. */
export interface LimitRange {
  name: string;
  items: LimitItem[];
}

interface LimitItem {
  /** `Container`, `Pod` or `PersistentVolumeClaim`. */
  type: string;
  min: Resources;
  max: Resources;
  /** Limit and request of a container that says none. */
  limit: Resources;
  request: Resources;
  /** The most that a limit may be of its request, in thousandths. */
  ratio: Record<string, number>;
}

/** Requests and limits of a container, a pod or a claim. */
export interface Demand {
  requests: Resources;
  limits: Resources;
}

/** Reads a LimitRange; the defaults of a container follow from its other fields, as in the API server. */
export function limitRangeOf(object: KubeObject): LimitRange {
  const items = asList(asDict(object['spec'])['limits']).map((entry): LimitItem => {
    const item = asDict(entry);
    const type = asString(item['type']) ?? '';
    const [min, max] = [readResources(item['min']), readResources(item['max'])];
    const limit = type === 'Container' ? { ...max, ...readResources(item['default']) } : {};
    const request = type === 'Container' ? { ...min, ...limit, ...readResources(item['defaultRequest']) } : {};
    const ratio = Object.fromEntries(Object.entries(asDict(item['maxLimitRequestRatio'])).flatMap(([name, value]) => {
      const thousandths = amountOf('cpu', value);
      return thousandths === undefined ? [] : [[name, thousandths]];
    }));
    return { type, min, max, limit, request, ratio };
  });
  return { name: object.metadata.name, items };
}

/** Gives a container what it does not say itself, in place. */
export function giveDefaults(demand: Demand, { items }: LimitRange): void {
  for (const { limit, request } of items) {
    for (const [name, amount] of Object.entries(limit)) demand.limits[name] ??= amount;
    for (const [name, amount] of Object.entries(request)) demand.requests[name] ??= amount;
  }
}

/** Everything that a LimitRange has against a container, a pod or a claim; each in words that follow its name. */
export function limitProblems(type: 'Container' | 'Pod' | 'PersistentVolumeClaim', demand: Demand, { items }: LimitRange): string[] {
  return items.filter((item) => item.type === type).flatMap((item) => [
    ...Object.entries(item.min).flatMap(([name, least]) => belowMin(name, least, demand)),
    ...Object.entries(item.max).flatMap(([name, most]) => aboveMax(name, most, type === 'PersistentVolumeClaim' ? { requests: demand.requests, limits: demand.requests } : demand)),
    ...Object.entries(item.ratio).flatMap(([name, most]) => aboveRatio(name, most, demand)),
  ]);
}

function belowMin(name: string, least: number, { requests, limits }: Demand): string[] {
  const request = requests[name];
  const limit = limits[name];
  const expected = `expected at least ${formatAmount(name, least)}`;
  if (request === undefined) return [`no request of ${name}, ${expected}`];
  if (request < least) return [`${formatAmount(name, request)} of ${name} requested, ${expected}`];
  return limit !== undefined && limit < least ? [`a limit of ${formatAmount(name, limit)} of ${name}, ${expected}`] : [];
}

function aboveMax(name: string, most: number, { requests, limits }: Demand): string[] {
  const request = requests[name];
  const limit = limits[name];
  const expected = `expected at most ${formatAmount(name, most)}`;
  if (limit === undefined) return [`no limit of ${name}, ${expected}`];
  if (limit > most) return [`${formatAmount(name, limit)} of ${name}, ${expected}`];
  return request !== undefined && request > most ? [`${formatAmount(name, request)} of ${name} requested, ${expected}`] : [];
}

function aboveRatio(name: string, most: number, { requests, limits }: Demand): string[] {
  const [request = 0, limit = 0] = [requests[name], limits[name]];
  const expected = `expected a limit of at most ${most / 1000} times the request`;
  if (request === 0 || limit === 0) return [`no ${request === 0 ? 'request' : 'limit'} of ${name}, ${expected}`];
  return (limit / request) * 1000 > most ? [`a limit of ${name} of ${Number((limit / request).toFixed(2))} times the request, ${expected}`] : [];
}
