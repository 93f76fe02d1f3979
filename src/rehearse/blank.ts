import { asDict, asString, asStrings } from '../lib/read-unknown.js';
import type { KubeObject } from '../model/index.js';

/** What stands where a secret value was taken out. */
const blank = 'blanked';

/** A value that the API server takes for a key of a Secret of this type, and that says nothing. */
function blankValue(type: string, key: string): string {
  if (type === 'kubernetes.io/dockerconfigjson' && key === '.dockerconfigjson') return '{"auths":{}}';
  if (type === 'kubernetes.io/dockercfg' && key === '.dockercfg') return '{}';
  return blank;
}

/** The data of a Secret of this type with these keys, all blank; keys that the type demands are added. */
export function blankData(type: string, keys: Iterable<string>): Record<string, string> {
  const all = new Set([...keys, ...demandedKeys(type)]);
  return Object.fromEntries([...all].map((key) => [key, Buffer.from(blankValue(type, key)).toString('base64')]));
}

function demandedKeys(type: string): string[] {
  switch (type) {
    case 'kubernetes.io/tls':
      return ['tls.crt', 'tls.key'];
    case 'kubernetes.io/dockerconfigjson':
      return ['.dockerconfigjson'];
    case 'kubernetes.io/dockercfg':
      return ['.dockercfg'];
    case 'kubernetes.io/ssh-auth':
      return ['ssh-privatekey'];
    case 'kubernetes.io/basic-auth':
      return ['username', 'password'];
    default:
      return [];
  }
}

/** A Secret with the same keys and none of its values. An entry that is empty stays empty. */
export function blankSecret(secret: KubeObject): KubeObject {
  const type = asString(secret['type']) ?? 'Opaque';
  const data = asDict(secret['data']);
  const blanked = blankData(type, Object.keys(data));
  for (const [key, value] of Object.entries(data)) if (value === '') blanked[key] = '';
  const annotations = Object.fromEntries(Object.entries(asStrings(secret.metadata.annotations)).filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration'));
  const { stringData: _stringData, ...rest } = secret;
  return { ...rest, metadata: { ...secret.metadata, annotations }, data: blanked };
}
