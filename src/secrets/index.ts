export { envFileName, envNameOf, readEnv, saveGenerated, type Saving, type StoredEnv } from './env-store.js';
export { readClusterKeys, readKeyFiles } from './key-files.js';
export { lookUpSecrets, type FoundKeys, type Lookups, type SealedLookup, type SecretLookup, type SecretPlaces, type SecretSource } from './look-up.js';
export { resolveSecrets, type ResolvedSecrets, type SecretSources } from './resolve-secrets.js';
export { looksSealed, scopes, seal, unseal, type Opened, type Scope, type SealTarget } from './seal.js';
export { sealInto, type Sealing, type SealOutcome, type SealRequest, type SealTools } from './seal-into.js';
export { describeTarget, openItems, readSealedSecret, readSecret, sealedSecretVersion, secretObject, type PlainSecret, type SealedSecret } from './sealed-secret.js';
export { certificateFileName, readSealedFile, readSealedValues, sealedFileName, sealedPlaceOf, type SealedPlace, type SealedValue } from './sealed-values.js';
export { readCertificate, readPrivateKeys, type SealingCertificate, type SealingKey } from './sealing-keys.js';
