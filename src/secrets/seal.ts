import { constants, createCipheriv, createDecipheriv, privateDecrypt, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';

/** How far a sealed value may travel: one Secret, any Secret of one namespace, or any at all. The first is the usual one. */
export const scopes = ['strict', 'namespace-wide', 'cluster-wide'] as const;
export type Scope = (typeof scopes)[number];

/** The Secret that a value is sealed for; as much of it as the scope says is bound into the value. */
export interface SealTarget {
  scope: Scope;
  namespace: string;
  name: string;
}

/** An opened value, or why it was not opened: its form is not that of a sealed value, or no key fits it in this place. */
export type Opened = { value: Buffer } | { refused: 'form' | 'key' };

const lengthBytes = 2;
const sessionKeyBytes = 32;
const tagBytes = 16;
/** Each session key encrypts one value only, so the nonce of the format is zero. */
const nonce = Buffer.alloc(12);

/**
 * Seals a value as Sealed Secrets does, in base64: the length of the encrypted session key in two bytes, that key (RSA-OAEP
 * with SHA-256, the scope as its label), then the value in AES-256-GCM. Random: never twice the same.
 */
export function seal(value: Uint8Array, publicKey: KeyObject, target: SealTarget): string {
  const sessionKey = randomBytes(sessionKeyBytes);
  const encryptedKey = publicEncrypt({ key: publicKey, ...oaep(target) }, sessionKey);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16BE(encryptedKey.length);
  const cipher = createCipheriv('aes-256-gcm', sessionKey, nonce);
  const encrypted = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([length, encryptedKey, encrypted, cipher.getAuthTag()]).toString('base64');
}

/** Opens a sealed value with the first key that fits. A value that was sealed for another place is refused like a wrong key. */
export function unseal(sealed: string, privateKeys: readonly KeyObject[], target: SealTarget): Opened {
  const parts = partsOf(sealed);
  if (!parts) return { refused: 'form' };
  for (const key of privateKeys) {
    const value = openWith(key, parts, target);
    if (value) return { value };
  }
  return { refused: 'key' };
}

/** Tells whether a text has the form of a sealed value. */
export function looksSealed(text: string): boolean {
  return partsOf(text) !== undefined;
}

interface Parts {
  encryptedKey: Buffer;
  encrypted: Buffer;
  tag: Buffer;
}

function partsOf(sealed: string): Parts | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(sealed)) return undefined;
  const bytes = Buffer.from(sealed, 'base64');
  const valueAt = lengthBytes + (bytes.length < lengthBytes ? 0 : bytes.readUInt16BE());
  if (valueAt === lengthBytes || bytes.length < valueAt + tagBytes) return undefined;
  return { encryptedKey: bytes.subarray(lengthBytes, valueAt), encrypted: bytes.subarray(valueAt, -tagBytes), tag: bytes.subarray(-tagBytes) };
}

function openWith(key: KeyObject, { encryptedKey, encrypted, tag }: Parts, target: SealTarget): Buffer | undefined {
  try {
    const sessionKey = privateDecrypt({ key, ...oaep(target) }, encryptedKey);
    const cipher = createDecipheriv('aes-256-gcm', sessionKey, nonce, { authTagLength: tagBytes });
    cipher.setAuthTag(tag);
    return Buffer.concat([cipher.update(encrypted), cipher.final()]);
  } catch {
    // Neither library tells a wrong key, a wrong label and a damaged text apart.
    return undefined;
  }
}

function oaep(target: SealTarget): { padding: number; oaepHash: string; oaepLabel: Buffer } {
  return { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256', oaepLabel: Buffer.from(labelOf(target)) };
}

function labelOf({ scope, namespace, name }: SealTarget): string {
  switch (scope) {
    case 'strict':
      return `${namespace}/${name}`;
    case 'namespace-wide':
      return namespace;
    case 'cluster-wide':
      return '';
  }
}
