export { envFileName, envNameOf, readEnv, saveGenerated, type Saving, type StoredEnv } from './env-store.js';
export { resolveSecrets, seedSpec, withSeed, type ResolvedSecrets, type SecretSources } from './resolve-secrets.js';
export { standIn, standIns } from './stand-ins.js';
