import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { MostikError } from '../diagnostics/index.js';
import { yamlText } from '../lib/write-yaml.js';
import { makeKeyPair } from './new-key-pair.js';
import { readCertificate, readPrivateKeys } from './sealing-keys.js';
import { ecKey, pkcs1, testKeys, type TestKeys } from './test-keys.js';

const problem = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof MostikError) return error.message;
    throw error;
  }
  return 'no problem';
};

describe('keys to seal with', () => {
  let keys: TestKeys;
  beforeAll(async () => {
    keys = await testKeys();
  });
  const secret = (name: string, pem = keys.privateKey): object => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': Buffer.from(pem).toString('base64') } });

  test('a private key is read as PEM of both forms, and from what kubectl prints of a controller', () => {
    const texts = [keys.privateKey, pkcs1(keys.privateKey), `# mine\n\n${keys.privateKey}`, yamlText(secret('a')), JSON.stringify(secret('a')), yamlText({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { 'tls.key': keys.privateKey } })];
    for (const text of texts) expect(readPrivateKeys(text, 'main.key').map(({ fingerprint }) => fingerprint)).toEqual([keys.certificate.fingerprint]);
    expect(readPrivateKeys(yamlText({ apiVersion: 'v1', kind: 'List', items: [secret('a'), secret('b')] }), 'main.key')).toHaveLength(2);
  });

  test('what is no key says so', () => {
    const read = (text: string): string => problem(() => readPrivateKeys(text, 'x.key'));
    expect(read('')).toBe('x.key: no private key for sealed secrets: it holds no private key, neither in PEM form nor as tls.key of a Secret');
    expect(read(keys.certificate.pem)).toMatch(/it holds no private key/);
    expect(read(ecKey())).toBe('x.key: no private key for sealed secrets: it is of type ec, and only RSA can open');
    expect(read('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')).toMatch(/it cannot be read/);
    const locked = createPrivateKey(keys.privateKey).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
    expect(read(locked)).toMatch(/it asks for a passphrase/);
  });

  test('what is no certificate says so, and an expired one is refused', async () => {
    const read = (text: string, now?: Date): string => problem(() => readCertificate(text, 'main.crt', now));
    expect(read('')).toBe('main.crt: not a certificate to seal with: it holds no certificate in PEM form');
    expect(read(keys.privateKey)).toMatch(/it holds a private key/);
    expect(read('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toMatch(/it cannot be read/);
    expect(read(keys.certificate.pem)).toBe('no problem');
    expect(read(keys.certificate.pem, new Date('2100-01-01'))).toMatch(/it expired on 20\d\d-\d\d-\d\d$/);
    expect((await makeKeyPair({ name: 'a', days: 30, bits: 2048 })).fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });
});
