import { describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { setAt } from '../model/index.js';
import { parseSet } from './sets.js';

/** What Helm's own `strvals.ParseInto` made of each text. */
const helm: [string, unknown][] = [
  ['w.a=1', { a: 1 }],
  ['w.a=', { a: '' }],
  ['w.a=TRUE,w.b=False,w.c=nULL', { a: true, b: false, c: null }],
  ['w.a=0,w.b=007,w.c=-5,w.d=+5,w.e=-007', { a: 0, b: '007', c: -5, d: 5, e: -7 }],
  ['w.a=1.5,w.b=1e3,w.c=" x"', { a: '1.5', b: '1e3', c: '" x"' }],
  ['w.a=x=y', { a: 'x=y' }],
  ['w.a\\.b=1,w.c=x\\,y,w.d=\\\\', { 'a.b': 1, c: 'x,y', d: '\\' }],
  ['w.a={x,1,true,null},w.b=2', { a: ['x', 1, true, null], b: 2 }],
  ['w.a={}', { a: [''] }],
  ['w.a={a\\,b,c\\}}', { a: ['a,b', 'c}'] }],
  ['w.a[2]=x,w.a[0]=y', { a: ['y', null, 'x'] }],
  ['w.a[0].b=1,w.a[0].c=2', { a: [{ b: 1, c: 2 }] }],
  ['w.a[1][0]=x', { a: [null, ['x']] }],
  ['w.a=[]', { a: '[]' }],
  ['w.a=1,', { a: 1 }],
];

test.each(helm)('--set %s is read as Helm reads it', (text, values) => {
  const data: Record<string, unknown> = {};
  for (const set of parseSet(text)) expect(setAt(data, [set.component, ...set.path], set.value)).toBeUndefined();
  expect(data).toEqual({ w: values });
});

describe('a text without a meaning is told', () => {
  test.each(['', 'web', 'web=1', 'web.a', '.a=1', 'web..a=1', 'web[0]=1', 'web.a[x]=1', 'web.a[-1]=1', 'web.a[70000]=1', 'web.a[0]b=1', 'web.a={x', 'web.a={x}y', `web.${'a.'.repeat(40)}b=1`])('%j', (text) => {
    expect(() => parseSet(text)).toThrow(MostikError);
  });
});

test('a path through something that is no map is in the way', () => {
  expect(setAt({ a: 'text' }, ['a', 'b'], 1)).toBe('a is a plain value, not a map');
  expect(setAt({ a: {} }, ['a', 0], 1)).toBe('a is a map, not a list');
});
