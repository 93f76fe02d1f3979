import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import { didYouMean } from '../lib/did-you-mean.js';
import { asDict, asList, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, type Desired, type KubeObject, type RenderedObject, type ResolvedPlatform } from '../model/index.js';
import { fieldPath, placeOf } from './field.js';
import { graphOf, kindOf, type Graph } from './graph.js';
import { objectReferences } from './object-references.js';
import { podsOf } from '../model/pods.js';
import { providedNames, providesObject } from './provided.js';
import { clusterWide, podReferences, type Reference } from './references.js';

/**
 * Finds what objects name and nobody makes: Secrets, ConfigMaps, their keys, claims, ServiceAccounts, classes, roles, issuers.
 * It may be in the cluster already, so it is a warning, and an error where this platform makes the namespace.
 */
export function missingReferences(platform: ResolvedPlatform, desired: Desired): Diagnostic[] {
  const known: Known = { platform, graph: graphOf(platform, desired), made: madeObjects(desired) };
  const problems = (of: RenderedObject, references: Reference[]): Diagnostic[] => {
    const seen = new Set<string>();
    return references.flatMap((reference) => {
      const id = `${reference.kind}/${reference.namespace ?? ''}/${reference.name}/${reference.key ?? ''}`;
      const problem = seen.has(id) ? undefined : problemOf(reference, of, known);
      seen.add(id);
      return problem ? [problem] : [];
    });
  };
  return [
    ...podsOf(desired.objects).flatMap((pods) => problems(pods.of, podReferences(pods))),
    ...desired.objects.flatMap((of) => problems(of, objectReferences(of))),
  ];
}

/** Something that is there: by which object, and with which keys, where that is known. */
interface Found {
  by?: RenderedObject;
  keys?: ReadonlySet<string>;
}

interface Known {
  platform: ResolvedPlatform;
  graph: Graph;
  /** Secrets that operators make of other objects, by `Kind/namespace/name`. */
  made: ReadonlyMap<string, Found>;
}

function problemOf(reference: Reference, of: RenderedObject, known: Known): Diagnostic | undefined {
  const { kind, name, key, from } = reference;
  const namespace = reference.namespace === clusterWide ? undefined : (reference.namespace ?? of.ref.namespace ?? '');
  const found = lookUp(reference, namespace, known);
  const params = { object: formatRef(of.ref), from, kind, name };
  const at = (): Diagnostic['at'] => placeOf(of, fieldPath(of.object, from));
  if (!found) {
    const near = didYouMean(name, namesOf(reference, namespace, known));
    const where = namespace === undefined ? '' : ` (namespace ${namespace})`;
    const entry = [kind, namespace, name].filter((part) => part !== undefined).join('/');
    const diagnostic = diagnose('reference-missing', { ...params, where, entry, near: near === undefined ? '' : `did you mean ${near}? ` }, at());
    return namespace !== undefined && known.graph.own.has(namespace) && !known.graph.operated(namespace) ? { ...diagnostic, severity: 'error' } : diagnostic;
  }
  if (comesTooLate(found, of)) return diagnose('reference-too-late', { ...params, component: of.component }, at());
  const { keys } = found;
  if (key === undefined || !keys || keys.has(key)) return undefined;
  const near = didYouMean(key, keys);
  const has = keys.size === 0 ? 'it has no keys' : `it has ${[...keys].sort().join(', ')}`;
  return diagnose('reference-key-missing', { ...params, key, has, near: near === undefined ? '' : `did you mean ${near}?` }, at());
}

function lookUp({ kind, group = '', name }: Reference, namespace: string | undefined, { platform, graph, made }: Known): Found | undefined {
  const by = graph.find(`${group}/${kind}`, namespace, name);
  if (by) return { by, ...keysOf(by.object) };
  const id = `${kind}/${namespace ?? ''}/${name}`;
  if (made.has(id)) return made.get(id);
  if (isEverywhere(kind, name, platform)) return name === 'kube-root-ca.crt' ? { keys: new Set(['ca.crt']) } : {};
  return providesObject(platform, { kind, name, ...(namespace === undefined ? {} : { namespace }) }) ? {} : undefined;
}

