import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { groupOf, type KubeObject } from '../model/index.js';
import { blankData } from './blank.js';

/**
 * What the controller of a custom resource would make and pods wait for: Secrets, with the keys they will have and
 * blank values. One entry a kind; the others are taken as they are.
 */
const makers: Readonly<Record<string, (object: KubeObject) => { name: string; type: string; keys: string[] } | undefined>> = {
  'bitnami.com/SealedSecret': (object) => ({
    // Its controller takes the name of the SealedSecret itself, whatever the template says.
    name: object.metadata.name,
    type: asString(valueAt(object, 'spec', 'template', 'type')) ?? 'Opaque',
    keys: [...Object.keys(asDict(valueAt(object, 'spec', 'encryptedData'))), ...Object.keys(asDict(valueAt(object, 'spec', 'template', 'data')))],
  }),
  'cert-manager.io/Certificate': (object) => {
    const name = asString(valueAt(object, 'spec', 'secretName'));
    return name === undefined ? undefined : { name, type: 'kubernetes.io/tls', keys: ['ca.crt', 'tls.crt', 'tls.key'] };
  },
  'external-secrets.io/ExternalSecret': (object) => ({
    name: asString(valueAt(object, 'spec', 'target', 'name')) ?? object.metadata.name,
    type: asString(valueAt(object, 'spec', 'target', 'template', 'type')) ?? 'Opaque',
    keys: asList(valueAt(object, 'spec', 'data')).flatMap((entry) => asString(valueAt(entry, 'secretKey')) ?? []),
  }),
};

/** The Secret that the controller of a custom resource would make; undefined for kinds that make none. */
export function producedSecret(object: KubeObject): KubeObject | undefined {
  const made = makers[`${groupOf(object.apiVersion)}/${object.kind}`]?.(object);
  if (!made) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: made.name, ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }) },
    type: made.type,
    data: blankData(made.type, made.keys),
  };
}
