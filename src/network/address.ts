import { isIP } from 'node:net';

/** Addresses from one to another, both included, of one family. */
export interface AddressRange {
  family: 4 | 6;
  first: bigint;
  last: bigint;
}

/** Where pods and nodes of a cluster usually have their addresses: private ones, IPv4 first. */
export const privateRanges: readonly string[] = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** Every address, IPv4 first: where nothing is known. */
export const allAddresses: readonly string[] = ['0.0.0.0/0', '::/0'];

/** The IPv4 addresses of the internet: all but private, loopback and link-local ones. */
export const publicRanges: readonly string[] = [
  '1.0.0.0/8', '2.0.0.0/7', '4.0.0.0/6', '8.0.0.0/7', '11.0.0.0/8', '12.0.0.0/6', '16.0.0.0/4', '32.0.0.0/3',
  '64.0.0.0/3', '96.0.0.0/6', '100.0.0.0/10', '100.128.0.0/9', '101.0.0.0/8', '102.0.0.0/7', '104.0.0.0/5', '112.0.0.0/5', '120.0.0.0/6', '124.0.0.0/7', '126.0.0.0/8',
  '128.0.0.0/3', '160.0.0.0/5', '168.0.0.0/8', '169.0.0.0/9', '169.128.0.0/10', '169.192.0.0/11', '169.224.0.0/12', '169.240.0.0/13', '169.248.0.0/14', '169.252.0.0/15', '169.255.0.0/16', '170.0.0.0/7',
  '172.0.0.0/12', '172.32.0.0/11', '172.64.0.0/10', '172.128.0.0/9', '173.0.0.0/8', '174.0.0.0/7', '176.0.0.0/4',
  '192.0.0.0/9', '192.128.0.0/11', '192.160.0.0/13', '192.169.0.0/16', '192.170.0.0/15', '192.172.0.0/14', '192.176.0.0/12', '192.192.0.0/10', '193.0.0.0/8', '194.0.0.0/7', '196.0.0.0/6', '200.0.0.0/5', '208.0.0.0/4',
];

/** Reads an address or a CIDR; undefined when it is neither. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0 || address.includes('%')) return undefined;
  const width = family === 4 ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width)) return undefined;
  const value = family === 4 ? number4(address) : number6(address);
  const free = BigInt(width - Number(bits ?? width));
  const first = (value >> free) << free;
  return { family, first, last: first + (1n << free) - 1n };
}

/** A block of an `ipBlock` peer. */
export interface Block {
  range: AddressRange;
  except: AddressRange[];
}

/** How much of something a rule is about: all of it, some of it, none. */
export type Share = 'all' | 'some' | 'none';

/**
 * How much of where an address may lie is in a block. Ranges of the family that comes first in the list decide on `all`; in the other
 * family alone a block reaches some at best.
 */
export function shareOf(block: Block, ranges: readonly AddressRange[]): Share {
  const [head] = ranges;
  const same = ranges.filter(({ family }) => family === block.range.family);
  if (!head || same.length === 0) return 'none';
  const shares = same.map((range) => coverage(block, range));
  if (shares.every((share) => share === 'none')) return 'none';
  return shares.every((share) => share === 'all') && head.family === block.range.family ? 'all' : 'some';
}

function coverage({ range, except }: Block, wanted: AddressRange): Share {
  if (!overlaps(range, wanted) || except.some((each) => contains(each, wanted))) return 'none';
  return contains(range, wanted) && !except.some((each) => overlaps(each, wanted)) ? 'all' : 'some';
}

function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

function number4(address: string): bigint {
  return address.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function number6(address: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const text = dotted ? `${dotted[1]}${hexPair(dotted[2]!)}` : address;
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right].reduce((value, part) => (value << 16n) | BigInt(`0x${part}`), 0n);
}

function hexPair(dotted: string): string {
  const value = number4(dotted);
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}
