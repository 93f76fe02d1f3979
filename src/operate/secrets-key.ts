import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { diagnose, MostikError } from '../diagnostics/index.js';
import { shownPath } from '../lib/shown-path.js';
import { writeAtomically } from '../lib/write-atomically.js';
import { certificateFileName } from '../secrets/index.js';
import { refuseGit, writePrivate } from './secrets-unseal.js';

/** Where a new key pair goes. */
export interface NewKeyOptions {
  /** The private key. */
  out: string;
  /** Folder of the platform file: the certificate lies there, for Git. */
  dir: string;
  days: number;
  /** Of the RSA key. */
  bits?: number;
}

/** What was written. */
export interface NewKeyReport {
  /** Absolute: it is named from many folders. */
  key: string;
  certificate: string;
  fingerprint: string;
  notAfter: string;
}

/** Makes the platform's own key pair: the private key outside of Git, readable by the user alone, the certificate beside the platform file. Nothing is overwritten. */
export async function newSealingKey({ out, dir, days, bits }: NewKeyOptions): Promise<NewKeyReport> {
  const certificate = join(dir, certificateFileName);
  if (existsSync(out)) throw new MostikError([diagnose('private-file-there', { file: shownPath(out) })]);
  if (existsSync(certificate)) throw new MostikError([diagnose('file-not-writable', { path: shownPath(certificate), problem: 'it is there already: what it sealed can be opened by its own key only' })]);
  refuseGit(out);
  const { makeKeyPair } = await import('../secrets/new-key-pair.js');
  const pair = await makeKeyPair({ name: basename(resolve(dir)).replace(/[^A-Za-z0-9._-]/g, '-') || 'mostik', days, ...(bits === undefined ? {} : { bits }) });
  // The key first: a certificate whose key nobody has must never be there.
  writePrivate(out, pair.privateKey);
  writeAtomically(certificate, pair.certificate, 0o644);
  return { key: resolve(out), certificate: shownPath(certificate), fingerprint: pair.fingerprint, notAfter: pair.notAfter.toISOString() };
}
