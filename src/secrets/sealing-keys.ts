import { createHash, createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { readYamlText } from '../lib/yaml-text.js';

/** A certificate to seal with. */
export interface SealingCertificate {
  publicKey: KeyObject;
  /** Of the key pair, not of the certificate: a renewed certificate of the same key has the same one. */
  fingerprint: string;
  notAfter: Date;
  pem: string;
}

/** A private key that opens what its certificate sealed. */
export interface SealingKey {
  key: KeyObject;
  fingerprint: string;
}

/** Reads the first certificate of a PEM text; `from` names the text in messages. One that has expired is refused, as kubeseal does. */
export function readCertificate(text: string, from: string, now: Date = new Date()): SealingCertificate {
  const refuse = (problem: string): MostikError => new MostikError([diagnose('sealing-certificate-invalid', { from, problem })]);
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(text)?.[0];
  if (pem === undefined) throw refuse(/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ? 'it holds a private key' : 'it holds no certificate in PEM form');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw refuse('it cannot be read');
  }
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'rsa') throw refuse(`its key is of type ${publicKey.asymmetricKeyType ?? 'unknown'}, and only RSA can seal`);
  const notAfter = new Date(certificate.validTo);
  if (notAfter < now) throw refuse(`it expired on ${notAfter.toISOString().slice(0, 10)}`);
  return { publicKey, fingerprint: fingerprintOf(publicKey), notAfter, pem: `${pem}\n` };
}

/** Reads private keys: PEM, one or several, or what `kubectl get secret -o yaml` prints of a controller's keys (a Secret, or a List of them). */
export function readPrivateKeys(text: string, from: string): SealingKey[] {
  const refuse = (problem: string): MostikError => new MostikError([diagnose('sealing-key-invalid', { from, problem })]);
  const inSecrets = keySecretsOf(text);
  const blocks = (inSecrets.length > 0 ? inSecrets : [text]).flatMap(pemKeysOf);
  if (blocks.length === 0) throw refuse('it holds no private key, neither in PEM form nor as tls.key of a Secret');
  return blocks.map((pem) => {
    if (/ENCRYPTED/.test(pem)) throw refuse('it asks for a passphrase: expected a key without one, in a file that only you may read');
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch {
      throw refuse('it cannot be read');
    }
    if (key.asymmetricKeyType !== 'rsa') throw refuse(`it is of type ${key.asymmetricKeyType ?? 'unknown'}, and only RSA can open`);
    return { key, fingerprint: fingerprintOf(createPublicKey(key)) };
  });
}

function pemKeysOf(text: string): string[] {
  return text.match(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]+?-----END \1-----/g) ?? [];
}

function keySecretsOf(text: string): string[] {
  if (!/tls\.key/.test(text)) return [];
  const { data } = readYamlText(text, 'kubernetes');
  const secrets = asDict(data)['kind'] === 'List' ? asList(asDict(data)['items']) : [data];
  return secrets.flatMap((secret) => {
    const plain = asString(valueAt(secret, 'stringData', 'tls.key'));
    const encoded = asString(valueAt(secret, 'data', 'tls.key'));
    return [...(plain === undefined ? [] : [plain]), ...(encoded === undefined ? [] : [Buffer.from(encoded, 'base64').toString()])];
  });
}

/** 16 hex digits of the SHA-256 of the public key. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 16);
}
