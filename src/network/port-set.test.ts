import { describe, expect, test } from 'vitest';
import { allOf, allPorts, formatPorts, hasPort, intersectionOf, isEmpty, noPorts, portsOf, unionOf, withoutPorts } from './port-set.js';

describe('sets of ports', () => {
  test('join ranges that touch or overlap, and no others', () => {
    expect(formatPorts(unionOf([portsOf('TCP', 81, 90), portsOf('TCP', 80), portsOf('TCP', 85, 100), portsOf('TCP', 102)]))).toBe('80-100, 102');
    expect(unionOf([portsOf('TCP', 80), allPorts])).toBe(allPorts);
  });

  test('meet port by port and protocol by protocol', () => {
    const met = intersectionOf(unionOf([portsOf('TCP', 1, 100), portsOf('UDP', 53)]), unionOf([portsOf('TCP', 90, 200), portsOf('UDP', 54)]));
    expect(formatPorts(met)).toBe('90-100');
    expect(isEmpty(intersectionOf(allOf('UDP'), allOf('SCTP')))).toBe(true);
  });

  test('lose what is taken out of their middle', () => {
    expect(formatPorts(withoutPorts(portsOf('TCP', 80, 90), unionOf([portsOf('TCP', 85), portsOf('TCP', 90, 99)])))).toBe('80-84, 86-89');
    expect(isEmpty(withoutPorts(allPorts, allPorts))).toBe(true);
    expect(withoutPorts(portsOf('TCP', 80), portsOf('UDP', 80))).toEqual(portsOf('TCP', 80));
  });

  test('are written as a person would', () => {
    expect([allPorts, noPorts, allOf('UDP'), unionOf([portsOf('UDP', 53), portsOf('TCP', 53)])].map(formatPorts)).toEqual(['all ports', 'no port', 'all UDP ports', '53, 53/UDP']);
  });

  test('hold both ends of a range, and nothing of a range that runs backwards', () => {
    expect([80, 85, 90, 79, 91].map((port) => hasPort(portsOf('TCP', 80, 90), 'TCP', port))).toEqual([true, true, true, false, false]);
    expect(isEmpty(portsOf('TCP', 90, 80))).toBe(true);
  });
});
