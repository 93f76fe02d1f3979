import { expect, test } from 'vitest';
import { fullImageName, shortImageName, withTag } from './image-name.js';

test.each([
  ['shop', 'docker.io/library/shop:latest'],
  ['postgres:15', 'docker.io/library/postgres:15'],
  ['team/shop:1', 'docker.io/team/shop:1'],
  ['localhost/shop', 'localhost/shop:latest'],
  ['registry:5050/shop', 'registry:5050/shop:latest'],
  ['ghcr.io/team/shop:2', 'ghcr.io/team/shop:2'],
  ['shop@sha256:abc', 'docker.io/library/shop@sha256:abc'],
])('%s is kept as %s', (name, full) => {
  expect(fullImageName(name)).toBe(full);
});

test('a name is shown as people write it', () => {
  expect(shortImageName('docker.io/library/shop:latest')).toBe('shop:latest');
  expect(shortImageName('docker.io/team/shop:1')).toBe('team/shop:1');
  expect(shortImageName('ghcr.io/team/shop:1')).toBe('ghcr.io/team/shop:1');
});

test('another tag takes the place of a tag, and of a port never', () => {
  expect(withTag('registry:5050/shop', 'a')).toBe('registry:5050/shop:a');
  expect(withTag('registry:5050/shop:1', 'a')).toBe('registry:5050/shop:a');
  expect(withTag('shop@sha256:abc', 'a')).toBe('docker.io/library/shop:a');
});
