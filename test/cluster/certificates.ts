import 'reflect-metadata';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';

/** PEM. */
export interface Certificates {
  ca: string;
  server: { certificate: string; key: string };
  /** A client in group system:masters. */
  admin: { certificate: string; key: string };
  /** Signs the tokens of ServiceAccounts. */
  accountsKey: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes an authority, a certificate for 127.0.0.1 and one for a client, good for a day. */
export async function makeCertificates(): Promise<Certificates> {
  const authority = await newKeys();
  const dates = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=mostik-test',
    keys: authority,
    signingAlgorithm: algorithm,
    ...dates,
    extensions: [new BasicConstraintsExtension(true, undefined, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true)],
  });
  const issue = async (subject: string, extensions: Extension[]): Promise<{ certificate: string; key: string }> => {
    const keys = await newKeys();
    const parts = { subject, issuer: ca.subject, publicKey: keys.publicKey, signingKey: authority.privateKey, signingAlgorithm: algorithm, ...dates };
    const certificate = await X509CertificateGenerator.create({ ...parts, extensions });
    return { certificate: certificate.toString('pem'), key: await pem(keys.privateKey) };
  };
  const names = new SubjectAlternativeNameExtension([
    { type: 'ip', value: '127.0.0.1' },
    { type: 'dns', value: 'localhost' },
  ]);
  const [server, admin] = await Promise.all([
    issue('CN=kube-apiserver', [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]), names]),
    issue('O=system:masters,CN=certificate', [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])]),
  ]);
  const accounts = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' });
  return { ca: ca.toString('pem'), server, admin, accountsKey: accounts.toString() };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']));
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return `-----BEGIN PRIVATE KEY-----\n${bytes.toString('base64').replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
}
