import { expect, test } from 'vitest';
import { diagnose } from './diagnostic.js';
import { formatDiagnostic, formatDiagnostics, frameOf } from './format.js';

const problem = (at?: Parameters<typeof diagnose>[2]) => diagnose('yaml-tag', { where: 'spec.a', tag: '!x' }, at);
const read = (text: string) => () => text;

test('a Diagnostic says what, where with its line, and the way out', () => {
  expect(formatDiagnostic(problem({ file: 'p.yaml', line: 2, column: 6 }), { read: read('spec:\n  a: !x 1\n') })).toBe(
    ['error[yaml-tag]: spec.a: a tag (!x), expected plain YAML', '  --> p.yaml:2:6', '  2 |   a: !x 1', '    |      ^^', '  hint: take the tag away'].join('\n'),
  );
});

test('without a place, or without the source, there is no frame', () => {
  expect(formatDiagnostic(problem())).not.toContain('-->');
  expect(frameOf({ file: 'no/such/file.yaml', line: 1, column: 1 })).toEqual([]);
  expect(frameOf({ file: 'p.yaml', line: 9, column: 1 }, { read: read('a\n') })).toEqual([]);
  expect(frameOf({ object: 'Deployment/web' })).toEqual([]);
});

test('carets stand below wide letters and tabs', () => {
  expect(frameOf({ file: 'f', line: 1, column: 7 }, { read: read('"日本": x') })).toEqual(['1 | "日本": x', '  |         ^']);
  expect(frameOf({ file: 'f', line: 1, column: 2 }, { read: read('\tx') })).toEqual(['1 |  x', '  |  ^']);
});

test('a long line is cut around the place', () => {
  const [line, carets] = frameOf({ file: 'f', line: 1, column: 501 }, { read: read(`${'a'.repeat(499)} here ${'b'.repeat(500)}`), width: 60 });
  expect(line).toMatch(/^1 \| \.\.\.a+ here b+\.\.\.$/);
  expect(carets!.indexOf('^')).toBe(line!.indexOf('here'));
});

test('letters that move a cursor are not printed', () => {
  expect(formatDiagnostic(diagnose('yaml-tag', { where: 'a\u001b[31m', tag: '\u202e' }))).not.toMatch(/[\u001b\u202e]/);
  expect(frameOf({ file: 'f', line: 1, column: 1 }, { read: read('a: \u001b]0;x\u0007') })[0]).toBe('1 | a: \uFFFD]0;x\uFFFD');
});

test('a style colours and changes no letter', () => {
  const mark = (text: string) => `<${text}>`;
  const style = { bad: mark, warn: mark, note: mark, dim: mark, strong: mark };
  const options = { read: read('a: !x 1\n') };
  const at = { file: 'p.yaml', line: 1, column: 4 };
  expect(formatDiagnostics([problem(at)], { ...options, style }).replace(/[<>]/g, '')).toBe(formatDiagnostics([problem(at)], options).replace(/[<>]/g, ''));
});
