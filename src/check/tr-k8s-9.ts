import type { Diagnostic } from '../diagnostics/index.js';
import { asDict, asStrings } from '../lib/read-unknown.js';
import { secretsIn, type Desired, type RenderedObject, type ResolvedPlatform, type SecretTable } from '../model/index.js';
import { ruleInForce } from './rule.js';

/** TR-K8S-9: the values of a Secret come from spec.secrets or were generated; what stands in the files is known to everybody. */
export function trK8s9(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const report = ruleInForce(platform, 'tr-k8s-9');
  if (!report) return [];
  return desired.objects.filter(({ ref }) => ref.kind === 'Secret' && ref.apiVersion === 'v1').flatMap((rendered) => {
    const plain = plainKeys(rendered, desired.secrets);
    return plain.length === 0 ? [] : report(rendered, `${plain.join(', ')} ${plain.length === 1 ? 'has its value' : 'have their values'} from a file in plain text`);
  });
}

function plainKeys({ object }: RenderedObject, secrets: SecretTable): string[] {
  const data = Object.entries(asStrings(asDict(object['data']))).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8'), value] as const);
  const texts = Object.entries(asStrings(asDict(object['stringData']))).map(([key, value]) => [key, value, value] as const);
  return [...data, ...texts].filter(([key, value, written]) => value !== '' && !isPublic(key, value) && secretsIn([value, written], secrets).length === 0).map(([key]) => key);
}

/** Names and addresses beside a password, and certificates, are no secrets. */
function isPublic(key: string, value: string): boolean {
  const words = key.toLowerCase().split(/[^a-z0-9]+/);
  const named = ['user', 'username', 'host', 'hostname', 'port', 'database', 'dbname', 'db', 'name', 'email', 'url', 'uri', 'endpoint', 'region', 'bucket', 'vhost'].includes(words.at(-1) ?? '');
  const hasPassword = /:\/\/[^/\s:@]*:[^/\s@]+@/.test(value);
  return (named && !hasPassword) || (/^-----BEGIN CERTIFICATE-----/.test(value.trim()) && !/PRIVATE KEY/.test(value));
}
