import type { NewKeyReport } from '../operate/secrets-key.js';
import type { SecretsList } from '../operate/secrets-list.js';
import type { SealReport } from '../operate/secrets-seal.js';
import type { Unsealed } from '../operate/secrets-unseal.js';

/** The published form of a list of secrets: never a value. */
export function secretsListJson({ platform, cluster, secrets }: SecretsList): object {
  return { version: 1, platform, cluster, secrets };
}

/** The published form of what was sealed. */
export function sealJson({ certificate, files, generated }: SealReport): object {
  return { version: 1, certificate, files, generated };
}

/** The published form of what opened: never a value. */
export function unsealJson({ file, target, items }: Unsealed): object {
  return { version: 1, file, target, items };
}

/** The published form of a new key pair: where it lies. */
export function newKeyJson(report: NewKeyReport): object {
  return { version: 1, ...report };
}
