import { beforeAll, describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { asStrings, valueAt } from '../lib/read-unknown.js';
import { readYamlText } from '../lib/yaml-text.js';
import { unseal } from './seal.js';
import { sealInto, type Sealing, type SealRequest, type SealTools } from './seal-into.js';
import { readSealedSecret, readSecret, secretObject, openItems, type SealedSecret } from './sealed-secret.js';
import { testKeys, type TestKeys } from './test-keys.js';

const target = { scope: 'strict', namespace: 'shop', name: 'db' } as const;
const bytes = (values: Record<string, string>): Record<string, Buffer> => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)]));

function read(text: string): SealedSecret {
  const { data, problems } = readYamlText(text, 'kubernetes');
  expect(problems).toEqual([]);
  const sealed = readSealedSecret(data);
  if (typeof sealed === 'string') throw new Error(sealed);
  return sealed;
}

describe('sealing into a file', () => {
  let keys: TestKeys;
  let lost: TestKeys;
  beforeAll(async () => {
    [keys, lost] = await Promise.all([testKeys(), testKeys()]);
  });
  const tools = (more: Partial<SealTools> = {}): SealTools => ({ certificate: keys.certificate, keys: [keys.key.key], again: false, ...more });
  const run = (text: string | undefined, request: Partial<SealRequest>, more: Partial<SealTools> = {}): Sealing =>
    sealInto({ file: 's.yaml', existing: text === undefined ? undefined : { text, sealedSecret: read(text) }, target, values: {}, asked: new Set(), whole: false, ...request }, tools(more));
  const opened = (text: string): Record<string, string> =>
    Object.fromEntries(Object.entries(openItems(read(text), [keys.key.key])).map(([item, one]) => [item, 'value' in one ? one.value.toString() : one.refused]));
  const failure = (action: () => unknown): string => {
    try {
      action();
    } catch (error) {
      if (error instanceof MostikError) return `${error.diagnostics[0]!.code} ${error.exitCode}`;
      throw error;
    }
    return 'no failure';
  };
  let first: string;
  beforeAll(() => {
    first = run(undefined, { values: bytes({ a: 'one', b: 'two' }) }).text!;
  });

  test('a new file opens, and holds no value in any form', () => {
    expect(opened(first)).toEqual({ a: 'one', b: 'two' });
    const long = 'correct-horse-battery';
    const text = run(undefined, { values: bytes({ a: long }) }).text!;
    for (const form of [long, Buffer.from(long).toString('base64').slice(0, -4)]) expect(text).not.toContain(form);
  });

  test('with a key, what is the same keeps its bytes and the file is not written', () => {
    expect(run(first, { values: bytes({ a: 'one', b: 'two' }) })).toEqual({ outcomes: { a: 'same', b: 'same' } });
    const { text, outcomes } = run(first, { values: bytes({ a: 'one', b: 'other', c: 'new' }) });
    expect(outcomes).toEqual({ a: 'same', b: 'changed', c: 'sealed' });
    expect(opened(text!)).toEqual({ a: 'one', b: 'other', c: 'new' });
    expect(read(text!).items['a']).toBe(read(first).items['a']);
  });

  test('without a key, what is sealed is left alone, or refused when it was asked for by name', () => {
    const blind = { keys: [lost.key.key] };
    expect(run(first, { values: bytes({ a: 'one' }) }, blind)).toEqual({ outcomes: { a: 'not-compared' } });
    expect(failure(() => run(first, { values: bytes({ a: 'other' }), asked: new Set(['a']) }, blind))).toBe('sealed-already 6');
    expect(run(first, { values: bytes({ a: 'other' }), asked: new Set(['a']) }, { ...blind, again: true }).outcomes).toEqual({ a: 'again' });
    expect(run(first, { values: bytes({ c: 'new' }), asked: new Set(['c']) }, blind).outcomes).toEqual({ c: 'sealed' });
  });

  test('comments and other fields of the file stay', () => {
    const text = first.replace('spec:', '# kept\nspec:').replace('metadata:', 'metadata:\n  labels: { team: a } # ours');
    const after = run(text, { values: bytes({ a: 'changed' }) }).text!;
    expect(after).toContain('# kept');
    expect(after).toMatch(/labels: \{ ?team: a ?\} # ours/);
    expect(opened(after)).toEqual({ a: 'changed', b: 'two' });
  });

  test('another place seals all of it anew, and is refused when something would not open there', () => {
    const elsewhere = { ...target, name: 'other' };
    const { text, outcomes } = run(first, { target: elsewhere, values: bytes({ a: 'one' }) });
    expect(outcomes).toEqual({ a: 'moved', b: 'moved' });
    expect(read(text!).target).toEqual(elsewhere);
    expect(opened(text!)).toEqual({ a: 'one', b: 'two' });
    expect(failure(() => run(first, { target: elsewhere, values: bytes({ a: 'one' }) }, { keys: [] }))).toBe('sealed-elsewhere 6');
    expect(opened(run(first, { target: elsewhere, values: bytes({ a: 'one', b: 'two' }) }, { keys: [] }).text!)).toEqual({ a: 'one', b: 'two' });
  });

  test('a whole manifest drops what it no longer has; otherwise it is kept', () => {
    expect(opened(run(first, { values: bytes({ a: 'one' }), whole: true }).text!)).toEqual({ a: 'one' });
    expect(opened(run(first, { values: bytes({ c: 'new' }) }).text!)).toEqual({ a: 'one', b: 'two', c: 'new' });
  });

  test('JSON stays JSON', () => {
    const { text } = sealInto({ file: 's.json', target, values: bytes({ a: 'one' }), asked: new Set(), whole: false }, tools());
    expect(asStrings(valueAt(JSON.parse(text!), 'spec', 'encryptedData'))['a']).toBeTypeOf('string');
    const again = sealInto({ file: 's.json', existing: { text: text!, sealedSecret: read(text!) }, target, values: bytes({ b: 'two' }), asked: new Set(), whole: false }, tools());
    expect(Object.keys(asStrings(valueAt(JSON.parse(again.text!), 'spec', 'encryptedData')))).toEqual(['a', 'b']);
  });

  test('names that YAML would read as something else stay names', () => {
    const values = bytes({ on: '1', null: '2', '1e3': '3', '0x1': '4' });
    const text = run(run(undefined, { values: bytes({ on: '1' }) }).text, { values }).text!;
    expect(Object.keys(read(text).items).sort()).toEqual(Object.keys(values).sort());
  });
});

describe('the manifest of a Secret', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop', uid: '1', resourceVersion: '2', labels: { app: 'db' }, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"plain"}', note: 'x', 'sealedsecrets.bitnami.com/namespace-wide': 'true' } },
    type: 'kubernetes.io/basic-auth',
    immutable: true,
    data: { username: 'YWRtaW4=', password: 'b2xk' },
    stringData: { password: 'new' },
  };

  test('keeps type, labels and annotations, and drops copies of itself and what the server wrote', async () => {
    const keys = await testKeys();
    const plain = readSecret(secret);
    if (typeof plain === 'string') throw new Error(plain);
    expect(plain.scope).toBe('namespace-wide');
    expect(Object.fromEntries(Object.entries(plain.values).map(([key, value]) => [key, value.toString()]))).toEqual({ username: 'admin', password: 'new' });
    const place = { scope: plain.scope, namespace: plain.namespace, name: plain.name };
    const { text } = sealInto({ file: 's.yaml', target: place, values: plain.values, template: plain.template, asked: new Set(), whole: true }, { certificate: keys.certificate, keys: [], again: false });
    expect(text).not.toMatch(/last-applied|resourceVersion|uid|b2xk|YWRtaW4/);
    const sealed = read(text!);
    expect(sealed.target).toEqual(place);
    const values = Object.fromEntries(Object.entries(sealed.items).map(([key, item]) => [key, (unseal(item, [keys.key.key], place) as { value: Buffer }).value]));
    expect(secretObject(sealed, values)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'shop', labels: { app: 'db' }, annotations: { note: 'x', 'sealedsecrets.bitnami.com/namespace-wide': 'true' } },
      type: 'kubernetes.io/basic-auth',
      immutable: true,
      data: { username: 'YWRtaW4=', password: 'bmV3' },
    });
  });

  test('says what cannot be sealed', () => {
    const base = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };
    expect(readSecret({ ...base, kind: 'ConfigMap' })).toBe('expected a v1 Secret with a name, got v1 ConfigMap');
    expect(readSecret({ ...base, metadata: {} })).toBe('expected a v1 Secret with a name, got v1 Secret without a name');
    expect(readSecret(base)).toBe('it has neither data nor stringData');
    expect(readSecret({ ...base, data: { a: 'not base64!' } })).toBe('data.a is not base64: a plain text stands in stringData');
    expect(readSecret({ ...base, stringData: { a: 1 } })).toBe('stringData.a is not a text');
    expect(readSecret([])).toBe('expected a v1 Secret with a name, got no object');
  });

  test('says what is no SealedSecret', () => {
    const base = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { name: 'a', namespace: 'b' } };
    expect(readSealedSecret({ ...base, kind: 'Secret' })).toMatch(/expected a bitnami.com\/v1alpha1 SealedSecret/);
    expect(readSealedSecret({ ...base, spec: { data: 'x' } })).toMatch(/deprecated form/);
    expect(readSealedSecret({ ...base, spec: { encryptedData: { a: 'cGxhaW4=' } } })).toBe('spec.encryptedData.a has not the form of a sealed value');
    expect(readSealedSecret({ ...base, metadata: { name: 'a' }, spec: { encryptedData: {} } })).toBe('it has no namespace, and its scope is strict');
    expect(readSealedSecret({ ...base, metadata: { name: 'a', annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'true' } }, spec: {} })).toMatchObject({ target: { scope: 'cluster-wide' } });
  });
});
