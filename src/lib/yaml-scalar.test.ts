import { expect, test } from 'vitest';
import { readKubernetesScalar, readSexagesimal } from './yaml-scalar.js';

/** What `sigs.k8s.io/yaml` 1.6 made of each scalar. */
const readings: Record<string, unknown> = {
  '0644': 420, '-0644': -420, '0888': 888, '089': 89, '00': 0, '-0': 0, '0o17': 15, '+0o17': 15, '0x1F': 31, '-0x1F': -31, '0b11': 3, '-0b11': -3,
  '1_000': 1000, '1_0.5': 10.5, '_1': '_1', '1_': 1, '0x': '0x', '0b2': '0b2', '0o8': '0o8', '1e3': 1000, '1E5': 100000, '1e999': '1e999', '1.': 1, '.5': 0.5,
  '.5_0': 0.5, '._5': '._5', '12345678': 12345678, '18446744073709551616': 2 ** 64, '-9223372036854775809': -(2 ** 63),
  y: true, Y: true, yes: true, Yes: true, on: true, ON: true, n: false, N: false, no: false, off: false, Off: false, nO: 'nO', true: true, TRUE: true, tRUE: 'tRUE',
  '': null, '~': null, null: null, Null: null, NULL: null, nULL: 'nULL',
  '1:30': '1:30', '2024-01-01': '2024-01-01', '1.2.3': '1.2.3', '-': '-', '+': '+', '.': '.', '<<': '<<',
};

test.each(Object.entries(readings))('Kubernetes reads %j as %j', (text, value) => {
  expect(readKubernetesScalar(text)).toBe(value);
});

test('infinities and not-a-number are numbers', () => {
  expect(readKubernetesScalar('.inf')).toBe(Infinity);
  expect(readKubernetesScalar('-.Inf')).toBe(-Infinity);
  expect(readKubernetesScalar('.NaN')).toBeNaN();
});

test('base-60 numbers of YAML 1.1 have their value', () => {
  expect(readSexagesimal('1:30')).toBe(90);
  expect(readSexagesimal('-1:30:00')).toBe(-5400);
  expect(readSexagesimal('22:99')).toBeUndefined();
  expect(readSexagesimal('10.0.0.1')).toBeUndefined();
});
