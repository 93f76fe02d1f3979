import { expect, test } from 'vitest';
import { clustersFolder, folderOf, lockFileOf } from './folder.js';

test.each(['..', '../x', 'a/b', '', 'Upper', '-a', 'a-', 'a.b', 'a'.repeat(64)])('%j is no name for a cluster', (name) => {
  expect(() => folderOf(name)).toThrow(/expected lower-case letters/);
  expect(() => lockFileOf(name)).toThrow(/expected lower-case letters/);
});

test('everything of a cluster lies below its own folder', () => {
  const { root, ...paths } = folderOf('a'.repeat(63));
  expect(root.startsWith(`${clustersFolder()}/`)).toBe(true);
  for (const path of Object.values(paths)) expect(path.startsWith(`${root}/`)).toBe(true);
});

test('XDG_STATE_HOME decides where clusters are kept', () => {
  expect(clustersFolder({ XDG_STATE_HOME: '/var/state', HOME: '/home/kim' })).toBe('/var/state/mostik/clusters');
  expect(clustersFolder({ HOME: '/home/kim' })).toBe('/home/kim/.local/state/mostik/clusters');
});
