import { expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { chooseKubernetes, releaseOf, supportedBy } from './release.js';

test('a release serves its own minor version and the three before it', () => {
  expect(supportedBy('v1.36.3')).toEqual(['1.36', '1.35', '1.34', '1.33']);
});

test('without a wish it is the newest', () => {
  expect(chooseKubernetes('demo', 'v1.36.3', undefined)).toBe('1.36');
});

test('a wish may be a minor version or a whole release', () => {
  expect(chooseKubernetes('demo', 'v1.36.3', '1.34')).toBe('1.34');
  expect(chooseKubernetes('demo', 'v1.36.3', 'v1.35.2')).toBe('1.35');
});

test.each(['1.32', '1.37', '2', 'latest'])('%s is refused with the versions that could be had', (asked) => {
  expect(() => chooseKubernetes('demo', 'v1.36.3', asked)).toThrow(/any of 1\.36, 1\.35, 1\.34, 1\.33/);
});

test('a program that is missing or is something else is named', async () => {
  await expect(releaseOf('demo', '/nowhere/mostik-cluster')).rejects.toThrow(/\/nowhere\/mostik-cluster does not run/);
  await expect(releaseOf('demo', '/bin/echo')).rejects.toThrow(MostikError);
});
