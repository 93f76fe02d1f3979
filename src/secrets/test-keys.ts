import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { makeKeyPair } from './new-key-pair.js';
import { readCertificate, readPrivateKeys, type SealingCertificate, type SealingKey } from './sealing-keys.js';

/** A key pair for tests: shorter than a real one, since making it takes most of a test's time. */
export interface TestKeys {
  certificate: SealingCertificate;
  key: SealingKey;
  /** PEM. */
  privateKey: string;
}

/** Makes a key pair as `mostik secrets new-key` does. */
export async function testKeys(days = 1): Promise<TestKeys> {
  const { certificate, privateKey } = await makeKeyPair({ name: 'test', days, bits: 2048 });
  const [key] = readPrivateKeys(privateKey, 'test');
  return { certificate: readCertificate(certificate, 'test', new Date(0)), key: key!, privateKey };
}

/** A private key in the older form, as controllers write it. */
export function pkcs1(pem: string): string {
  return createPrivateKey(pem).export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** A private key that is no RSA key. */
export function ecKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
