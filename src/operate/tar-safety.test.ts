import { describe, expect, test } from 'vitest';
import { placeOf, staysInside } from './tar-safety.js';

describe('the name of an entry', () => {
  test.each([
    ['./a//b/./c/', ['a', 'b', 'c']],
    ['./', []],
    ['a..b/..c/d..', ['a..b', '..c', 'd..']],
    [' -rf', [' -rf']],
  ])('%j goes below the target', (name, at) => {
    expect(placeOf(name)).toEqual({ at });
  });
  test.each(['../a', 'a/../../b', 'a/..', '..', '/etc/passwd', '//x', 'a\0b'])('%j is refused', (name) => {
    expect(placeOf(name)).toHaveProperty('problem');
  });
});

describe('a symbolic link', () => {
  test.each([
    ['a', 'b'],
    ['a', './b/c'],
    ['sub/a', '../b'],
    ['sub/deep/a', '../../b/c'],
    ['a', '.'],
  ])('%j -> %j stays inside', (at, target) => {
    expect(staysInside(at.split('/'), target)).toBe(true);
  });
  test.each([
    ['a', '/etc'],
    ['a', '..'],
    ['a', '../b'],
    ['sub/a', '../../b'],
    ['a', ''],
    // With `a -> .` beside it, this one would be the folder above.
    ['b', 'a/..'],
    ['b', 'a/../../c'],
  ])('%j -> %j does not', (at, target) => {
    expect(staysInside(at.split('/'), target)).toBe(false);
  });
});
