import { describe, expect, test } from 'vitest';
import { parseRange, privateRanges, publicRanges, shareOf, type AddressRange } from './address.js';

const range = (text: string): AddressRange => parseRange(text)!;
const ranges = (...texts: string[]): AddressRange[] => texts.map(range);
const block = (cidr: string, ...except: string[]): { range: AddressRange; except: AddressRange[] } => ({ range: range(cidr), except: ranges(...except) });

describe('addresses', () => {
  test('are read with and without a length, in both families', () => {
    expect(range('10.1.2.3/8')).toEqual(range('10.0.0.0/8'));
    expect(range('::1')).toEqual({ family: 6, first: 1n, last: 1n });
    expect(range('::ffff:1.2.3.4').last).toBe(0xffff01020304n);
    expect(range('fd00:1::/32').last - range('fd00:1::/32').first + 1n).toBe(1n << 96n);
  });

  test('are refused when they are none', () => {
    expect(['10.0.0.0/33', '10.0.0/8', 'example.org', '::1/129', 'fe80::1%eth0', '1.2.3.4/', ''].map(parseRange)).toEqual(Array(7).fill(undefined));
  });

  test('public ones are all of IPv4 but private, loopback, link-local, multicast and reserved ones', () => {
    const size = ranges(...publicRanges).reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
    const left = ranges('0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3').reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
    expect(size + left).toBe(1n << 32n);
    for (const each of privateRanges.filter((text) => !text.includes(':'))) expect(publicRanges.some((text) => shareOf(block(text), ranges(each)) !== 'none')).toBe(false);
  });
});

describe('a block', () => {
  test('holds all, some or none of where an address may lie', () => {
    const anywhere = ranges('10.0.0.0/8', '192.168.0.0/16');
    expect(shareOf(block('0.0.0.0/0'), anywhere)).toBe('all');
    expect(shareOf(block('10.0.0.0/8'), anywhere)).toBe('some');
    expect(shareOf(block('0.0.0.0/0', '10.1.0.0/16'), anywhere)).toBe('some');
    expect(shareOf(block('0.0.0.0/0', '10.0.0.0/8', '192.168.0.0/16'), anywhere)).toBe('none');
    expect(shareOf(block('203.0.113.0/24'), anywhere)).toBe('none');
  });

  test('of the other family reaches some at best', () => {
    expect(shareOf(block('::/0'), ranges('10.0.0.0/8', 'fc00::/7'))).toBe('some');
    expect(shareOf(block('::/0'), ranges('10.0.0.0/8'))).toBe('none');
    expect(shareOf(block('::/0'), ranges('fc00::/7', '10.0.0.0/8'))).toBe('all');
  });
});
