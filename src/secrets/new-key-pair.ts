import 'reflect-metadata'; // x509's container refuses to load without it
import { createPublicKey, randomBytes, webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { fingerprintOf } from './sealing-keys.js';

/** A new key pair with its certificate, both in PEM form. */
export interface NewKeyPair {
  certificate: string;
  privateKey: string;
  fingerprint: string;
  notAfter: Date;
}

/** Makes a key pair and a certificate for it, of the kind a Sealed Secrets controller makes and takes. */
export async function makeKeyPair({ name, days, bits = 4096 }: { name: string; days: number; bits?: number }): Promise<NewKeyPair> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: bits, publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  // An hour back: clocks of other machines may be behind.
  const notBefore = new Date(Date.now() - 3_600_000);
  const notAfter = new Date(Date.now() + days * 86_400_000);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    serialNumber: serial(),
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true), new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true)],
  });
  const pem = `${certificate.toString('pem').trimEnd()}\n`;
  const privateKey = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { certificate: pem, privateKey: `${privateKey.trimEnd()}\n`, fingerprint: fingerprintOf(createPublicKey(pem)), notAfter };
}

function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40; // positive and never zero, as RFC 5280 asks
  return bytes.toString('hex');
}
