import type { KeyObject } from 'node:crypto';
import { asDict, asString, asStrings, isDict, valueAt, type Dict } from '../lib/read-unknown.js';
import { isKubeObject, type KubeObject } from '../model/index.js';
import { looksSealed, unseal, type Opened, type Scope, type SealTarget } from './seal.js';

/** What the controller makes a Secret of, as it is read from a manifest. */
export interface SealedSecret {
  target: SealTarget;
  /** Sealed values by key, base64. */
  items: Record<string, string>;
  /** Keys that the controller fills with a template over the opened values. */
  templated: string[];
  /** Metadata, type, immutability and templates of the Secret to be made. */
  template: Dict;
}

/** The group and version of the format. */
export const sealedSecretVersion = 'bitnami.com/v1alpha1';

const scopeAnnotations: readonly (readonly [Scope, string])[] = [
  ['cluster-wide', 'sealedsecrets.bitnami.com/cluster-wide'],
  ['namespace-wide', 'sealedsecrets.bitnami.com/namespace-wide'],
];

/** Reads a SealedSecret; a text says what is wrong with it. Name, namespace and scope are those of its own metadata, as the controller takes them. */
export function readSealedSecret(data: unknown): SealedSecret | string {
  if (!isKubeObject(data) || data.kind !== 'SealedSecret' || !data.apiVersion.startsWith('bitnami.com/')) return `expected a ${sealedSecretVersion} SealedSecret with a name, got ${whatIs(data)}`;
  const spec = asDict(data['spec']);
  if (spec['data'] !== undefined && spec['data'] !== null) return 'it uses the deprecated form spec.data: seal again with today\'s tools';
  const items = asStrings(spec['encryptedData']);
  const wrong = Object.keys(asDict(spec['encryptedData'])).find((key) => !looksSealed(items[key] ?? ''));
  if (wrong !== undefined) return `spec.encryptedData.${wrong} has not the form of a sealed value`;
  const { name, namespace = '' } = data.metadata;
  const target = { scope: scopeOf(data.metadata.annotations), name, namespace };
  if (target.scope !== 'cluster-wide' && namespace === '') return `it has no namespace, and its scope is ${target.scope}`;
  const template = asDict(spec['template']);
  return { target, items, templated: Object.keys(asDict(template['data'])), template };
}

/** The scope that annotations of a Secret or SealedSecret say. */
export function scopeOf(annotations: Record<string, string> | undefined): Scope {
  return scopeAnnotations.find(([, annotation]) => annotations?.[annotation] === 'true')?.[0] ?? 'strict';
}

/** Writes the manifest of a SealedSecret from values that are sealed already. */
export function sealedSecretObject({ target, items, template }: Pick<SealedSecret, 'target' | 'items' | 'template'>): KubeObject {
  const marks = Object.fromEntries(scopeAnnotations.filter(([scope]) => scope === target.scope).map(([, annotation]) => [annotation, 'true']));
  const place = { name: target.name, ...(target.namespace === '' ? {} : { namespace: target.namespace }) };
  const { metadata, ...rest } = template;
  const { name: _name, namespace: _namespace, annotations, ...kept } = asDict(metadata);
  const notes = { ...withoutScope(asStrings(annotations)), ...marks };
  return {
    apiVersion: sealedSecretVersion,
    kind: 'SealedSecret',
    metadata: { ...place, ...(Object.keys(marks).length > 0 ? { annotations: marks } : {}) },
    spec: {
      encryptedData: Object.fromEntries(Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1))),
      template: { metadata: { ...place, ...kept, ...(Object.keys(notes).length > 0 ? { annotations: notes } : {}) }, ...rest },
    },
  };
}

/** A Secret manifest as what is sealed of it: its plain values, and what stays readable. A text says what is wrong with it. */
export interface PlainSecret {
  name: string;
  namespace: string;
  scope: Scope;
  values: Record<string, Buffer>;
  template: Dict;
}

/** Copies of the whole object that tools leave in annotations would carry the plain values into Git. */
const copies = ['kubectl.kubernetes.io/last-applied-configuration', 'kubecfg.ksonnet.io/last-applied-configuration'];

/** Reads the manifest of a Secret: data, stringData (which wins, as on the server), type, immutable, labels and annotations. */
export function readSecret(object: unknown): PlainSecret | string {
  if (!isKubeObject(object) || object.kind !== 'Secret' || object.apiVersion !== 'v1') return `expected a v1 Secret with a name, got ${whatIs(object)}`;
  const values: Record<string, Buffer> = {};
  for (const [key, value] of Object.entries(asDict(object['data']))) {
    if (typeof value !== 'string' || !isBase64(value)) return `data.${key} is not base64: a plain text stands in stringData`;
    values[key] = Buffer.from(value, 'base64');
  }
  for (const [key, value] of Object.entries(asDict(object['stringData']))) {
    if (typeof value !== 'string') return `stringData.${key} is not a text`;
    values[key] = Buffer.from(value);
  }
  if (Object.keys(values).length === 0) return 'it has neither data nor stringData';
  const { name, namespace = '', labels, annotations } = object.metadata;
  const notes = Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !copies.includes(key)));
  const metadata = { ...(labels ? { labels } : {}), ...(Object.keys(notes).length > 0 ? { annotations: notes } : {}) };
  const { type, immutable } = object;
  return { name, namespace, scope: scopeOf(annotations), values, template: { metadata, ...(type === undefined ? {} : { type }), ...(immutable === undefined ? {} : { immutable }) } };
}

/** Opens every value of a SealedSecret. */
export function openItems({ items, target }: Pick<SealedSecret, 'items' | 'target'>, privateKeys: readonly KeyObject[]): Record<string, Opened> {
  return Object.fromEntries(Object.entries(items).map(([key, sealed]) => [key, unseal(sealed, privateKeys, target)]));
}

/** The Secret that the controller would make of opened values, as a manifest. */
export function secretObject({ target, template }: Pick<SealedSecret, 'target' | 'template'>, values: Record<string, Buffer>): KubeObject {
  const { metadata, data: _templates, ...rest } = template;
  const { creationTimestamp: _time, ...kept } = asDict(metadata);
  const place = { name: target.name, ...(target.namespace === '' ? {} : { namespace: target.namespace }) };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...kept, ...place },
    ...rest,
    data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.toString('base64')])),
  };
}

/** Names a target for people: `Secret shop/db (strict)`. */
export function describeTarget({ scope, namespace, name }: SealTarget): string {
  const place = { strict: `${namespace}/${name}`, 'namespace-wide': `any name in ${namespace}`, 'cluster-wide': 'any place' }[scope];
  return scope === 'strict' ? `Secret ${place}` : `${place} (${scope})`;
}

function withoutScope(annotations: Record<string, string>): Record<string, string> {
  const marks = scopeAnnotations.map(([, annotation]) => annotation);
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !marks.includes(key)));
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text.replace(/\s/g, '')) && text.replace(/\s/g, '').length % 4 === 0;
}

function whatIs(data: unknown): string {
  const kind = asString(valueAt(data, 'kind'));
  if (kind !== undefined) return [asString(valueAt(data, 'apiVersion')), kind, isKubeObject(data) ? '' : 'without a name'].filter(Boolean).join(' ');
  return isDict(data) ? 'a map without a kind' : 'no object';
}
