import { refused, type Check } from './finding.js';
import { textAt, textsAt } from './read.js';

/** Secrets that the values refer to and the chart does not make. */
export const checkSecrets: Check = async (cluster, { secrets, namespace }) => {
  const findings = await Promise.all(
    secrets.map(async ({ name, key, setting }) => {
      const live = await cluster.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
      if (live === undefined) return [refused(`${setting}: Secret ${namespace}/${name} does not exist. Make it with a key "${key}", or leave the setting empty.`)];
      if (textAt(live, 'data', key)) return [];
      const keys = [...textsAt(live, 'data').keys()].sort().join(', ') || 'none';
      return [refused(`${setting}: Secret ${namespace}/${name} has no key "${key}" with a value in it. Its keys: ${keys}.`)];
    }),
  );
  return findings.flat();
};
