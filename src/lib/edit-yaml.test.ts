import { expect, test } from 'vitest';
import { pathAt, setInYaml } from './edit-yaml.js';

const file = `# top
spec:
  components:
    db: { workload: { image: "postgres:15", port: 5432 } }   # the database
    # the api
    api:
      workload:
        image: 'nginx:1.27' # pinned
        replicas:    2

        env: { MODE: fast,
               LEVEL: high }
      uses: [db]
    web:
      chart: charts/web
      values:
  other: |
    text
`;
const changed = (path: (string | number)[], value: unknown, text = file): string => {
  const edit = setInYaml(text, path, value);
  if ('problem' in edit) throw new Error(edit.problem);
  return edit.text;
};
const below = (...path: (string | number)[]): (string | number)[] => ['spec', 'components', ...path];

test('a value is replaced in its own quotes, and not one other character changes', () => {
  expect(changed(below('db', 'workload', 'image'), 'postgres:16')).toBe(file.replace('"postgres:15"', '"postgres:16"'));
  expect(changed(below('api', 'workload', 'image'), "it's")).toBe(file.replace("'nginx:1.27'", "'it''s'"));
  expect(changed(below('api', 'workload', 'replicas'), 5)).toBe(file.replace('replicas:    2', 'replicas:    5'));
  expect(changed(below('api', 'workload', 'env', 'MODE'), 'a, b')).toBe(file.replace('MODE: fast', 'MODE: "a, b"'));
  expect(changed(['spec', 'other'], 'no')).toBe(file.replace('|\n    text\n', '"no"\n'));
  expect(changed(below('api', 'uses', 0), 'web')).toBe(file.replace('[db]', '[web]'));
});

test('text that YAML would read as something else is quoted', () => {
  expect(changed(below('api', 'workload', 'replicas'), '1.10')).toContain('replicas:    "1.10"');
  expect(changed(['a'], 'yes', 'a: b\n')).toBe('a: "yes"\n');
});

test('what is not there is put in at the end of its map, in the style of the map', () => {
  expect(changed(below('api', 'workload', 'port'), 80)).toBe(file.replace('LEVEL: high }', 'LEVEL: high }\n        port: 80'));
  expect(changed(below('db', 'workload', 'replicas'), 2)).toBe(file.replace('port: 5432 }', 'port: 5432, replicas: 2 }'));
  expect(changed(below('db', 'workload', 'env', 'A'), 'x')).toBe(file.replace('port: 5432 }', 'port: 5432, env: { A: x } }'));
  expect(changed(below('web', 'values', 'image', 'tag'), 'v2')).toBe(file.replace('      values:\n', '      values:\n        image:\n          tag: v2\n'));
  expect(changed(['b', 'c'], 1, 'a: 1')).toBe('a: 1\nb:\n  c: 1');
  expect(changed(['b'], 1, 'a: {}\nb: {}\n')).toBe('a: {}\nb: 1\n');
  expect(changed(['a', 'x'], 1, 'a: {}\n')).toBe('a: { x: 1 }\n');
  expect(changed(['b'], 2, 'a: |\n  text\n')).toBe('a: |\n  text\nb: 2\n');
  expect(changed(['l', 0, 'b'], 2, 'l:\n  - a: 1\n  - a: 2\n')).toBe('l:\n  - a: 1\n    b: 2\n  - a: 2\n');
});

test('JSON stays JSON', () => {
  const edit = setInYaml('{\n  "a": {"b": 1}\n}\n', ['a', 'c'], 'x', { json: true });
  expect(edit).toEqual({ text: '{\n  "a": {"b": 1, "c":"x"}\n}\n' });
});

test('what cannot be changed alone is refused', () => {
  expect(setInYaml('a: &x { t: 1 }\nb: *x\n', ['b', 't'], 2)).toEqual({ problem: 'an alias stands for it' });
  expect(setInYaml('a: &x { t: 1 }\nb: *x\n', ['a', 't'], 2)).toEqual({ problem: 'the text around it would change its meaning' });
  expect(setInYaml('a: [1]\n', ['a', 3], 2)).toEqual({ problem: 'the list has 1 entries' });
  expect(setInYaml('a: text\n', ['a', 'b'], 2)).toEqual({ problem: 'a is no map' });
});

test('the second document of a file can be meant, and a place leads to its path', () => {
  const two = 'kind: A\n---\nkind: B\nspec:\n  list:\n    - name: x\n      image: nginx:1\n';
  const found = pathAt(two, { line: 7, column: 14 });
  expect(found).toEqual({ document: 1, path: ['spec', 'list', 0, 'image'] });
  expect(setInYaml(two, found!.path, 'nginx:2', { document: 1 })).toEqual({ text: two.replace('nginx:1', 'nginx:2') });
  expect(pathAt(file, { line: 8, column: 16 })?.path).toEqual(below('api', 'workload', 'image'));
  expect(pathAt(file, { line: 40, column: 1 })).toBeUndefined();
});
