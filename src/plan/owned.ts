import { fieldsOf, managersOf, restrict, unionFields, type FieldSet } from '../kube/index.js';
import { fieldManager, tokenize, secretsIn, type KubeObject, type Pin, type SecretTable } from '../model/index.js';
import { digest, keyedDigest } from '../lib/canonical-json.js';

/**
 * Digest of an object as it should be. Objects without secrets have a plain one, equal everywhere; where secret values
 * occur it is an HMAC with the platform's key, so that a short password cannot be guessed from a plan file. Before the
 * first apply there is no kept key: then tokens stand for the values.
 */
export function desiredDigest(object: KubeObject, secrets: SecretTable, key: Buffer | null): string {
  const names = secretsIn(object, secrets);
  if (names.length === 0) return digest(object);
  return key ? keyedDigest(key, object) : digest(tokenize(object, secrets));
}

/** The paths of a live object that we set or will set: ours now, and ours in what a dry run answered. */
export function ownedFields(live: KubeObject, dryRun?: KubeObject): FieldSet {
  const now = fieldsOf(live, fieldManager);
  return dryRun ? unionFields(now, fieldsOf(dryRun, fieldManager)) : now;
}

/** Pin of a live object: its uid, and a digest of the live value and the managers of every path that we set or own. */
export function pinOf(live: KubeObject | undefined, fields: FieldSet | undefined, key: Buffer | null): Pin {
  if (!live) return { uid: null, digest: null };
  return { uid: live.metadata.uid ?? null, digest: fields ? liveDigest(live, fields, key) : null };
}

/**
 * Digest of what we own of a live object. Keyed, since it may cover secret values; before there is a kept key, a Secret
 * is pinned by its resourceVersion, which no controller moves, and other objects by a plain digest.
 */
export function liveDigest(live: KubeObject, fields: FieldSet, key: Buffer | null): string {
  if (!key && live.kind === 'Secret') return `version:${live.metadata.resourceVersion ?? ''}`;
  const owned = [restrict(live, fields), [...managersOf(live, fields)]];
  return key ? keyedDigest(key, owned) : digest(owned);
}
