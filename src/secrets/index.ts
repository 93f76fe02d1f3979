export { envFileName, envNameOf, readEnv, saveGenerated, type Saving, type StoredEnv } from './env-store.js';
export { resolveSecrets, type ResolvedSecrets, type SecretSources } from './resolve-secrets.js';
