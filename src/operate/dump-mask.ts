import { asDict, asString } from '../lib/read-unknown.js';
import { isSecretPath, mask, maskText, maskValue, type KubeObject, type SecretTable } from '../model/index.js';

/** Values this short are words that stand everywhere. */
const shortest = 8;
/** Lines of a value with several are looked for from this length on. */
const longLine = 16;
/** Entries of Secrets that are public. */
const publicKeys = new Set(['tls.crt', 'ca.crt', 'namespace']);

/**
 * Everything that must not leave: the platform's secrets, and what lies in the Secrets of its namespaces. A value of the
 * latter that is a part of some name (a user called as the component is) stays, or nothing could be read any more.
 */
export function dumpSecrets(known: SecretTable, secrets: readonly KubeObject[], names: readonly string[]): SecretTable {
  const table = new Map(known);
  for (const [name, value] of known) addLines(table, name, value);
  const taken = new Set(known.values());
  for (const secret of secrets) {
    for (const [key, value] of Object.entries(asDict(secret['data']))) {
      const text = Buffer.from(asString(value) ?? '', 'base64').toString('utf8').trim();
      if (publicKeys.has(key) || text.length < shortest || taken.has(text) || text.includes('\uFFFD') || names.some((name) => name.includes(text))) continue;
      taken.add(text);
      table.set(`cluster/${secret.metadata.namespace ?? ''}/${secret.metadata.name}/${key}`, text);
      addLines(table, `cluster/${secret.metadata.namespace ?? ''}/${secret.metadata.name}/${key}`, text);
    }
  }
  return table;
}

/** A private key stands in YAML line by line, each with spaces before it. */
function addLines(table: Map<string, string>, name: string, value: string): void {
  const lines = value.split('\n').map((line) => line.trim());
  if (lines.length > 1) for (const [i, line] of lines.entries()) if (line.length >= longLine && !line.startsWith('-----')) table.set(`${name}/${i}`, line);
}

/** An object as it may leave: what a Secret holds masked whatever it is, secret values everywhere else by value. */
export function maskedObject(object: KubeObject, table: SecretTable): KubeObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  const shown: KubeObject = { ...object, metadata };
  const { annotations } = metadata;
  const copy = 'kubectl.kubernetes.io/last-applied-configuration';
  if (annotations?.[copy] !== undefined && isSecretPath(object, ['metadata', 'annotations', copy])) shown.metadata = { ...metadata, annotations: { ...annotations, [copy]: mask } };
  for (const field of ['data', 'stringData'] as const) {
    if (!isSecretPath(object, [field]) || object[field] === undefined) continue;
    shown[field] = Object.fromEntries(Object.entries(asDict(object[field])).map(([key, value]) => [key, `${mask} (${Buffer.from(asString(value) ?? '', field === 'data' ? 'base64' : 'utf8').length} bytes)`]));
  }
  return maskValue(shown, table);
}

/** A text as it may leave. */
export function maskedText(text: string, table: SecretTable): string {
  return maskText(text, table);
}
