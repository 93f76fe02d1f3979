import { protocols, type Protocol } from './endpoint.js';

/** A stretch of ports, both ends included. */
export type PortRange = readonly [first: number, last: number];

/** Ports by protocol: ranges in order that neither touch nor overlap. */
export type PortSet = Readonly<Record<Protocol, readonly PortRange[]>>;

const whole: readonly PortRange[] = [[1, 65535]];

/** Every port of every protocol. */
export const allPorts: PortSet = { TCP: whole, UDP: whole, SCTP: whole };

/** No port. */
export const noPorts: PortSet = { TCP: [], UDP: [], SCTP: [] };

/** The ports of one protocol from one number to another; a port alone without `last`. */
export function portsOf(protocol: Protocol, first: number, last = first): PortSet {
  return last < first ? noPorts : { ...noPorts, [protocol]: [[first, last]] };
}

/** All ports of a protocol. */
export function allOf(protocol: Protocol): PortSet {
  return { ...noPorts, [protocol]: whole };
}

/** What is in one of the sets or more. */
export function unionOf(sets: readonly PortSet[]): PortSet {
  const [only, ...others] = sets;
  if (!only) return noPorts;
  if (others.length === 0) return only;
  if (sets.includes(allPorts)) return allPorts;
  return each((protocol) => joined(sets.flatMap((set) => set[protocol])));
}

/** What is in both sets. */
export function intersectionOf(a: PortSet, b: PortSet): PortSet {
  if (a === allPorts || a === b) return b;
  if (b === allPorts) return a;
  if (a === noPorts || b === noPorts) return noPorts;
  return each((protocol) => a[protocol].flatMap(([first, last]) => b[protocol].flatMap(([from, to]) => (Math.max(first, from) <= Math.min(last, to) ? [[Math.max(first, from), Math.min(last, to)] as const] : []))));
}

/** What is in the first set and not in the second. */
export function withoutPorts(from: PortSet, taken: PortSet): PortSet {
  return each((protocol) => taken[protocol].reduce<PortRange[]>((left, gone) => left.flatMap((range) => cut(range, gone)), [...from[protocol]]));
}

/** Tells whether a port is in the set. */
export function hasPort(set: PortSet, protocol: Protocol, port: number): boolean {
  return set[protocol].some(([first, last]) => first <= port && port <= last);
}

/** Tells whether a set holds nothing. */
export function isEmpty(set: PortSet): boolean {
  return set === noPorts || protocols.every((protocol) => set[protocol].length === 0);
}

/** Writes a set: `80, 8000-8010, 53/UDP`; `all ports`, `no port`. */
export function formatPorts(set: PortSet): string {
  if (protocols.every((protocol) => isWhole(set[protocol]))) return 'all ports';
  const parts = protocols.flatMap((protocol) => {
    const behind = protocol === 'TCP' ? '' : `/${protocol}`;
    if (isWhole(set[protocol])) return [`all ${protocol} ports`];
    return set[protocol].map(([first, last]) => `${first === last ? first : `${first}-${last}`}${behind}`);
  });
  return parts.length === 0 ? 'no port' : parts.join(', ');
}

function isWhole(ranges: readonly PortRange[]): boolean {
  return ranges.length === 1 && ranges[0]![0] <= 1 && ranges[0]![1] >= 65535;
}

function each(make: (protocol: Protocol) => readonly PortRange[]): PortSet {
  return { TCP: make('TCP'), UDP: make('UDP'), SCTP: make('SCTP') };
}

function joined(ranges: readonly PortRange[]): PortRange[] {
  const out: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = out.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else out.push([first, last]);
  }
  return out;
}

function cut([first, last]: PortRange, [from, to]: PortRange): PortRange[] {
  if (to < first || last < from) return [[first, last]];
  const left: PortRange[] = first < from ? [[first, from - 1]] : [];
  return to < last ? [...left, [to + 1, last]] : left;
}
