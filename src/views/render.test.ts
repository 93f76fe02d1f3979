import { parse } from 'yaml';
import { expect, test } from 'vitest';
import type { RenderedObject } from '../model/index.js';
import { yamlText } from '../lib/write-yaml.js';
import { renderJson, renderYaml } from './render.js';
import { golden } from './sample-plan.js';

const rendered = (name: string, data: Record<string, unknown>): RenderedObject => ({
  component: 'web',
  ref: { apiVersion: 'v1', kind: 'ConfigMap', name },
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data },
  at: { file: 'x.yaml' },
  keep: false,
});

test('strings that a YAML 1.1 reader takes for something else are quoted, others are not', () => {
  const traps = ['no', 'On', 'y', 'null', '~', '0644', '0o17', '1e3', '12345678', '1:30', '0x1F', '1_000', '.5', '-', '-1', '2001-01-01', '<<', '=', '', 'NaN', '.inf', ' lead', 'trail '];
  const plain = ['web', 'nginx:1.27', '/var/lib', 'a b', '_1', 'nope', 'http://x'];
  expect(yamlText([...traps, ...plain]).trimEnd().split('\n')).toEqual([...traps.map((text) => `- ${JSON.stringify(text)}`), ...plain.map((text) => `- ${text}`)]);
  expect(yamlText({ on: 1, no: { y: 2 } })).toBe('"on": 1\n"no":\n  "y": 2\n');
});

test('texts come back the same by both rule sets: line ends, tabs, control and odd characters', () => {
  const texts = ['a\nb\n', 'a\nb', '\n\n', 'a\r\nb', 'tab\there', 'x\n  y \n', '\u0007\u001b', '\u2028', '\ufeff', '\u0085', '#no', '- a', 'a: b', "it's", '"q"', '%x', '@x', '`x`', '\\n', '{a}', '[a]', '*a', '&a', '!a', '|', '>', '?', 'é数🚀'];
  for (const version of ['1.1', '1.2'] as const) expect(parse(yamlText({ texts }), { version })).toEqual({ texts });
});

test('numbers, booleans and null stay what they are, long lines are not broken', () => {
  const long = 'word '.repeat(60).trim();
  expect(yamlText({ a: 1, b: 1.5, c: true, d: null, e: {}, f: [], g: long })).toBe(`a: 1\nb: 1.5\nc: true\nd: null\ne: {}\nf: []\ng: ${long}\n`);
});

test('the same part in two objects is written twice: anchors are not for everybody', () => {
  const shared = { app: 'web' };
  expect(yamlText({ a: shared, b: shared })).toBe('a:\n  app: web\nb:\n  app: web\n');
});

test('YAML and JSON are one Kubernetes List in the order of the objects', () => {
  const objects = [rendered('b', { mode: '0644' }), rendered('a', {})];
  expect(renderYaml(objects)).toBe(
    `${golden(`
      apiVersion: v1
      kind: List
      items:
        - apiVersion: v1
          kind: ConfigMap
          metadata:
            name: b
          data:
            mode: "0644"
        - apiVersion: v1
          kind: ConfigMap
          metadata:
            name: a
          data: {}
    `)}\n`,
  );
  expect(JSON.parse(renderJson(objects))).toEqual(parse(renderYaml(objects)));
  expect(renderJson(objects)).toBe(renderJson([rendered('b', { mode: '0644' }), rendered('a', {})]));
});