/** What Kubernetes makes by itself, and an embedded cluster beside it. */
function isEverywhere(kind: string, name: string, { cluster }: ResolvedPlatform): boolean {
  switch (kind) {
    case 'ServiceAccount':
      return name === 'default';
    case 'ConfigMap':
      return name === 'kube-root-ca.crt';
    case 'PriorityClass':
      return name.startsWith('system-');
    case 'ClusterRole':
    case 'Role':
      return name.startsWith('system:') || ['admin', 'cluster-admin', 'edit', 'view', 'extension-apiserver-authentication-reader'].includes(name);
    case 'StorageClass':
    case 'IngressClass':
      return classesOf(cluster, kind).includes(name);
    default:
      return false;
  }
}

/** Classes that come with the cluster: those of k3s go with the part of it that serves them. */
function classesOf({ provider, k3d }: ResolvedPlatform['cluster'], kind: string): string[] {
  if (kind !== 'StorageClass' && kind !== 'IngressClass') return [];
  if (provider === 'embedded') return ['standard'];
  if (provider !== 'k3d') return [];
  const [name, part] = kind === 'StorageClass' ? ['local-path', 'local-storage'] : ['traefik', 'traefik'];
  return k3d?.disable.includes(part) ? [] : [name];
}

/** A hook that runs before its component's first install cannot use what that install makes. */
function comesTooLate({ by }: Found, { hook, component }: RenderedObject): boolean {
  return hook?.events.includes('pre-install') === true && by !== undefined && by.component === component && !by.hook;
}

function namesOf({ kind, group = '' }: Reference, namespace: string | undefined, { platform, graph, made }: Known): string[] {
  const prefix = `${kind}/${namespace ?? ''}/`;
  const own = graph.all(`${group}/${kind}`).filter(({ ref }) => (ref.namespace ?? '') === (namespace ?? '')).map(({ ref }) => ref.name);
  const others = [...made.keys()].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
  return [...own, ...others, ...classesOf(platform.cluster, kind), ...providedNames(platform, kind)];
}

function madeObjects({ objects }: Desired): Map<string, Found> {
  const made = new Map<string, Found>();
  for (const by of objects) for (const { name, keys } of madeSecrets(by.object)) made.set(`Secret/${by.ref.namespace ?? ''}/${name}`, { by, ...(keys ? { keys } : {}) });
  return made;
}

function keysOf(object: KubeObject): Pick<Found, 'keys'> {
  if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') return {};
  // A token Secret is filled by Kubernetes.
  if (object['type'] === 'kubernetes.io/service-account-token') return {};
  return { keys: new Set(['data', 'binaryData', 'stringData'].flatMap((field) => Object.keys(asDict(object[field])))) };
}

interface MadeSecret {
  name: string;
  keys?: ReadonlySet<string>;
}

/** Secrets that well-known operators make of an object. */
function madeSecrets(object: KubeObject): MadeSecret[] {
  const spec = asDict(object['spec']);
  switch (kindOf(object)) {
    case 'cert-manager.io/Certificate':
      return strings(spec['secretName']);
    case 'external-secrets.io/ExternalSecret': {
      const name = asString(valueAt(spec, 'target', 'name')) ?? object.metadata.name;
      const keys = asList(spec['data']).flatMap((entry) => asString(asDict(entry)['secretKey']) ?? []);
      return [{ name, ...(spec['dataFrom'] === undefined && valueAt(spec, 'target', 'template') === undefined ? { keys: new Set(keys) } : {}) }];
    }
    case 'bitnami.com/SealedSecret': {
      const keys = [...Object.keys(asDict(spec['encryptedData'])), ...Object.keys(asDict(valueAt(spec, 'template', 'data')))];
      return [{ name: object.metadata.name, ...(keys.length > 0 ? { keys: new Set(keys) } : {}) }];
    }
    case 'networking.k8s.io/Ingress':
      return hasIssuer(object) ? asList(spec['tls']).flatMap((entry) => strings(asDict(entry)['secretName'])) : [];
    default:
      return [];
  }
}

function hasIssuer({ metadata }: KubeObject): boolean {
  return Object.keys(metadata.annotations ?? {}).some((key) => /^cert-manager\.io\/(cluster-)?issuer$/.test(key) || key === 'kubernetes.io/tls-acme');
}

function strings(value: unknown): MadeSecret[] {
  return typeof value === 'string' ? [{ name: value }] : [];
}
