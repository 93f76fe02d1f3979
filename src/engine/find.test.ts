import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEngine } from './find.js';
import { placeOf, sourceDigest } from './place.js';
import { makeFixture, writeScript } from './test-fixture.js';

test('the folder of MOSTIK_ENGINE_DIR comes before the cache', () => {
  const { folder, options, env } = makeFixture();
  const { key } = placeOf('render', options);
  writeScript(join(folder, 'cache', 'mostik', 'engines', key, 'mostik-render'));
  expect(findEngine('render', options)).toMatchObject({ source: 'cache' });
  writeScript(join(folder, 'own', 'mostik-render'));
  env.MOSTIK_ENGINE_DIR = join(folder, 'own');
  expect(findEngine('render', options)).toEqual({ name: 'render', path: join(folder, 'own', 'mostik-render'), source: 'folder', version: '' });
});

test('a folder without a file that can be run is passed over', () => {
  const { folder, options, env } = makeFixture();
  mkdirSync(join(folder, 'own'));
  writeFileSync(join(folder, 'own', 'mostik-render'), 'not to be run', { mode: 0o644 });
  env.MOSTIK_ENGINE_DIR = join(folder, 'own');
  expect(findEngine('render', options)).toBeUndefined();
});

test('an installed npm package counts only for the very sources it was made from', () => {
  const { root, options } = makeFixture();
  const folder = join(root, 'node_modules', '@mostik', `engine-${process.platform}-${process.arch}`);
  writeScript(join(folder, 'mostik-render'));
  const madeFrom = (key: string): void => writeFileSync(join(folder, 'package.json'), JSON.stringify({ mostik: { engines: { render: key } } }));
  madeFrom('render-0000000000000000');
  expect(findEngine('render', options)).toBeUndefined();
  madeFrom(placeOf('render', options).key);
  expect(findEngine('render', options)).toMatchObject({ source: 'npm', path: join(folder, 'mostik-render') });
});

test('only what the compiler reads decides which engine it is', () => {
  const digestAfter = (...files: [string, string][]): string => {
    const { root, write } = makeFixture();
    for (const [file, text] of files) write('render', file, text);
    return sourceDigest(join(root, 'engine', 'render'));
  };
  const plain = digestAfter();
  expect(digestAfter(['readme.md', 'x'], ['main_test.go', 'package main'], ['stages/pod.yaml', 'x'], ['testdata/a.go', 'x'])).toBe(plain);
  expect(digestAfter(['ldflags', '-s'])).not.toBe(plain);
  expect(digestAfter(['inner/inner.go', 'package inner'])).not.toBe(plain);
  const embedding: [string, string] = ['data/data.go', 'package data\n\n//go:embed rules\nvar rules string\n'];
  expect(digestAfter(embedding, ['data/rules', '1'])).not.toBe(digestAfter(embedding, ['data/rules', '2']));
});
