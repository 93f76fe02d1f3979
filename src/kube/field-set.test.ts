import { describe, expect, it } from 'vitest';
import { differenceOf, findItem, noFields, parseStep, pathsOf, unionFields, type FieldSet } from './field-set.js';

const labels: FieldSet = { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } };
const spec: FieldSet = { 'f:spec': { 'f:replicas': {} } };

describe('sets of paths', () => {
  it('joins two sets, keeping places and what is below them', () => {
    expect(unionFields(labels, spec)).toEqual({ ...labels, ...spec });
    expect(unionFields({ 'f:a': {} }, { 'f:a': { 'f:b': {} } })).toEqual({ 'f:a': { '.': {}, 'f:b': {} } });
    expect(unionFields({ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} } })).toEqual({ 'f:a': { 'f:b': {}, 'f:c': {} } });
  });

  it('joins with the empty set to the other one, without a place at the top', () => {
    expect(unionFields(noFields, labels)).toEqual(labels);
    expect(unionFields(labels, {})).toEqual(labels);
    expect(pathsOf(unionFields(noFields, noFields))).toEqual([]);
  });

  it('takes one set away from another', () => {
    expect(differenceOf(unionFields(labels, spec), spec)).toEqual(labels);
    expect(differenceOf(labels, labels)).toEqual({});
    expect(differenceOf(labels, { 'f:metadata': { 'f:labels': { 'f:app': {} } } })).toEqual({ 'f:metadata': { 'f:labels': {} } });
    expect(differenceOf({ 'f:a': {} }, { 'f:a': { 'f:b': {} } })).toEqual({ 'f:a': {} });
    expect(differenceOf({ 'f:a': { 'f:b': {} } }, { 'f:a': {} })).toEqual({ 'f:a': { 'f:b': {} } });
    expect(differenceOf(labels, {})).toEqual(labels);
  });

  it('writes each place as a person reads it', () => {
    const set: FieldSet = {
      'f:metadata': { 'f:annotations': { '.': {}, 'f:example.org/x': {} }, 'f:finalizers': { 'v:"example.org/wait"': {} } },
      'f:spec': {
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { 'f:name': {} } } } } } },
        'f:list': { 'i:3': { 'f:x': {} } },
        'f:numbers': { 'v:7': {} },
      },
    };
    expect(pathsOf(set)).toEqual([
      'metadata.annotations',
      'metadata.annotations[example.org/x]',
      'metadata.finalizers[example.org/wait]',
      'spec.template.spec.containers[web]',
      'spec.template.spec.containers[web].image',
      'spec.template.spec.containers[web].ports[80,TCP].name',
      'spec.list[3].x',
      'spec.numbers[7]',
    ]);
  });

  it('reads every form of step, and none that is broken', () => {
    expect(parseStep('f:a:b')).toEqual({ type: 'field', name: 'a:b' });
    expect(parseStep('k:{"name":"x"}')).toEqual({ type: 'key', key: { name: 'x' } });
    expect(parseStep('v:"x"')).toEqual({ type: 'value', value: 'x' });
    expect(parseStep('i:2')).toEqual({ type: 'index', index: 2 });
    for (const broken of ['.', 'k:{', 'k:[]', 'v:', 'z:1']) expect(parseStep(broken)).toBeUndefined();
  });

  it('finds list items by key, by value and by index', () => {
    const ports = [{ containerPort: 53, protocol: 'TCP' }, { containerPort: 53, protocol: 'UDP' }, { containerPort: 80 }];
    const at = (text: string, list: unknown[] = ports): number => findItem(list, parseStep(text)!);
    expect(at('k:{"containerPort":53,"protocol":"UDP"}')).toBe(1);
    expect(at('k:{"containerPort":80,"protocol":"TCP"}')).toBe(2);
    expect(at('k:{"containerPort":81,"protocol":"TCP"}')).toBe(-1);
    expect(at('v:"b"', ['a', 'b'])).toBe(1);
    expect(at('v:{"a":1,"b":2}', [{ b: 2, a: 1 }])).toBe(0);
    expect(at('i:5')).toBe(-1);
  });
});
