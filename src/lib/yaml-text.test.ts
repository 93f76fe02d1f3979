import { describe, expect, test } from 'vitest';
import { readYamlText } from './yaml-text.js';

const kinds = (text: string, rules: 'core' | 'kubernetes' = 'core') => readYamlText(text, rules).problems.map(({ kind, line, column }) => `${kind} ${line}:${column}`);

describe('data', () => {
  test('follows YAML 1.2 in a platform file and Kubernetes in values', () => {
    const text = 'mode: 0644\non: yes\nversion: 1.10\n';
    expect(readYamlText(text, 'core').data).toEqual({ mode: 644, on: 'yes', version: 1.1 });
    expect(readYamlText(text, 'kubernetes').data).toEqual({ mode: 420, true: true, version: 1.1 });
  });

  test('keeps keys as they are written', () => {
    expect(readYamlText('8080: a\n1.0: b\n', 'core').data).toEqual({ '8080': 'a', '1.0': 'b' });
  });

  test('holds what aliases point at', () => {
    expect(readYamlText('a: &x { b: [1] }\nc: *x\n', 'core').data).toEqual({ a: { b: [1] }, c: { b: [1] } });
  });

  test('has merged maps below the own keys, by the rules of Kubernetes', () => {
    const text = 'a: &a { x: 1, y1: 2 }\nb: &b { x: 3, z: 4 }\nc: { <<: [*a, *b], x: 5 }\n';
    expect(readYamlText(text, 'kubernetes').data).toMatchObject({ c: { x: 5, y1: 2, z: 4 } });
  });

  test('cannot reach a prototype', () => {
    const { data } = readYamlText('__proto__: { polluted: 1 }\n', 'core');
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(Object.keys(data as object)).toEqual(['__proto__']);
  });
});

describe('places', () => {
  const yaml = readYamlText('a:\n  - b: 1\n    c: "two"\nd: &d { e: 5 }\nf: *d\n', 'core');
  test('are those of keys and of values', () => {
    expect(yaml.place(['a', 0, 'c'], 'key')).toEqual({ line: 3, column: 5 });
    expect(yaml.place(['a', 0, 'c'])).toEqual({ line: 3, column: 8 });
    expect(yaml.place(['a', 1])).toBeUndefined();
    expect(yaml.place(['f', 'e'])).toEqual({ line: 4, column: 12 });
  });
  test('come with the scalar as written', () => {
    expect(yaml.source(['a', 0, 'b'])).toBe('1');
    expect(yaml.source(['a'])).toBeUndefined();
  });
});

describe('problems', () => {
  test('are the scalars that two rules read differently, once even when used often', () => {
    expect(kinds('a: &a { b: no }\nc: *a\nd: [*a, "no", 0x1F]\n')).toEqual(['readings 1:12']);
  });
  test('are keys that stand twice, tags, merge keys and numbers that JSON has not', () => {
    expect(kinds('a: 1\na: 2\n')).toEqual(['duplicate 2:1']);
    expect(kinds('a: !x 1\nb: .inf\nc: 9007199254740993\n')).toEqual(['tag 1:7', 'not-json 2:4', 'not-json 3:4']);
    expect(kinds('a: &a {}\nb: { <<: *a }\n')).toEqual(['merge 2:6']);
  });
  test('are a second document, an empty file, an unknown anchor and a directive', () => {
    expect(kinds('a: 1\n---\nb: 1\n')).toEqual(['documents 2:1']);
    expect(kinds('# nothing\n')).toEqual(['empty 1:1']);
    expect(kinds('---\n')).toEqual(['empty 1:1']);
    expect(kinds('a: *b\n')).toEqual(['syntax 1:4']);
    expect(kinds('%YAML 1.1\n---\na: 1\n')).toEqual(['syntax 1:1']);
  });
  test('are bounds, not a crash: depth, aliases in a circle, aliases that multiply, size', () => {
    expect(kinds(`a: ${'['.repeat(20_000)}`)).toEqual(['too-much 1:1']);
    expect(kinds('- '.repeat(20_000))).toEqual(['too-much 1:1']);
    expect(kinds(Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''))[0]).toMatch(/^too-much/);
    expect(kinds('a: &a [*a]\n')).toEqual(['too-much 1:8']);
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 9; i++) bomb += `a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(', ')}]\n`;
    expect(kinds(bomb)[0]).toMatch(/^too-much/);
    expect(readYamlText(bomb, 'core').data).toBeUndefined();
    expect(kinds('a'.repeat(3_000_000))).toEqual(['too-much 1:1']);
  });
});
