import type { ResolvedPlatform } from '../model/index.js';
import { usedSecrets } from '../model/index.js';
import { envNameOf, readEnv } from '../secrets/index.js';

/** The values that `.env` gives to the platform's secrets: a newer one than the cluster's must not leave either. */
export function envSecrets(platform: ResolvedPlatform): Map<string, string> {
  const { values } = readEnv(platform.dir);
  const specs = { ...platform.secrets, ...usedSecrets(platform) };
  return new Map(Object.entries(specs).flatMap(([name, spec]) => {
    const value = values.get(envNameOf(name, spec));
    return value === undefined || value === '' ? [] : [[`env/${name}`, value] as const];
  }));
}
