import { beforeAll, describe, expect, test } from 'vitest';
import { looksSealed, seal, unseal, type SealTarget } from './seal.js';
import { testKeys, type TestKeys } from './test-keys.js';

const place = (scope: SealTarget['scope'], namespace = 'shop', name = 'db'): SealTarget => ({ scope, namespace, name });

describe('a sealed value', () => {
  let own: TestKeys;
  let other: TestKeys;
  beforeAll(async () => {
    [own, other] = await Promise.all([testKeys(), testKeys()]);
  });
  const open = (sealed: string, target: SealTarget, keys = [own]): string => {
    const opened = unseal(sealed, keys.map(({ key }) => key.key), target);
    return 'value' in opened ? opened.value.toString() : opened.refused;
  };

  test('opens to the same bytes, whatever they are', () => {
    for (const value of [Buffer.from(''), Buffer.from('a'), Buffer.from([0, 255, 10, 13, 128]), Buffer.alloc(100_000, 'x')]) {
      const opened = unseal(seal(value, own.certificate.publicKey, place('strict')), [own.key.key], place('strict'));
      expect(opened).toEqual({ value });
    }
  });

  test('has the layout of the format, and is never twice the same', () => {
    const [one, two] = [0, 1].map(() => seal(Buffer.from('secret'), own.certificate.publicKey, place('strict')));
    expect(one).not.toBe(two);
    const bytes = Buffer.from(one!, 'base64');
    expect(bytes.readUInt16BE()).toBe(256);
    expect(bytes.length).toBe(2 + 256 + 'secret'.length + 16);
    expect(looksSealed(one!)).toBe(true);
  });

  test.each([
    ['strict', { same: true, renamed: 'key', moved: 'key' }],
    ['namespace-wide', { same: true, renamed: 'opens', moved: 'key' }],
    ['cluster-wide', { same: true, renamed: 'opens', moved: 'opens' }],
  ] as const)('%s: is bound to its place', (scope, { renamed, moved }) => {
    const sealed = seal(Buffer.from('opens'), own.certificate.publicKey, place(scope));
    expect(open(sealed, place(scope))).toBe('opens');
    expect(open(sealed, place(scope, 'shop', 'other'))).toBe(renamed);
    expect(open(sealed, place(scope, 'other', 'db'))).toBe(moved);
  });

  test('does not open under another scope, nor with another key, but with one of several', () => {
    const sealed = seal(Buffer.from('opens'), own.certificate.publicKey, place('strict'));
    expect(open(sealed, place('namespace-wide'))).toBe('key');
    expect(open(sealed, place('cluster-wide'))).toBe('key');
    expect(open(sealed, place('strict'), [other])).toBe('key');
    expect(open(sealed, place('strict'), [])).toBe('key');
    expect(open(sealed, place('strict'), [other, own])).toBe('opens');
  });

  test('does not open once a single byte differs', () => {
    const sealed = Buffer.from(seal(Buffer.from('secret'), own.certificate.publicKey, place('strict')), 'base64');
    for (const at of [2, 100, 258, 262, sealed.length - 1]) {
      const damaged = Buffer.from(sealed);
      damaged[at]! ^= 1;
      expect(open(damaged.toString('base64'), place('strict')), `byte ${at}`).toBe('key');
    }
  });

  test('is told from texts of another form', () => {
    const bytes = (...parts: Buffer[]): string => Buffer.concat(parts).toString('base64');
    for (const text of ['', 'A', 'plain text', 'cGFzc3dvcmQ=', bytes(Buffer.from([0, 0]), Buffer.alloc(40)), bytes(Buffer.from([2, 0]), Buffer.alloc(512)), 'AgB*']) {
      expect(open(text, place('strict')), text).toBe('form');
      expect(looksSealed(text), text).toBe(false);
    }
  });
});
