import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, groupOf, implicitAnnotation, type Desired, type KubeObject, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { podsOf, type Pods } from './pods.js';
import { referencesOf, type Reference } from './references.js';

/**
 * Finds what pods need and nobody makes: Secrets, ConfigMaps, their keys, claims, ServiceAccounts. A pod without them never starts.
 * It may be in the cluster already, so it is a warning, and an error where this platform makes the namespace.
 */
export function missingReferences(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const known = knownObjects(platform, desired);
  return podsOf(desired.objects).flatMap((pods) => {
    const seen = new Set<string>();
    return referencesOf(pods).flatMap((reference) => {
      const id = `${reference.kind}/${reference.name}/${reference.key ?? ''}`;
      const problem = seen.has(id) ? undefined : problemOf(reference, pods, known);
      seen.add(id);
      return problem ? [problem] : [];
    });
  });
}

/** Something that is there: by which object, and with which keys, where that is known. */
interface Found {
  by?: RenderedObject;
  keys?: ReadonlySet<string>;
}

interface Known {
  /** By `Kind/namespace/name`. */
  found: Map<string, Found>;
  /** Namespaces that this platform makes, so that nothing else is in them. */
  own: ReadonlySet<string>;
}

function problemOf(reference: Reference, { of, namespace, path }: Pods, known: Known): Diagnostic | undefined {
  const { kind, name, key, from } = reference;
  const id = `${kind}/${namespace}/${name}`;
  const params = { object: formatRef(of.ref), from: `${path}.${from}`, kind, name, namespace };
  const found = known.found.get(id);
  if (!found) {
    const near = didYouMean(name, namesOf(kind, namespace, known));
    const diagnostic = diagnose('reference-missing', { ...params, near: near === undefined ? '' : `did you mean ${near}? ` }, of.at);
    return known.own.has(namespace) ? { ...diagnostic, severity: 'error' } : diagnostic;
  }
  if (comesTooLate(found, of)) return diagnose('reference-too-late', { ...params, component: of.component }, of.at);
  const { keys } = found;
  if (key === undefined || !keys || keys.has(key)) return undefined;
  const near = didYouMean(key, keys);
  const has = keys.size === 0 ? 'it has no keys' : `it has ${[...keys].sort().join(', ')}`;
  return diagnose('reference-key-missing', { ...params, key, has, near: near === undefined ? '' : `did you mean ${near}?` }, of.at);
}

/** A hook that runs before its component's first install cannot use what that install makes. */
function comesTooLate({ by }: Found, { hook, component }: RenderedObject): boolean {
  return hook?.events.includes('pre-install') === true && by !== undefined && by.component === component && !by.hook;
}

function namesOf(kind: string, namespace: string, { found }: Known): string[] {
  const prefix = `${kind}/${namespace}/`;
  return [...found.keys()].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
}

function knownObjects(platform: ResolvedPlatform, { objects }: Desired): Known {
  const found: Known['found'] = new Map();
  const own = new Set<string>();
  for (const by of objects) {
    const { object, ref } = by;
    if (ref.kind === 'Namespace' && object.metadata.annotations?.[implicitAnnotation] !== 'true' && !isExternal(platform, ref.name)) own.add(ref.name);
    for (const made of madeSecrets(object)) found.set(`Secret/${ref.namespace ?? ''}/${made}`, { by });
    if (groupOf(ref.apiVersion) === '') found.set(`${ref.kind}/${ref.namespace ?? ''}/${ref.name}`, { by, ...keysOf(object) });
    if (ref.namespace !== undefined) {
      // Kubernetes puts these into every namespace.
      found.set(`ServiceAccount/${ref.namespace}/default`, {});
      found.set(`ConfigMap/${ref.namespace}/kube-root-ca.crt`, { keys: new Set(['ca.crt']) });
    }
  }
  for (const entry of platform.cluster.provides) if (/^(ConfigMap|Secret|PersistentVolumeClaim|ServiceAccount)\/[^/]+\/[^/]+$/.test(entry)) found.set(entry, {});
  return { found, own };
}

function isExternal({ components }: ResolvedPlatform, namespace: string): boolean {
  return components.some(({ external }) => external.includes(`Namespace/${namespace}`));
}

function keysOf(object: KubeObject): Pick<Found, 'keys'> {
  if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') return {};
  // A token Secret is filled by Kubernetes.
  if (object['type'] === 'kubernetes.io/service-account-token') return {};
  return { keys: new Set(['data', 'binaryData', 'stringData'].flatMap((field) => Object.keys(asDict(object[field])))) };
}

/** Secrets that well-known operators make of an object. */
function madeSecrets(object: KubeObject): string[] {
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case 'cert-manager.io/Certificate':
      return strings(valueAt(object, 'spec', 'secretName'));
    case 'external-secrets.io/ExternalSecret':
      return [asString(valueAt(object, 'spec', 'target', 'name')) ?? object.metadata.name];
    case 'bitnami.com/SealedSecret':
      return [object.metadata.name];
    case 'networking.k8s.io/Ingress':
      return hasIssuer(object) ? asList(valueAt(object, 'spec', 'tls')).flatMap((entry) => strings(asDict(entry)['secretName'])) : [];
    default:
      return [];
  }
}

function hasIssuer({ metadata }: KubeObject): boolean {
  return Object.keys(metadata.annotations ?? {}).some((key) => /^cert-manager\.io\/(cluster-)?issuer$/.test(key));
}

function strings(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}
