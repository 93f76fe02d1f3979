import { expect, test } from 'vitest';
import { locatorOf, mergeLayers, type Layer } from './layers.js';

const layer = (name: string, data: Layer['data']): Layer => ({ data, broken: [], locate: (path, part = 'key') => ({ file: `${name}:${path.join('.')}:${part}` }) });

test('maps merge, lists and scalars replace, null takes a key away', () => {
  const merged = mergeLayers([
    layer('base', { namespace: 'a', cluster: { nodes: [1, 2], provides: ['x'] }, components: { web: { uses: ['a', 'b'], expose: { host: 'h' } }, old: {} } }),
    layer('prod', { namespace: 'b', cluster: { nodes: [3] }, components: { web: { uses: ['c'], expose: null }, old: null } }),
  ]);
  expect(merged).toEqual({ namespace: 'b', cluster: { nodes: [3], provides: ['x'] }, components: { web: { uses: ['c'] } } });
});

test('null leaves nothing behind where there was nothing', () => {
  expect(mergeLayers([layer('base', {}), layer('p', { components: { web: { expose: null, workload: { port: null, image: 'a' } } } })])).toEqual({
    components: { web: { workload: { image: 'a' } } },
  });
});

test('files of a component are added up, in the order of the layers', () => {
  const files = (list: string[] | null) => ({ components: { web: { files: list } } });
  expect(mergeLayers([layer('a', files(['1'])), layer('b', files(['2', '3'])), layer('c', files(['4']))])).toEqual(files(['1', '2', '3', '4']));
  expect(mergeLayers([layer('a', files(['1'])), layer('b', files(null)), layer('c', files(['4']))])).toEqual(files(['4']));
});

test('values keep null, which takes the default of a chart away', () => {
  const values = (map: Record<string, unknown>) => ({ components: { web: { values: map } } });
  const merged = mergeLayers([layer('a', values({ a: { x: 1, y: 2 }, list: [1], own: null })), layer('b', values({ a: { x: null }, list: [2] }))]);
  expect(merged).toEqual(values({ a: { x: null, y: 2 }, list: [2], own: null }));
});

test('a field is placed in the last layer that sets it, else at its nearest parent', () => {
  const locate = locatorOf([
    layer('base', { components: { web: { files: ['1', '2'], values: { a: 1, b: { c: 1 } } } } }),
    layer('prod', { components: { web: { files: ['3'], values: { a: 2 } } } }),
  ]);
  expect(locate(['components', 'web', 'values', 'a'], 'value')).toEqual({ file: 'prod:components.web.values.a:value' });
  expect(locate(['components', 'web', 'values', 'b', 'c'], 'value')).toEqual({ file: 'base:components.web.values.b.c:value' });
  expect(locate(['components', 'web', 'values', 'b', 'nothing'], 'value')).toEqual({ file: 'base:components.web.values.b:key' });
  expect(locate(['components', 'web', 'files', 1])).toEqual({ file: 'base:components.web.files.1:key' });
  expect(locate(['components', 'web', 'files', 2])).toEqual({ file: 'prod:components.web.files.0:key' });
});
